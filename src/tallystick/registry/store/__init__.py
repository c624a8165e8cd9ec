"""Where a registry keeps its log: one protocol, several stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from tallystick.registry.model import Event


class Store(Protocol):
    """A log that only grows, for several threads. tests/registry/store says what one must do."""

    place: str
    """What messages call it: where it is, without any password."""

    def append(self, events: Sequence[Event], *, expected: int) -> int:
        """Add events, all or none, to a log that holds `expected` of them; return how many it holds now.

        What this has returned for survives a crash. Conflict: the log holds another number of events.
        """

    def read(self, after: int = 0) -> Iterator[Event]:
        """Yield the events behind the first `after` ones, in the order of the log."""

    def close(self) -> None:
        """Let go of what the store holds. Nothing is lost by not calling it."""
