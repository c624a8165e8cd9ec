"""What a generated module knows about a contract in Protobuf: as `typed_topic`, with protoc's classes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from google.protobuf import message
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from tallystick.errors import DecodeError, EncodeError
from tallystick.expressions.of_proto import of_proto
from tallystick.expressions.types import CelType
from tallystick.registry.client import RegistryClient
from tallystick.registry.model import RegisteredSchema
from tallystick.registry.reading import read_schema
from tallystick.registry.whole import lookup_schema, read_registered
from tallystick.runtime.typed_topic import Decode, Encode, TypedKey, TypedTopic, refuse_other_language
from tallystick.schema.protobuf_builder import Builder
from tallystick.schema.protobuf_reader import OptionReader
from tallystick.schema.protobuf_schema import proto_schema
from tallystick.schema.protobuf_text import descriptor_text
from tallystick.schema.protobuf_types import Presence, ProtoFile, ProtoMessage, ProtoSchema
from tallystick.schema.protoc import OWN
from tallystick.schema.types import Document, Format
from tallystick.wire.frame import SchemaKey, header
from tallystick.wire.message_indexes import read_indexes, write_indexes

T = TypeVar("T")
P = TypeVar("P")


@dataclass(frozen=True, kw_only=True, eq=False)
class ProtoKey(TypedKey):
    """What the keys, or the values, of a topic are: `classes` has one class, that of the messages.

    Where that class has some of the fields alone, `whole` is what the messages are.
    """

    whole: ProtoKey | None = None

    @cached_property
    def schema(self) -> ProtoSchema:  # type: ignore[override]  # what reads an Avro schema asks for Avro's keys alone
        """Return the schema, made of the class's descriptors at first use: without protoc."""
        options, builder = OptionReader(), Builder()
        (root,) = self.classes.values()
        built: ProtoFile | None = None
        for described in _in_order(root.DESCRIPTOR.file):
            read = options.read(FileDescriptorProto.FromString(described.serialized_pb))
            own = None if described.name.startswith(OWN) else Document(described.name, descriptor_text(read))
            built = builder.file(read, own)
        assert built is not None  # noqa: S101  # a file is in its own order
        return proto_schema(built, root.DESCRIPTOR.full_name)

    @cached_property
    def message_type(self) -> CelType:
        """Return what values are to a rule."""
        return of_proto(self.schema.root)

    @property
    def type_name(self) -> str:
        """Return what errors call a value."""
        return self.schema.root.short_name

    @property
    def _written(self) -> ProtoSchema:
        return (self.whole or self).schema

    @property
    def _class(self) -> Any:
        (root,) = self.classes.values()
        return root

    def problems(self, value: Any) -> tuple[EncodeError, ...]:
        """Return all that keeps a value from being encoded: protoc's classes refuse all else when it is set."""
        if type(value) is not self._class:
            return (self._foreign(value),)
        return tuple(
            EncodeError(f"{self.type_name}.{path}", "it is required, and not set")
            for path in value.FindInitializationErrors()
        )

    def find(self, registry: RegistryClient) -> int:
        """Return the registry's id of this schema, with all that it imports."""
        return lookup_schema(registry, self.subject, self.schema).id

    def reader(self, registry: RegistryClient, schema_id: SchemaKey) -> Decode:
        """Return a function from bytes, which one of a registry's schema wrote, to a value."""
        registered = registry.schema(schema_id)
        refuse_other_language(schema_id, registered.schema_type, Format.PROTOBUF)
        if registered.text == self.schema_text:
            return self._decoder(self._written.file)
        return self._decoder(_file_of(read_registered(registry, registered)))

    def encoder(self, schema_id: int) -> Encode:
        """Return a function from a value to its framed bytes."""
        prefix = header(schema_id) + write_indexes(self.schema.file.path_of(self.schema.root))
        own = self._class

        def encode(value: Any) -> bytes:
            if type(value) is not own:
                raise self._foreign(value)
            try:
                data: bytes = value.SerializeToString()
            except (message.EncodeError, ValueError) as error:
                raise EncodeError(self.type_name, str(error)) from error
            return prefix + data

        return encode

    def decoder(self, schema_id: int, text: str) -> Decode:
        """Return a function from bytes, which one of the schema `text` wrote, to a value.

        What the text imports is taken to be what this package has; a consumer asks the registry.
        """
        if text == self.schema_text:
            return self._decoder(self._written.file)
        needed = {
            one.name: RegisteredSchema(one.name, 1, 0, one.text, schema_type=Format.PROTOBUF)
            for one in self._written.files
        }
        given = RegisteredSchema(f"schema {schema_id}", 0, schema_id, text, schema_type=Format.PROTOBUF)
        return self._decoder(_file_of(read_schema(given, needed)))

    def _decoder(self, writer: ProtoFile) -> Decode:
        own = self._class
        usual = self._usual(writer)
        has_required, is_part = _has_required(self.schema.root), self.whole is not None

        def decode(data: bytes, at: int) -> Any:
            start = at + len(usual) if data.startswith(usual, at) else self._start(writer, data, at)
            try:
                value = own.FromString(data[start:])
            except message.DecodeError as error:
                raise DecodeError(self.type_name, f"the bytes are no such message: {error}") from error
            if has_required and not value.IsInitialized():
                missing = ", ".join(value.FindInitializationErrors())
                raise DecodeError(self.type_name, f"required fields are missing: {missing}")
            if is_part:
                value.DiscardUnknownFields()  # protobuf would keep them, to send them on
            return value

        return decode

    def _usual(self, writer: ProtoFile) -> bytes:
        """Return the message indexes that a writer puts before these messages; what no message begins with if it has none."""
        name = self._written.root.name
        there = any(one.name == name for one in writer.types())
        return write_indexes(writer.path_of(_message(writer, name))) if there else b"\x01\x01"

    def _start(self, writer: ProtoFile, data: bytes, at: int) -> int:
        """Return where the payload begins behind message indexes that are not the usual ones."""
        path, start = read_indexes(data, at)
        written = writer.message_at(path)
        if written is None:
            raise DecodeError("", f"the writer's schema has no message at {list(path)}")
        wanted = self._written.root.name
        if written.name != wanted:
            raise DecodeError("", f"it is a {written.name}, and the contract's messages are {wanted}")
        return start

    def _foreign(self, value: Any) -> EncodeError:
        kind = type(value)
        problem = (
            f"expected {self._class.__module__}.{self._class.__qualname__}, got {kind.__module__}.{kind.__qualname__}"
        )
        return EncodeError(self.type_name, problem)


@dataclass(frozen=True, kw_only=True, eq=False)
class ProtoTopic(TypedTopic[T], ProtoKey, Generic[T]):
    """One per contract in Protobuf."""

    def narrowed(self, value: type[P], rules: Collection[str] = ()) -> ProtoTopic[P]:
        """Return the topic as a consumer sees it whose class has some of the fields alone, and of its rules these."""
        kept = tuple(rule for rule in self.rules if rule.name in rules)
        classes: dict[str, type[Any]] = {cast("Any", value).DESCRIPTOR.full_name: value}
        return cast("ProtoTopic[P]", replace(cast("Any", self), value=value, classes=classes, rules=kept, whole=self))


def _message(file: ProtoFile, name: str) -> ProtoMessage:
    return next(one for one in file.types() if one.name == name and isinstance(one, ProtoMessage))


def _file_of(schema: Any) -> ProtoFile:
    file: ProtoFile = schema.file  # who asks knows that it is Protobuf's
    return file


def _in_order(file: Any) -> Iterator[Any]:
    """Yield a file after all that it imports."""
    seen: dict[str, Any] = {}

    def visit(one: Any) -> None:
        if one.name not in seen:
            for needed in one.dependencies:
                visit(needed)
            seen[one.name] = one

    visit(file)
    yield from seen.values()


def _has_required(root: ProtoMessage) -> bool:
    seen: set[ProtoMessage] = set()
    waiting = [root]
    while waiting:
        kind = waiting.pop()
        if kind not in seen:
            seen.add(kind)
            if any(field.presence is Presence.REQUIRED for field in kind.fields):
                return True
            waiting += [field.message for field in kind.fields if field.message is not None]
    return False
