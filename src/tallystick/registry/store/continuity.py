"""Read a log page by page, and notice when it is no longer the one that was read before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from tallystick.errors import StoreFailed
from tallystick.registry.model import Event, load_event

PAGE = 500
Row: TypeAlias = tuple[int, str, str | None]


class Continuity:
    """What a store has seen of its log: the last position, and the mark that the writer left there.

    Each append leaves a random mark. A log that was restored from a backup, or whose database failed over to a copy that
    lagged, has another one in its place, or none. A node that went on would answer with ids that are given anew.
    """

    def __init__(self, place: str) -> None:
        """Take the name of the store, for messages."""
        self._place = place
        self._seen: tuple[int, str | None] = (0, None)

    def saw(self, position: int, mark: str | None) -> None:
        """Remember the last event."""
        self._seen = (position, mark)

    def events(self, after: int, fetch: Callable[[int], Sequence[Row]]) -> Iterator[Event]:
        """Yield the events behind a position. `fetch` returns up to PAGE rows from a position on, that one included."""
        while True:
            rows = fetch(after)
            if after and after == self._seen[0] and (not rows or rows[0][::2] != self._seen):
                problem = f"{self._place} no longer holds event {after} as it was read before"
                fix = "it was restored, or taken over from an older copy: restart this node, which reads it anew"
                raise StoreFailed(problem, fix=fix)
            for position, text, mark in rows:
                if position == after:
                    continue
                after += 1
                if position != after:
                    raise StoreFailed(f"{self._place}: event {after} is missing", fix="restore it from a backup")
                self.saw(position, mark)
                yield load_event(text)
            if len(rows) < PAGE:
                return
