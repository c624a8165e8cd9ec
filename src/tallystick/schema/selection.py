"""Which fields dotted paths keep, of records or of messages, which may hold themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

R = TypeVar("R", bound=Any)


class Selection(Generic[R]):
    """What is kept. `inside` gives the records that a field's value is made of, `within` all types that it leads to."""

    def __init__(self, root: R, inside: Callable[[Any], list[R]], within: Callable[[Any], Iterable[Any]]) -> None:
        self._inside, self._within = inside, within
        self._kept: dict[R, set[str]] = {root: set()}
        self._whole: set[Any] = set()

    def keep(self, record: Any, steps: list[str]) -> None:
        """Keep what a path leads to; one that leads nowhere counts for nothing."""
        field = record.by_name.get(steps[0])
        if field is None:
            return
        self._kept.setdefault(record, set()).add(field.name)
        inside = self._inside(field)
        if steps[1:] and inside:
            for one in inside:
                self.keep(one, steps[1:])
        else:
            self._whole.update(self._within(field))

    def cuts(self) -> bool:
        """Say whether any record loses a field."""
        return any(self.is_cut(record) and len(self._kept[record]) < len(record.fields) for record in self._kept)

    def is_cut(self, record: R) -> bool:
        """Say whether a path ends inside a record, and none keeps it whole."""
        return record in self._kept and record not in self._whole

    def fields(self, record: R) -> set[str]:
        """Return the names of the fields that are kept of a record that is cut."""
        return self._kept[record]
