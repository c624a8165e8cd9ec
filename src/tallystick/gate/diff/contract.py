"""The parts of a contract: its schema and keys, topic, rules, consumers and promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallystick.contract.model import AnySchema, Contract
from tallystick.gate.diff.avro import avro_parts
from tallystick.gate.diff.parts import Part, said
from tallystick.gate.diff.proto import proto_parts
from tallystick.schema.types import Schema

_TOLD_APART = frozenset(
    ("apiVersion", "kind", "id", "version", "status", "schema", "customProperties", "slaProperties", "description")
)
"""What a part of its own tells, and what says nothing about messages."""


def contract_parts(contract: Contract) -> Iterator[Part]:
    """Yield the parts of a contract, in the order in which people want to hear of them."""
    yield from _schema_parts(contract.schema)
    if contract.key.schema is not None:
        parts = tuple(_schema_parts(contract.key.schema))
        yield Part("key", "keys with a schema", {}, (), parts)
    yield Part("contract", "the contract", _own(contract))
    topic = contract.topic
    facts = {"name": topic.name, "partitions": topic.partitions, "replication factor": topic.replication_factor}
    yield Part("topic", "the topic", {**facts, **topic.configs})
    for rule in contract.rules:
        yield _entry("rule", rule.name, {**rule.implementation, "doc": rule.doc}, ("expr", "doc"))
    for consumer in contract.consumers:
        reads = list(consumer.fields) or "every field"
        yield _entry("consumer", consumer.id, {"reads": reads, "team": consumer.team, "groups": list(consumer.groups)})
    for promise in contract.raw.get("slaProperties") or []:
        name = str(promise.get("property"))
        yield _entry("promise", name, {key: value for key, value in promise.items() if key != "property"})


def _schema_parts(schema: AnySchema) -> Iterator[Part]:
    yield Part("schema", "the schema", {"language": schema.format.value.capitalize()})
    yield from avro_parts(schema) if isinstance(schema, Schema) else proto_parts(schema)


def _own(contract: Contract) -> Mapping[str, Any]:
    facts = {"status": contract.status.value, "compatibility": contract.compatibility.value}
    description = contract.raw.get("description")
    if isinstance(description, dict):
        facts |= description
    rest = {name: value for name, value in contract.raw.items() if name not in _TOLD_APART}
    return said({**facts, "metadata": contract.metadata, **rest})


def _entry(kind: str, name: str, facts: Mapping[str, Any], summary: Sequence[str] = ()) -> Part:
    known = said(facts)
    return Part(f"{kind} {name}", f"{kind} '{name}'", known, (), (), tuple(summary or known))
