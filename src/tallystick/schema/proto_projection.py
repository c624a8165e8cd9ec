"""Take of a Protobuf schema what a consumer reads: a file of its own, with messages of just these fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import descriptor_pb2

from tallystick.schema.protobuf_builder import Builder
from tallystick.schema.protobuf_schema import proto_schema
from tallystick.schema.protobuf_types import ProtoDocument, ProtoField, ProtoMessage, ProtoSchema
from tallystick.schema.selection import Selection
from tallystick.schema.types import Document

_MESSAGES, _FIELDS = descriptor_pb2.FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, 2


def projected_proto(schema: ProtoSchema, paths: Iterable[str], suffix: str, name: str) -> ProtoSchema | None:
    """Return the schema of some fields, by their dotted paths; None where that is all of it.

    Its messages read the same bytes: fields keep their numbers, and those that are left out are unknown to it. A message
    that lacks fields is called as before with `suffix` behind; one that is kept whole stays that of its own file. `name`
    is what the file with them is called.
    """
    selection = Selection(schema.root, lambda field: [*_inside(field)], _within)
    for one in paths:
        selection.keep(schema.root, one.split("."))
    if not selection.cuts():
        return None
    given = _Projection(schema, selection, suffix).file(name)
    builder = Builder()
    for file in schema.file.closure():
        builder.reuse(file)
    built = builder.file(given, Document(schema.document.path, ""))
    return proto_schema(built, built.messages[0].name)


class _Projection:
    def __init__(self, schema: ProtoSchema, selection: Selection[ProtoMessage], suffix: str) -> None:
        self._schema, self._selection, self._suffix = schema, selection, suffix
        self._taken = {kind.short_name for file in schema.file.closure() for kind in file.types()}
        self._names: dict[ProtoMessage, str] = {}
        self._waiting: list[ProtoMessage] = []
        self._needed: set[str] = set()
        self._comments: list[tuple[list[int], str]] = []

    def file(self, name: str) -> Any:
        """Return a FileDescriptorProto: first the message itself, then those in it that lack fields, too."""
        own = _plain(self._schema.file.described)
        made = descriptor_pb2.FileDescriptorProto(name=name, package=own.package, options=own.options)
        if own.syntax:
            made.syntax = own.syntax
        if own.HasField("edition"):
            made.edition = own.edition
        self._name(self._schema.root)
        while self._waiting:
            kind = self._waiting.pop(0)
            made.message_type.append(self._message(kind, len(made.message_type)))
        made.dependency.extend(sorted(self._needed))
        for place, text in self._comments:
            made.source_code_info.location.add(path=place, leading_comments=text)
        return made

    def _name(self, kind: ProtoMessage) -> str:
        """Return what a message that lacks fields is called, and see to it that it is made."""
        if kind not in self._names:
            name = f"{kind.short_name}{self._suffix}"
            while name in self._taken:
                name += "_"
            self._taken.add(name)
            self._names[kind] = name
            self._waiting.append(kind)
        return self._full(self._names[kind])

    def _message(self, kind: ProtoMessage, index: int) -> Any:
        given = _descriptor(kind)
        made = descriptor_pb2.DescriptorProto(name=self._name(kind).rpartition(".")[2])
        if given.HasField("options"):
            made.options.CopyFrom(given.options)
        kept = self._selection.fields(kind)
        fields = [one for one in given.field if one.name in kept]
        oneofs = sorted({one.oneof_index for one in fields if one.HasField("oneof_index")})
        made.oneof_decl.extend(given.oneof_decl[at] for at in oneofs)
        self._comment([_MESSAGES, index], kind.doc)
        for at, one in enumerate(fields):
            field = kind.by_name[one.name]
            copy = made.field.add()
            copy.CopyFrom(one)
            if one.HasField("oneof_index"):
                copy.oneof_index = oneofs.index(one.oneof_index)
            if field.is_map:
                copy.type_name = self._entry(made, field)
            elif field.type is not None:
                copy.type_name = self._type(field)
            self._comment([_MESSAGES, index, _FIELDS, at], field.doc)
        return made

    def _entry(self, made: Any, field: ProtoField) -> str:
        """Put the entry of a map into a message, and return its name."""
        assert field.entry is not None  # noqa: S101  # the caller looked
        assert field.message is not None  # noqa: S101  # a map has an entry
        entry = made.nested_type.add()
        entry.CopyFrom(_descriptor(field.message))
        value = field.entry[1]
        if value.type is not None:
            entry.field[1].type_name = self._type(value)
        return self._full(f"{made.name}.{entry.name}")

    def _type(self, field: ProtoField) -> str:
        if field.message is not None and self._selection.is_cut(field.message):
            return self._name(field.message)
        assert field.type is not None  # noqa: S101  # the caller looked
        self._needed.add(field.type.described.name)
        return f".{field.type.name}"

    def _full(self, name: str) -> str:
        package = self._schema.file.package
        return f".{package}.{name}" if package else f".{name}"

    def _comment(self, place: list[int], text: str | None) -> None:
        if text:
            self._comments.append((place, f" {text}\n"))


def _plain(document: ProtoDocument) -> Any:
    """Return a file's descriptor in protobuf's own class: custom options are unknown to that, and kept."""
    return descriptor_pb2.FileDescriptorProto.FromString(document.descriptor.SerializeToString())


def _descriptor(kind: ProtoMessage) -> Any:
    """Return the DescriptorProto of a message: its pointer leads there."""
    steps = [int(step) for step in kind.place.pointer.split("/")[1:]]
    found = _plain(kind.described)
    for number, index in zip(steps[::2], steps[1::2], strict=True):
        found = getattr(found, found.DESCRIPTOR.fields_by_number[number].name)[index]
    return found


def _inside(field: ProtoField) -> Iterator[ProtoMessage]:
    """Yield the message that a field's value is, or that the values of a map are."""
    message = field.entry[1].message if field.entry is not None else field.message
    if message is not None:
        yield message


def _within(field: ProtoField) -> set[ProtoMessage]:
    """Return all messages that a field leads to."""
    found: set[ProtoMessage] = set()
    waiting = [*_inside(field)]
    while waiting:
        message = waiting.pop()
        if message not in found:
            found.add(message)
            waiting += [inner for one in message.fields for inner in _inside(one)]
    return found
