"""The changes that `tally impact` tries on a field of a .proto file: the schema as it would be, without writing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tallystick.schema.protobuf_types import (
    Presence,
    ProtoDocument,
    ProtoField,
    ProtoFile,
    ProtoMessage,
    ProtoSchema,
    Reserved,
)
from tallystick.schema.types import Place

_FREE = 18_999  # a number that few use, below those that protoc keeps for itself

Edit = Callable[[ProtoMessage, ProtoField], ProtoMessage]


def _without(message: ProtoMessage, field: ProtoField, *instead: ProtoField) -> ProtoMessage:
    fields = tuple(other for one in message.fields for other in (instead if one is field else (one,)))
    return replace(
        message, fields=fields, by_number={one.number: one for one in fields}, by_name={one.name: one for one in fields}
    )


def _reserved(message: ProtoMessage, field: ProtoField) -> ProtoMessage:
    was = message.reserved
    kept = Reserved((*was.ranges, (field.number, field.number)), was.names | {field.name})
    return replace(_without(message, field), reserved=kept)


EDITS: Mapping[str, Edit] = {
    "removed": _without,
    "removed, its number and name reserved": _reserved,
    "renamed": lambda message, field: _without(
        message, field, replace(field, name=f"{field.name}_renamed", json_name=f"{field.json_name}Renamed")
    ),
    "given another number": lambda message, field: _without(message, field, replace(field, number=_FREE)),
    "made repeated": lambda message, field: _without(message, field, replace(field, presence=Presence.REPEATED)),
}


def edited(schema: ProtoSchema, field: ProtoField) -> Iterator[tuple[str, ProtoSchema]]:
    """Yield what a change is called and the schema with it. None for a field of a message that is imported."""
    for change, edit in EDITS.items():
        if field.is_repeated and change == "made repeated":
            continue
        messages = tuple(_with(message, field, edit) for message in schema.file.messages)
        if messages == schema.file.messages:
            return
        document = schema.file.described
        place = Place(ProtoDocument(document.path, f"{document.text}\n// {change}", document.name, document.descriptor))
        file: ProtoFile = replace(schema.file, place=place, messages=messages)
        root = next((kind for kind in file.types() if kind.name == schema.root.name), schema.root)
        yield change, replace(schema, file=file, root=root if isinstance(root, ProtoMessage) else schema.root)


def _with(message: ProtoMessage, field: ProtoField, edit: Edit) -> ProtoMessage:
    """Return a message with an edit in it or below; itself where it does not hold the field."""
    if field in message.fields:
        return edit(message, field)
    inner = tuple(_with(one, field, edit) for one in message.messages)
    return message if inner == message.messages else replace(message, messages=inner)
