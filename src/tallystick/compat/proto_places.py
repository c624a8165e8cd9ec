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
    if isinstance(node, ProtoFile) and what == "options":
        return _option(node, name), ""
    found, location = _find(node, what, name)
    return (node.place, None) if found is None else (found.place, location)


def counterpart(node: ProtoNode, other: ProtoNode, below: str) -> str:
    """Return what stands at the same place below the other node: a field is known by its number, and may be renamed."""
    what, _, name = below.partition("/")
    if not isinstance(node, ProtoMessage) or not isinstance(other, ProtoMessage):
        return below
    if what == "oneofs":
        return f"oneofs/{_oneof_then(node, other, name)}"
    if what != "fields":
        return below
    field = node.by_name.get(name)
    was = None if field is None or name in other.by_name else other.by_number.get(field.number)
    return below if was is None else f"{what}/{was.name}"


def _option(file: ProtoFile, name: str) -> Place:
    """Return where a file says an option; where it does not, its package, below which options stand."""
    from google.protobuf.descriptor_pb2 import FileOptions  # noqa: PLC0415  # only who has such a finding pays for it

    number = FileOptions.DESCRIPTOR.fields_by_name[name].number
    return Place(file.place.document, f"/8/{number}" if name in file.properties else _PACKAGE)


def _oneof_then(node: ProtoMessage, other: ProtoMessage, name: str) -> str:
    """Return what a oneof is called in the other message: the one that its fields are in, if its name is not there."""
    if any(oneof.name == name for oneof in other.oneofs):
        return name
    then = (other.by_number.get(field.number) for field in node.fields if field.oneof == name)
    return next((field.oneof for field in then if field is not None and field.oneof is not None), name)


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
