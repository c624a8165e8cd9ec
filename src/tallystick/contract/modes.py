"""The seven compatibility levels, and which (reader, writer) pairs each one asks about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Direction(StrEnum):
    """Who reads whom."""

    BACKWARD = "backward"
    """New readers read old messages."""
    FORWARD = "forward"
    """Old readers read new messages."""


class Mode(StrEnum):
    """A compatibility level, by the name that registries give it."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def is_transitive(self) -> bool:
        """Say whether every earlier version counts, and not only the last one."""
        return self.endswith("_TRANSITIVE")

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Return the directions that must hold."""
        match self.removesuffix("_TRANSITIVE"):
            case "BACKWARD":
                return (Direction.BACKWARD,)
            case "FORWARD":
                return (Direction.FORWARD,)
            case "FULL":
                return (Direction.BACKWARD, Direction.FORWARD)
            case _:
                return ()

    def joined(self, other: Mode) -> Mode:
        """Return the mildest level that asks for all that both ask for: BACKWARD and FORWARD make FULL."""
        both = {*self.directions, *other.directions}
        if not both:
            return Mode.NONE
        name = "FULL" if len(both) > 1 else next(iter(both)).upper()
        return Mode(f"{name}_TRANSITIVE" if self.is_transitive or other.is_transitive else name)

    def to_check(self, previous: Sequence[T]) -> Iterator[tuple[T, Direction]]:
        """Yield each earlier version that counts, newest first, with each direction that must hold."""
        counted = previous if self.is_transitive else previous[-1:]
        return ((version, direction) for version in reversed(counted) for direction in self.directions)
