"""What a field holds in the end: through its arrays, maps and unions."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.schema.types import ArrayType, EnumType, FixedType, MapType, PrimitiveType, RecordType, Type, UnionType


def held(kind: Type) -> Iterator[PrimitiveType | FixedType | EnumType | RecordType]:
    """Yield the types that a value is made of, without going into records; null is left out."""
    match kind:
        case ArrayType(items=inner) | MapType(values=inner):
            yield from held(inner)
        case UnionType(branches=branches):
            for branch in branches:
                yield from held(branch)
        case _ if kind.kind != "null":
            yield kind


def records(kind: Type) -> list[RecordType]:
    """Return the records that a value is made of, without those inside them."""
    return [inner for inner in held(kind) if isinstance(inner, RecordType)]


def is_nullable(kind: Type) -> bool:
    """Say whether a type is a union with null."""
    return isinstance(kind, UnionType) and any(branch.kind == "null" for branch in kind.branches)
