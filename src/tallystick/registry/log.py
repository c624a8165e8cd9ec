"""A registry's log and what it replays to, for several threads and several processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from tallystick import errors
from tallystick.registry.model import Event
from tallystick.registry.state import State
from tallystick.registry.store import Store

MAX_TRIES = 20
T = TypeVar("T")


class Log:
    """A store, and the state up to its end."""

    def __init__(self, store: Store) -> None:
        """Read the whole log. UnknownEvent, StoreFailed: it can't be understood, or not be read."""
        self.state = State()
        self._store = store
        self._offset = 0
        self._lock = threading.RLock()
        self._refresh()

    @contextmanager
    def current(self) -> Iterator[State]:
        """Yield the state with all that was written so far, by whomever. It stands still meanwhile."""
        with self._lock:
            self._refresh()
            yield self.state

    @contextmanager
    def remembered(self) -> Iterator[State]:
        """Yield the state as this process last saw it: no store is asked. It stands still meanwhile."""
        with self._lock:
            yield self.state

    def record(self, decide: Callable[[State], tuple[Sequence[Event], T]]) -> T:
        """Write the events that `decide` returns, and return the rest of it. Who was late decides again."""
        with self._lock:
            for _ in range(MAX_TRIES):
                self._refresh()
                events, answer = decide(self.state)
                if not events:
                    return answer
                with suppress(errors.Conflict):
                    self._store.append(events, expected=self._offset)
                    self._refresh()
                    return answer
        raise errors.StoreFailed(f"others wrote first, {MAX_TRIES} times in a row", fix="try again")

    def _refresh(self) -> None:
        for event in self._store.read(self._offset):
            self.state.apply(event)
            self._offset += 1
