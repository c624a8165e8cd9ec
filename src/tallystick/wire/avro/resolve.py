"""Which writer's types a reader's types can read: section "Schema Resolution" of the Avro 1.12 specification."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tallystick.errors import DecodeError
from tallystick.schema.types import ArrayType, FixedType, MapType, NamedType, PrimitiveType, RecordType, Type, UnionType
from tallystick.values.avro_json import root_name
from tallystick.values.logical import Leaf, logical_of, rescaled

_PROMOTIONS = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
    "bytes": ("string",),
}


class Mismatch(NamedTuple):
    """Why a pair can't be resolved, and where."""

    path: str
    text: str


class Resolution:
    """The verdicts on all pairs of types that reading one schema with another meets.

    Raises:
        DecodeError: nothing that the writer writes can be read.
    """

    def __init__(self, writer: Type, reader: Type) -> None:
        self._mismatches: dict[tuple[Type, Type], Mismatch] = {}
        self._seen: set[tuple[Type, Type]] = set()
        # A pair inside itself is taken to be fine until shown otherwise, so look until nothing new is found.
        known = -1
        while known != len(self._mismatches):
            known = len(self._mismatches)
            self._seen.clear()
            self._look(writer, reader, root_name(writer))
        if (writer, reader) in self._mismatches:
            raise DecodeError(*self._mismatches[writer, reader])

    def mismatch(self, writer: Type, reader: Type) -> Mismatch | None:
        """Return why a reader's type can't read a writer's type, or None."""
        return self._mismatches.get((writer, reader))

    def branch(self, writer: Type, union: UnionType, path: str = "") -> Type | None:
        """Return the branch of a reader's union that reads a writer's type: the same type before a promotion, as in Java."""
        candidates = sorted(union.branches, key=lambda branch: _distance(writer, branch))
        return next((b for b in candidates if self._look(writer, b, path) is None), None)

    def _look(self, writer: Type, reader: Type, path: str) -> Mismatch | None:
        pair = (writer, reader)
        if writer is not reader and pair not in self._mismatches and pair not in self._seen:
            self._seen.add(pair)
            found = self._compare(writer, reader, path)
            if found is not None:
                self._mismatches[pair] = found
        return self._mismatches.get(pair)

    def _compare(self, writer: Type, reader: Type, path: str) -> Mismatch | None:
        refused = Mismatch(path, f"{_shown(writer)} can't be read as {_shown(reader)}")
        match writer, reader:
            case UnionType(), _:
                readable = [self._look(branch, reader, path) is None for branch in writer.branches]
                return None if any(readable) or not readable else refused
            case _, UnionType():
                return refused if self.branch(writer, reader, path) is None else None
            case RecordType(), RecordType():
                return self._fields(writer, reader, path) if _same_name(writer, reader) else refused
            case ArrayType(), ArrayType():
                return self._look(writer.items, reader.items, f"{path}[]")
            case MapType(), MapType():
                return self._look(writer.values, reader.values, f"{path}[]")
            case NamedType(), NamedType() if writer.kind == reader.kind:
                return None if _same_name(writer, reader) and _same_meaning(writer, reader) else refused
            case PrimitiveType(), PrimitiveType():
                promoted = writer.kind == reader.kind or reader.kind in _PROMOTIONS.get(writer.kind, ())
                return None if promoted and _same_meaning(writer, reader) else refused
            case _:
                return refused

    def _fields(self, writer: RecordType, reader: RecordType, path: str) -> Mismatch | None:
        for field in reader.fields:
            source = writer.find(field)
            below = f"{path}.{field.name}"
            if source is None and not field.has_default:
                return Mismatch(
                    below, "the reader expects this field, the writer never sends it, and there is no default"
                )
            if source is not None and (found := self._look(source.type, field.type, below)) is not None:
                return found
        return None


def _distance(writer: Type, branch: Type) -> int:
    if isinstance(writer, NamedType) and isinstance(branch, NamedType) and writer.name == branch.name:
        return 0
    return 1 if writer.kind == branch.kind else 2


def _same_name(writer: NamedType, reader: NamedType) -> bool:
    # Namespaces do not count, as in Java's SchemaCompatibility.
    same_size = not isinstance(writer, FixedType) or not isinstance(reader, FixedType) or writer.size == reader.size
    return same_size and (writer.short_name == reader.short_name or writer.name in reader.aliases)


def _same_meaning(writer: Type, reader: Type) -> bool:
    """Say whether two logical types are of one kind. A type with none takes on the other's meaning.

    A decimal may grow or shrink its precision: each value is checked. Another scale would be another number.
    """
    ours, theirs = logical_of(writer), logical_of(reader)
    if ours is None or theirs is None or ours.label == theirs.label or rescaled(writer, reader) is not None:
        return True
    scales = {kind.logical.scale for kind in (writer, reader) if isinstance(kind, Leaf) and kind.logical}
    return ours.type is theirs.type is Decimal and len(scales) == 1


def _shown(kind: Type) -> str:
    if isinstance(kind, UnionType):
        return f"[{', '.join(map(_shown, kind.branches))}]"
    name = f"{kind.kind} '{kind.name}'" if isinstance(kind, NamedType) else kind.kind
    logical = kind.logical if isinstance(kind, Leaf) else None
    return name if logical is None else f"{name} ({logical.name})"
