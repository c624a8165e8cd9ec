"""Send a schema to a registry, after all that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tallystick.contract.model import AnySchema
from tallystick.registry.client import RegistryClient
from tallystick.registry.model import RegisteredSchema, SchemaReference
from tallystick.schema.protobuf_types import ProtoFile, ProtoSchema
from tallystick.schema.types import Format


class Extras(NamedTuple):
    """What a registry keeps beside a schema: see `Contract`."""

    metadata: Mapping[str, Any] = {}
    rule_set: Mapping[str, Any] = {}


_NONE = Extras()


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
    known: dict[str, SchemaReference] = {}
    own = {document.name for document in schema.files}  # protoc's own are known to every registry
    return _register_file(client, subject, schema.file, known, own, extras)


def _register_file(  # what is known goes down with each import
    client: RegistryClient,
    subject: str,
    file: ProtoFile,
    known: dict[str, SchemaReference],
    own: set[str],
    extras: Extras = _NONE,
) -> RegisteredSchema:
    from tallystick.schema.protobuf_text import registry_text  # noqa: PLC0415  # only who has .proto files pays for it

    for one in file.imports:
        if one.name in own and one.name not in known:
            version = _register_file(client, one.name, one.file, known, own).version
            known[one.name] = SchemaReference(one.name, one.name, version)
    references = [known[one.name] for one in file.imports if one.name in known]
    text = registry_text(file)
    return client.register(
        subject, text, extras.metadata, rule_set=extras.rule_set, schema_type=Format.PROTOBUF, references=references
    )
