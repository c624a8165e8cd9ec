"""Messages of a .proto file without generated code: as JSON, and as Protobuf's own classes.

`google.protobuf.json_format` does the work; `values.proto_json` is asked first, since that one is strict and says where.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from google.protobuf import descriptor_pool, json_format, message, message_factory

from tallystick.errors import DecodeError, EncodeError
from tallystick.schema.protobuf_types import ProtoDocument, ProtoFile, ProtoSchema
from tallystick.values.proto_json import MAX_DEPTH, check_json

MessageClass: TypeAlias = type[message.Message]


class ProtoMessages:
    """The messages of one schema, in a pool of their own: two versions of a file can be read side by side."""

    def __init__(self, schema: ProtoSchema) -> None:
        self._schema = schema
        self._pool = descriptor_pool.DescriptorPool()
        self._add(schema.file, set())

    def _add(self, file: ProtoFile, seen: set[str]) -> None:
        if file.name in seen:
            return
        seen.add(file.name)
        for one in file.imports:
            self._add(one.file, seen)
        described = file.place.document
        assert isinstance(described, ProtoDocument)  # noqa: S101  # files are made of nothing else
        self._pool.AddSerializedFile(described.descriptor.SerializeToString())

    def class_of(self, name: str | None = None) -> MessageClass:
        """Return the class of a message by its full name; without one, of the schema's own."""
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name or self._schema.root.name))

    def message_of(self, value: Any) -> message.Message:
        """Return the message that a JSON value stands for.

        Raises:
            EncodeError: with the path of the first thing that does not fit.
        """
        check_json(self._schema, value)
        made = self.class_of()()
        try:
            json_format.ParseDict(value, made, descriptor_pool=self._pool, max_recursion_depth=MAX_DEPTH)
        except json_format.ParseError as error:
            raise EncodeError(self._schema.root.short_name, str(error)) from error
        return made

    def to_bytes(self, made: message.Message) -> bytes:
        """Return the bytes of a message.

        Raises:
            EncodeError: a required field is missing.
        """
        try:
            return made.SerializeToString(deterministic=True)
        except message.EncodeError as error:
            raise EncodeError(self._schema.root.short_name, str(error)) from error

    def to_json(self, data: bytes, name: str | None = None) -> Any:
        """Return the message that bytes hold as JSON.

        Raises:
            DecodeError: they are no such message, or it holds what JSON can't say.
        """
        cls = self.class_of(name)
        try:
            read = cls.FromString(data)
            missing = read.FindInitializationErrors()  # type: ignore[attr-defined]  # typeshed leaves it out
            if not missing:
                return json_format.MessageToDict(read, descriptor_pool=self._pool)
        except (message.DecodeError, json_format.Error, ValueError, RecursionError) as error:
            raise DecodeError(cls.DESCRIPTOR.name, str(error)) from error
        raise DecodeError(cls.DESCRIPTOR.name, f"required fields are missing: {', '.join(missing)}")
