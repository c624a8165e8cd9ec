"""Pair two .proto files: what stands below two nodes at the same place, and what a registry calls that place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from tallystick.compat.pair import Step
from tallystick.compat.proto_fields import is_foreign, local_name, sides
from tallystick.schema.protobuf_types import (
    ProtoEnum,
    ProtoField,
    ProtoFile,
    ProtoMessage,
    ProtoNode,
    ProtoScope,
    ProtoType,
)
from tallystick.schema.types import Document

N = TypeVar("N", bound=ProtoNode)


def children(
    reader: ProtoNode, writer: ProtoNode, own: frozenset[Document], *, with_docs: bool = True
) -> Iterator[Step]:
    """Yield what is paired below two nodes: types and oneofs by name, fields by number, what is imported by use.

    Locations are Confluent's. `own` are the files of the two schemas: see `Pair`. Fields that are the same are left out:
    most are. Without docs, a comment makes no difference.
    """
    if isinstance(reader, ProtoScope) and isinstance(writer, ProtoScope):
        yield from _named("messages", reader.messages, writer.messages)
        yield from _named("enums", reader.enums, writer.enums)
        yield from _extensions(reader, writer)
    match reader, writer:
        case ProtoFile(), ProtoFile():
            yield from _named("services", reader.services, writer.services)
        case ProtoMessage(), ProtoMessage():
            for field in reader.fields:
                other = writer.by_number.get(field.number)
                if other is not None and not (
                    _are_same(field, other, own) and (not with_docs or field.doc == other.doc)
                ):
                    yield Step(f"fields/{field.name}", field_location(field, other), field, other)
            yield from _named("oneofs", reader.oneofs, writer.oneofs)
        case ProtoField(), ProtoField():
            yield from _foreign(reader, writer, own)


def _are_same(one: ProtoField, other: ProtoField, own: frozenset[Document]) -> bool:
    """Say whether two fields have the same attributes, and a type that is compared where it is defined, if at all."""
    if _facts(one) != _facts(other):
        return False
    return one.type is None or not any(is_foreign(side, own) for pair in sides(one, other) for side in pair)


# A field is compared with those of all versions, both ways, by two engines: one contract after the other.
@lru_cache(maxsize=4096)
def _facts(field: ProtoField) -> tuple[object, ...]:
    return (
        field.name,
        field.kind,
        field.presence,
        field.json_name,
        field.oneof,
        field.default,
        field.is_packed,
        field.verifies_utf8,
        field.properties,
        field.type_name,
        # What an unset field of an enum is.
        field.type.values[0].name if isinstance(field.type, ProtoEnum) and field.type.values else None,
    )


def field_location(reader: ProtoField, writer: ProtoField) -> str:
    """Return what a registry calls a field below its message: its number, in a oneof of both below the oneof's name."""
    inside = reader.oneof is not None and reader.oneof == writer.oneof
    return f"{reader.oneof}/{reader.number}" if inside else str(reader.number)


def _named(what: str, readers: Iterable[N], writers: Iterable[N]) -> Iterator[Step]:
    by_name = {node.short_name: node for node in writers}
    for node in readers:
        other = by_name.get(node.short_name)
        # The entry of a map is compared where the map is.
        if other is not None and not (isinstance(node, ProtoMessage) and node.is_map_entry):
            yield Step(f"{what}/{node.short_name}", node.short_name, node, other)


def _extensions(reader: ProtoScope, writer: ProtoScope) -> Iterator[Step]:
    known = {(field.extends, field.number): field for field in writer.extensions}
    for field in reader.extensions:
        other = known.get((field.extends, field.number))
        if other is not None:
            yield Step(f"extensions/{field.name}", str(field.number), field, other)


def _foreign(reader: ProtoField, writer: ProtoField, own: frozenset[Document]) -> Iterator[Step]:
    """Yield the types of two fields if one is from another file. Others are compared at their definition."""
    for one, other in sides(reader, writer):
        if one.type is None or other.type is None or not (is_foreign(one, own) or is_foreign(other, own)):
            continue
        if _is_comparable(one.type, other.type):
            yield Step("type", f"#/{local_name(one.type).replace('.', '/')}", one.type, other.type)


def _is_comparable(reader: ProtoType, writer: ProtoType) -> bool:
    return type(reader) is type(writer) and local_name(reader) == local_name(writer)
