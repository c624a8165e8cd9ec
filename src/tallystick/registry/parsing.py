"""Parse what clients send: the text that is kept of it, and the schema to compare."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from tallystick.contract.model import AnySchema
from tallystick.errors import InputError, InvalidSchema, RegistryError, SchemaTooLarge
from tallystick.registry.known_protos import with_known_protos
from tallystick.registry.model import JSON, TYPES, RegisteredSchema, SchemaReference, SchemaRequest
from tallystick.registry.names import beside
from tallystick.registry.protobuf_tags import plain
from tallystick.registry.reading import read_schema
from tallystick.registry.state import State
from tallystick.schema.canonical import normalized_text, registry_text
from tallystick.schema.json_text import read_json
from tallystick.schema.protobuf_types import ProtoSchema
from tallystick.schema.types import Format, Schema

PROTOC_SECONDS = 10.0
MAX_SCHEMA_BYTES = 1024 * 1024
EMPTY = "Empty schema: 'schema' must be the schema's text, as a JSON string"
_LARGE = 32 * 1024
_Needed: TypeAlias = tuple[tuple[str, RegisteredSchema], ...]


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A text with all that it needs to be read. What it refers to is named by version."""

    schema_type: str
    text: str
    references: tuple[SchemaReference, ...] = ()
    needed: _Needed = ()


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """What is kept of a text. `schema` is None for JSON: nothing here looks into it."""

    text: str
    schema: AnySchema | None


def gather(state: State, subject: str, given: SchemaRequest | RegisteredSchema, *, deleted: bool = False) -> Unparsed:
    """Return a schema's text with those of all that it refers to, directly or not. `deleted` ones may do.

    Raises:
        InvalidSchema: it refers to what is not there.
    """
    direct = [replace(one, version=_referred(state, subject, one, deleted=deleted).version) for one in given.references]
    needed: dict[str, RegisteredSchema] = {}
    waiting = [(subject, reference) for reference in direct]
    while waiting:
        parent, reference = waiting.pop()
        if reference.name not in needed:
            found = needed[reference.name] = _referred(state, parent, reference, deleted=deleted)
            waiting += [(found.subject, inner) for inner in found.references]
    return Unparsed(str(given.schema_type), given.text, tuple(direct), tuple(sorted(needed.items(), key=_name)))


def _name(item: tuple[str, RegisteredSchema]) -> str:
    return item[0]


def _referred(state: State, parent: str, reference: SchemaReference, *, deleted: bool) -> RegisteredSchema:
    try:
        found = state.choose(beside(parent, reference.subject), reference.version, deleted=deleted)
    except RegistryError:
        found = None
    if found is None:
        problem = f"no version {reference.version} of subject '{reference.subject}' for reference '{reference.name}'"
        raise InvalidSchema(f"Invalid schema: {problem}")
    return found


def parse(given: Unparsed, *, normalize: bool = False) -> Parsed:
    """Return what is kept of a text, and its schema. What was parsed lately is remembered; of large texts, a few.

    Raises:
        InvalidSchema: it can't be read, or not within PROTOC_SECONDS.
        SchemaTooLarge: its text is longer than MAX_SCHEMA_BYTES.
    """
    if len(given.text.encode(errors="replace")) > MAX_SCHEMA_BYTES:
        raise SchemaTooLarge(f"Schema is too large: this registry takes {MAX_SCHEMA_BYTES} bytes")
    if not given.text.strip():
        raise InvalidSchema(EMPTY)
    if given.schema_type not in TYPES:
        raise InvalidSchema(f"schemaType '{given.schema_type}' is not supported: there are {', '.join(TYPES)}")
    return (_parse_small if len(given.text) < _LARGE else _parse_large)(given, normalize)


def _parse(given: Unparsed, normalize: bool) -> Parsed:  # noqa: FBT001  # a part of the key that it is remembered by
    try:
        if given.schema_type == JSON:
            return Parsed(_json_text(given.text, normalize=normalize), None)
        schema = _schema(given)
    except InputError as error:
        raise InvalidSchema(f"Invalid schema: {error}", fix=error.fix) from error
    if not isinstance(schema, Schema):
        return Parsed(schema.canonical, schema)
    write = normalized_text if normalize else registry_text
    return Parsed(write(schema.root, schema.references), schema)


_parse_small, _parse_large = lru_cache(500)(_parse), lru_cache(8)(_parse)


def formatted(given: Unparsed, form: str) -> str:
    """Return a schema's text in the form that a client asks for; the kept one, if there is no such form.

    Avro knows `resolved`, with all that it refers to written out; Protobuf knows `serialized`, base64 of the descriptor,
    and `ignore_extensions`, without custom options.
    """
    match given.schema_type, form:
        case Format.AVRO, "resolved":
            schema = parse(given).schema
            return given.text if schema is None else schema.canonical
        case Format.PROTOBUF, "serialized":
            return _serialized(given)
        case Format.PROTOBUF, "ignore_extensions":
            return _without_extensions(given)
    return given.text


def written_out(parsed: Parsed) -> str:
    """Return the text with all that it refers to in it, where a language has such: two may say the same."""
    return parsed.text if parsed.schema is None else parsed.schema.canonical


def _schema(given: Unparsed) -> AnySchema:
    kept = RegisteredSchema("", 0, 0, given.text, schema_type=given.schema_type, references=given.references)
    return read_schema(kept, dict(given.needed), deadline=PROTOC_SECONDS)


def _json_text(text: str, *, normalize: bool) -> str:
    import jsonschema_rs  # noqa: PLC0415  # 50 ms that only JSON pays for

    value = read_json(text, "schema")
    try:
        jsonschema_rs.meta.validate(value)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        problem = str(error).partition("\n")[0]
        raise InvalidSchema(f"Invalid schema: it is JSON, and no JSON Schema: {problem}") from None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=normalize)


def _without_extensions(given: Unparsed) -> str:
    from tallystick.schema.protobuf_text import descriptor_text  # noqa: PLC0415

    schema = parse(given).schema
    return descriptor_text(plain(schema.file.described.descriptor)) if isinstance(schema, ProtoSchema) else given.text


def _serialized(given: Unparsed) -> str:
    from tallystick.schema.protobuf import compiled  # noqa: PLC0415  # only who has .proto files pays for it

    own = "schema.proto"
    while own in dict(given.needed):
        own = f"_{own}"
    texts = with_known_protos({own: given.text, **{name: one.text for name, one in given.needed}})
    descriptors, _ = compiled(texts, deadline=PROTOC_SECONDS)
    found = next(file for file in descriptors if file.name == own)
    found.ClearField("source_code_info")
    return base64.b64encode(found.SerializeToString()).decode()
