"""A store that forgets everything when the process ends: for tests and demos."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from tallystick.errors import Conflict
from tallystick.registry.model import Event


class MemoryStore:
    """A list behind a lock."""

    def __init__(self) -> None:
        self.place = "memory"
        self._events: list[Event] = []
        self._lock = threading.Lock()

    def append(self, events: Sequence[Event], *, expected: int) -> int:
        """See Store."""
        with self._lock:
            if len(self._events) != expected:
                raise Conflict(f"the log holds {len(self._events)} events, not {expected}")
            self._events += events
            return len(self._events)

    def read(self, after: int = 0) -> Iterator[Event]:
        """See Store."""
        with self._lock:
            return iter(self._events[after:])

    def close(self) -> None:
        """See Store."""
