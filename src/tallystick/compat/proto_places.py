"""Find what a rule named below a node of a .proto file: `fields/total`, `oneofs/method/card`, `messages/Line`."""

from __future__ import annotations

from collections.abc import Iterable

from tallystick.schema.protobuf_types import (
    ProtoEnum,
    ProtoFile,
    ProtoMessage,
    ProtoNode,
    ProtoScope,
    ProtoService,
)
from tallystick.schema.types import Place

_PACKAGE = "/2"  # descriptor.proto: field 2 of a file


def descend(node: ProtoNode, below: str) -> tuple[Place, str | None]:
    """Return the place of what is named below a node, or of the node itself where it has no such thing.

    And what a registry calls it, below the node; None where it has no such thing.
    """
    if not below:
        return node.place, ""
    if below == "package":
        return Place(node.place.document, _PACKAGE), ""
    what, _, name = below.partition("/")
    found, location = _find(node, what, name)
    return (node.place, None) if found is None else (found.place, location)


def counterpart(node: ProtoNode, other: ProtoNode, below: str) -> str:
    """Return what stands at the same place below the other node: a field is known by its number, and may be renamed."""
    what, _, name = below.partition("/")
    if what != "fields" or not isinstance(node, ProtoMessage) or not isinstance(other, ProtoMessage):
        return below
    field = node.by_name.get(name)
    was = None if field is None or name in other.by_name else other.by_number.get(field.number)
    return below if was is None else f"{what}/{was.name}"


def _find(node: ProtoNode, what: str, name: str) -> tuple[ProtoNode | None, str]:
    if isinstance(node, ProtoMessage) and what == "fields":
        field = node.by_name.get(name)
        return field, "" if field is None else str(field.number)
    if isinstance(node, ProtoMessage) and what == "oneofs":
        oneof, _, member = name.partition("/")
        inside = node.by_name.get(member)
        if member:
            return inside, f"{oneof}/{inside.number}" if inside else ""
        return _by_name(node.oneofs, oneof), oneof
    return _by_name(_parts(node, what), name), name


def _parts(node: ProtoNode, what: str) -> Iterable[ProtoNode]:
    match node, what:
        case ProtoScope(messages=parts), "messages":
            return parts
        case ProtoScope(enums=parts), "enums":
            return parts
        case ProtoScope(extensions=parts), "extensions":
            return parts
        case ProtoEnum(values=parts), "values":
            return parts
        case ProtoFile(services=parts), "services":
            return parts
        case ProtoFile(imports=parts), "imports":
            return parts
        case ProtoService(methods=parts), "methods":
            return parts
        case _:
            return ()


def _by_name(parts: Iterable[ProtoNode], name: str) -> ProtoNode | None:
    return next((part for part in parts if name in (part.name, part.short_name)), None)
