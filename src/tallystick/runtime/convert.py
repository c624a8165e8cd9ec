"""JSON to a message's bytes and back, without generated code: what `tally encode` and `tally decode` do with each line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from tallystick.contract.model import AnySchema, QualityRule
from tallystick.errors import DecodeError, UsageError
from tallystick.expressions.of_avro import of_avro
from tallystick.runtime.rules import TypedRule, check_of
from tallystick.schema.fingerprint import crc64
from tallystick.schema.types import Schema
from tallystick.values.avro_json import from_json, root_name, to_json
from tallystick.wire.avro import compile_decoder, compile_encoder
from tallystick.wire.frame import HEADER_SIZE, header, read_header
from tallystick.wire.single_object import HEADER_SIZE as SINGLE_OBJECT_SIZE
from tallystick.wire.single_object import read_fingerprint, single_object_header

if TYPE_CHECKING:
    from tallystick.schema.protobuf_types import ProtoSchema

ToBytes: TypeAlias = Callable[[Any], bytes]
ToJson: TypeAlias = Callable[[bytes, int], Any]


class Framing(StrEnum):
    """What stands before the payload of a message."""

    REGISTRY = "registry"
    SINGLE_OBJECT = "single-object"
    BARE = "bare"


def encoder(
    schema: AnySchema, framing: Framing, schema_id: Callable[[], int], rules: Sequence[QualityRule] = ()
) -> ToBytes:
    """Return a function from JSON to a message's bytes. `schema_id` is asked for the registry's framing alone.

    The function raises EncodeError for what does not fit, and RuleBroken for what breaks one of the rules.

    Raises:
        UsageError: the framing is for Avro alone.
        InvalidExpression, Unavailable: a rule can't be asked.
    """
    prefix = header(schema_id()) if framing is Framing.REGISTRY else b""
    typed = [TypedRule(name=rule.name, expr=rule.condition or "", doc=rule.doc or "") for rule in rules]
    if not isinstance(schema, Schema):
        return _proto_encoder(schema, framing, prefix, typed)
    prefix = single_object_header(schema) if framing is Framing.SINGLE_OBJECT else prefix
    encode = compile_encoder(schema, prefix=prefix)
    if not typed:
        return lambda value: encode(from_json(schema.root, value, tags=True))
    check, decode = check_of(typed, of_avro(schema), root_name(schema.root)), compile_decoder(schema)

    def asked(value: Any) -> bytes:
        data = encode(from_json(schema.root, value, tags=True))
        check(decode(data, len(prefix)))  # rules want values as a reader has them, without tags
        return data

    return asked


class Decoder:
    """Messages to JSON, as `reader` has them; without one, each as its writer had it.

    `by_id` gives the schema of a registry's id; `own` are the schemas that a fingerprint may mean, the reader's own among
    them.
    """

    def __init__(
        self,
        framing: Framing,
        reader: AnySchema | None,
        by_id: Callable[[int], AnySchema],
        own: tuple[AnySchema, ...] = (),
    ) -> None:
        self._framing, self._reader, self._by_id = framing, reader, by_id
        self._own: Mapping[int, AnySchema] = {}
        if framing is Framing.SINGLE_OBJECT:
            self._own = {crc64(schema): schema for schema in own if isinstance(schema, Schema)}
        if framing is Framing.BARE and reader is None:
            raise UsageError("bare messages do not say what wrote them", fix="name their contract")
        self._known: dict[int, ToJson] = {}

    def __call__(self, data: bytes) -> Any:
        """Return a message as JSON.

        Raises:
            DecodeError: it is none.
            SchemaNotFound, RegistryUnavailable: its writer's schema can't be had.
        """
        match self._framing:
            case Framing.REGISTRY:
                return self._decoder(read_header(data), self._by_id)(data, HEADER_SIZE)
            case Framing.SINGLE_OBJECT:
                return self._decoder(read_fingerprint(data), self._by_fingerprint)(data, SINGLE_OBJECT_SIZE)
            case Framing.BARE:
                return self._decoder(0, self._by_nothing)(data, 0)

    def _decoder(self, key: int, find: Callable[[int], AnySchema]) -> ToJson:
        if key not in self._known:
            self._known[key] = self._compile(find(key))
        return self._known[key]

    def _by_fingerprint(self, fingerprint: int) -> AnySchema:
        if fingerprint in self._own:
            return self._own[fingerprint]
        raise DecodeError("", f"no released version of the contract has the fingerprint {fingerprint:016x}")

    def _by_nothing(self, _: int) -> AnySchema:
        assert self._reader is not None  # noqa: S101  # __init__ saw to it
        return self._reader

    def _compile(self, writer: AnySchema) -> ToJson:
        reader = self._reader or writer
        if isinstance(writer, Schema) and isinstance(reader, Schema):
            root, decode = reader.root, compile_decoder(writer, reader, tags=True)
            return lambda data, at: to_json(root, decode(data, at))
        if not isinstance(writer, Schema) and not isinstance(reader, Schema):
            return _proto_decoder(writer, reader, self._framing, named=self._reader is not None)
        raise DecodeError("", f"it was written with {writer.format}, and the contract is in {reader.format}")


def _proto_encoder(schema: ProtoSchema, framing: Framing, prefix: bytes, rules: Sequence[TypedRule]) -> ToBytes:
    # Here and not above: only who has .proto files pays for protobuf's own code.
    from tallystick.expressions.of_proto import of_proto  # noqa: PLC0415
    from tallystick.values.proto_message import ProtoMessages  # noqa: PLC0415
    from tallystick.wire.message_indexes import write_indexes  # noqa: PLC0415

    if framing is Framing.SINGLE_OBJECT:
        raise UsageError("single-object encoding is Avro's alone", fix="use --framing registry or bare")
    messages = ProtoMessages(schema)
    prefix += write_indexes(schema.file.path_of(schema.root)) if framing is Framing.REGISTRY else b""
    check = check_of(rules, of_proto(schema.root), schema.root.short_name) if rules else None

    def encode(value: Any) -> bytes:
        message = messages.message_of(value)
        if check is not None:
            check(message)
        return prefix + messages.to_bytes(message)

    return encode


def _proto_decoder(writer: ProtoSchema, reader: ProtoSchema, framing: Framing, *, named: bool) -> ToJson:
    from tallystick.values.proto_message import ProtoMessages  # noqa: PLC0415  # as above
    from tallystick.wire.message_indexes import read_indexes  # noqa: PLC0415

    messages = ProtoMessages(reader)

    def decode(data: bytes, at: int) -> Any:
        if framing is not Framing.REGISTRY:
            return messages.to_json(data[at:])
        path, start = read_indexes(data, at)
        written = writer.file.message_at(path)
        if written is None:
            raise DecodeError("", f"the writer's schema has no message at {list(path)}")
        if named and written.name != reader.root.name:
            raise DecodeError("", f"it is a {written.name}, and the contract's messages are {reader.root.name}")
        return messages.to_json(data[start:], written.name)

    return decode
