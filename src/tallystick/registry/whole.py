"""Whole schemas: send one to a registry, or ask for one, with all that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tallystick.contract.model import AnySchema
from tallystick.registry.model import RegisteredSchema, SchemaReference
from tallystick.registry.reading import read_schema
from tallystick.schema.protobuf_types import ProtoFile, ProtoSchema
from tallystick.schema.types import Format

if TYPE_CHECKING:
    from tallystick.registry.client import RegistryClient


class Extras(NamedTuple):
    """What a registry keeps beside a schema: see `Contract`."""

    metadata: Mapping[str, Any] = {}
    rule_set: Mapping[str, Any] = {}


_NONE = Extras()
# A subject, a .proto file's text, and what it refers to.
_Ask: TypeAlias = Callable[[str, str, Sequence[SchemaReference]], RegisteredSchema]


def register_schema(
    client: RegistryClient, subject: str, schema: AnySchema, extras: Extras = _NONE
) -> RegisteredSchema:
    """Register a schema under a subject and return its version.

    Avro is one text with all its types in it. What a .proto file imports is registered before it, under the path that it
    is imported by, and referred to.

    Raises:
        RegistryError, RegistryUnavailable, NotPublished: see `RegistryClient.register`.
    """
    if not isinstance(schema, ProtoSchema):
        return client.register(subject, schema.canonical, extras.metadata, rule_set=extras.rule_set)

    def register(name: str, text: str, references: Sequence[SchemaReference]) -> RegisteredSchema:
        metadata, rule_set = extras if name == subject else _NONE
        return client.register(
            name, text, metadata, rule_set=rule_set, schema_type=Format.PROTOBUF, references=references
        )

    return _with_imports(register, subject, schema)


def lookup_schema(client: RegistryClient, subject: str, schema: AnySchema) -> RegisteredSchema:
    """Return the version of a subject that has a schema.

    Raises:
        SubjectNotFound, SchemaNotFound: there is none, or what it imports is not there.
        RegistryError, RegistryUnavailable: see `RegistryClient.lookup`.
    """
    if not isinstance(schema, ProtoSchema):
        return client.lookup(subject, schema.canonical)

    def lookup(name: str, text: str, references: Sequence[SchemaReference]) -> RegisteredSchema:
        return client.lookup(name, text, schema_type=Format.PROTOBUF, references=references)

    return _with_imports(lookup, subject, schema)


def read_registered(client: RegistryClient, registered: RegisteredSchema, main: str | None = None) -> AnySchema:
    """Return the schema of a version. `main` names the message that a topic holds, among several of a .proto file.

    Raises:
        InputError: the text, or one that it refers to, can't be read.
        InvalidSchema: it is in a language that this version does not read.
        RegistryError, RegistryUnavailable: what it refers to is not there, or nobody answers.
    """
    needed: dict[str, RegisteredSchema] = {}
    waiting = list(registered.references)
    while waiting:
        reference = waiting.pop()
        if reference.name not in needed:
            needed[reference.name] = client.version(reference.subject, reference.version)
            waiting += needed[reference.name].references
    return read_schema(registered, needed, main=main)


def _with_imports(ask: _Ask, subject: str, schema: ProtoSchema) -> RegisteredSchema:
    """Ask for each file of a schema after those that it imports; return the answer for the schema's own."""
    from tallystick.schema.protobuf_text import registry_text  # noqa: PLC0415  # only who has .proto files pays for it

    own = {document.name for document in schema.files}  # protoc's own are known to every registry
    known: dict[str, SchemaReference] = {}

    def answer(name: str, file: ProtoFile) -> RegisteredSchema:
        for one in file.imports:
            if one.name in own and one.name not in known:
                known[one.name] = SchemaReference(one.name, one.name, answer(one.name, one.file).version)
        return ask(name, registry_text(file), [known[one.name] for one in file.imports if one.name in known])

    return answer(subject, schema.file)
