"""What an endpoint is: a method, a path, who answers, and what its OpenAPI description says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from tallystick.registry.identity import guid
from tallystick.registry.model import RegisteredSchema
from tallystick.registry.service import Registry
from tallystick.schema.types import Format
from tallystick.server.call import Call

Answer: TypeAlias = Callable[[Registry, Call], Any]
Schema: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is sent as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked. `query` names parameters, `body` and `returns` are JSON Schemas; None: there is none.

    `errors` are the error codes that it may answer with, beside those that all have.
    """

    method: str
    path: str
    summary: str
    answer: Answer
    query: tuple[str, ...] = ()
    body: Schema | None = None
    returns: Schema | None = None
    errors: tuple[int, ...] = ()
    in_contexts: bool = True
    """Whether it is there below /contexts/{context}, too."""


def listed(items: Schema) -> Schema:
    """Return the JSON Schema of a list."""
    return {"type": "array", "items": items}


def named(name: str) -> Schema:
    """Return a reference to a schema that the OpenAPI document defines."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}


def described(schema: RegisteredSchema, text: str | None = None) -> dict[str, Any]:
    """Return the members that say what a schema is: as Confluent's registry, without those that are usual."""
    found: dict[str, Any] = {} if schema.schema_type == Format.AVRO else {"schemaType": schema.schema_type}
    found["schema"] = schema.text if text is None else text
    if schema.references:
        found["references"] = [asdict(one) for one in schema.references]
    if schema.metadata:
        found["metadata"] = schema.metadata
    if schema.rule_set:
        found["ruleSet"] = schema.rule_set
    return found | ({"deleted": True} if schema.deleted else {})


def registered(schema: RegisteredSchema, call: Call, text: str | None = None) -> dict[str, Any]:
    """Return a version of a subject. The guid is for those who take members that older clients refuse."""
    new = {"guid": guid(schema)} if call.knows_new_members else {}
    return {"subject": schema.subject, "version": schema.version, "id": schema.id, **new, **described(schema, text)}
