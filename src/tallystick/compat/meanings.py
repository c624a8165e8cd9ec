"""What the same bytes mean to a reader and to a writer: the logical types of two types where one base reads the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tallystick.compat.pair import Pair
from tallystick.schema.types import FixedType, LogicalType, Node, PrimitiveType

_NUMBERS = {"int", "long", "float", "double"}
_UNITS = {"millis", "micros", "nanos"}


@dataclass(frozen=True, slots=True)
class Meanings:
    """What a reader and a writer lay on a base; None for nothing. `bases` are the kinds below."""

    reader: LogicalType | None
    writer: LogicalType | None
    bases: tuple[str, str]

    @property
    def same_kind(self) -> bool:
        """Say whether both are of one kind, or both are none."""
        return (self.reader and self.reader.name) == (self.writer and self.writer.name)

    @property
    def decimals(self) -> tuple[LogicalType, LogicalType] | None:
        """Return the reader's and the writer's, if both are decimals."""
        if self.reader is None or self.writer is None or not self.reader.name == self.writer.name == "decimal":
            return None
        return self.reader, self.writer

    @property
    def differ_in_unit(self) -> bool:
        """Say whether both are times of one kind, in different units."""
        (ours, our_unit), (theirs, their_unit) = _kind_and_unit(self.reader), _kind_and_unit(self.writer)
        return ours == theirs and our_unit != their_unit and {our_unit, their_unit} <= _UNITS

    def named(self) -> Mapping[str, str]:
        """Return both as messages say them: `'timestamp-millis'`, or `a plain 'long'`."""
        ours, theirs = (
            f"'{logical.name}'" if logical else f"a plain '{base}'"
            for logical, base in zip((self.reader, self.writer), self.bases, strict=True)
        )
        return {"reader": ours, "writer": theirs}


def meanings_of(pair: Pair[Node]) -> Meanings | None:
    """Return both meanings; None where there are none, or the bytes can't be read, or text becomes bytes or back.

    A number may become a wider one: it still counts the same days or milliseconds.
    """
    reader, writer = pair.reader, pair.writer
    if not isinstance(reader, PrimitiveType | FixedType) or not isinstance(writer, PrimitiveType | FixedType):
        return None
    if reader.kind != writer.kind and not {reader.kind, writer.kind} <= _NUMBERS:
        return None
    return (
        Meanings(reader.logical, writer.logical, (reader.kind, writer.kind)) if pair.can_read(reader, writer) else None
    )


def _kind_and_unit(logical: LogicalType | None) -> tuple[str, str]:
    kind, _, unit = (logical.name if logical else "").rpartition("-")
    return kind, unit
