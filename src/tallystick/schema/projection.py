"""Take of an Avro schema what a consumer reads: the reader's schema with which a decoder passes over the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tallystick.schema.selection import Selection
from tallystick.schema.types import (
    ArrayType,
    MapType,
    Place,
    RecordType,
    Schema,
    Type,
    UnionType,
)
from tallystick.schema.walk import survey


def projected(schema: Schema, paths: Iterable[str], path: str) -> Schema | None:
    """Return the schema of some fields, by their dotted paths; None where that is all of it, or its root is no record.

    A path leads through arrays, maps and unions, and ends at a field that is kept whole. Paths that lead nowhere count
    for nothing. Records that lack fields keep their names, as readers must, and are nodes of a document at `path`.
    """
    if not isinstance(schema.root, RecordType):
        return None
    selection = Selection(schema.root, lambda field: list(_records(field.type)), lambda field: survey(field.type)[0])
    for one in paths:
        selection.keep(schema.root, one.split("."))
    if not selection.cuts():
        return None
    root = _Projection(schema.root, selection, path).of(schema.root)
    named = survey(root)[0]
    return replace(schema, root=root, named={kind.name: kind for kind in named})


class _Projection:
    def __init__(self, root: RecordType, selection: Selection[RecordType], path: str) -> None:
        self._document = replace(root.place.document, path=path)
        self._selection = selection
        self._made: dict[RecordType, RecordType] = {}

    def of(self, kind: Type) -> Type:
        """Return a type with what is kept of it."""
        match kind:
            case RecordType() if self._selection.is_cut(kind):
                return self._record(kind)
            case ArrayType(items=items):
                return replace(kind, items=self.of(items))
            case MapType(values=values):
                return replace(kind, values=self.of(values))
            case UnionType(branches=branches):
                return replace(kind, branches=tuple(map(self.of, branches)))
        return kind

    def _record(self, record: RecordType) -> RecordType:
        if record not in self._made:
            place = Place(self._document, record.place.pointer)
            made = self._made[record] = replace(record, place=place, fields=(), by_name={})
            kept = self._selection.fields(record)
            fields = {f.name: replace(f, type=self.of(f.type)) for f in record.fields if f.name in kept}
            # A record may hold itself: it is there before its fields are, as in the parser.
            object.__setattr__(made, "fields", tuple(fields.values()))
            object.__setattr__(made, "by_name", fields)
        return self._made[record]


def _records(kind: Type) -> Iterator[RecordType]:
    """Yield the records that a value is made of, through arrays, maps and unions, without those inside them."""
    match kind:
        case RecordType():
            yield kind
        case ArrayType(items=inner) | MapType(values=inner):
            yield from _records(inner)
        case UnionType(branches=branches):
            for branch in branches:
                yield from _records(branch)
