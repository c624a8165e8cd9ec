"""Rules of Confluent's own client, kept by our server: CEL, as `confluent-kafka[rules]` runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka.schema_registry import Rule, RuleKind, RuleMode, RuleSet, Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.rule_registry import RuleRegistry
from confluent_kafka.schema_registry.rules.cel.cel_executor import CelExecutor
from confluent_kafka.schema_registry.rules.cel.cel_field_executor import CelFieldExecutor
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

from tallystick.server.run import EmbeddedRegistry

TEXT = '{"type":"record","name":"Order","fields":[{"name":"units","type":"int"},{"name":"note","type":"string","confluent:tags":["PII"]}]}'
CONTEXT = SerializationContext("orders", MessageField.VALUE)
LATEST = {"auto.register.schemas": False, "use.latest.version": True}


@pytest.fixture
def client() -> Iterator[SchemaRegistryClient]:
    with EmbeddedRegistry() as registry, SchemaRegistryClient({"url": registry.url, "max.retries": 0}) as client:
        yield client


@pytest.fixture
def rules() -> RuleRegistry:
    registry = RuleRegistry()
    registry.register_executor(CelExecutor())
    registry.register_executor(CelFieldExecutor())
    return registry


def rule(kind: RuleKind, mode: RuleMode, type_: str, expression: str, tags: list[str] | None = None) -> Rule:
    return Rule("check", None, kind, mode, type_, tags, None, expression, None, None, False)


def test_a_condition_is_asked_when_a_message_is_written(client: SchemaRegistryClient, rules: RuleRegistry) -> None:
    positive = rule(RuleKind.CONDITION, RuleMode.WRITE, "CEL", "message.units > 0")
    client.register_schema("orders-value", Schema(TEXT, "AVRO", rule_set=RuleSet(None, [positive])))
    serializer = AvroSerializer(client, conf=LATEST, rule_registry=rules)
    good = serializer({"units": 1, "note": "x"}, CONTEXT)

    assert {"units": 1, "note": "x"} == AvroDeserializer(client, rule_registry=rules)(good, CONTEXT)
    with pytest.raises(SerializationError) as caught:
        serializer({"units": 0, "note": "x"}, CONTEXT)

    assert "Rule expr failed: message.units > 0" == str(caught.value.__cause__)


def test_a_transform_of_tagged_fields_is_made(client: SchemaRegistryClient, rules: RuleRegistry) -> None:
    """The tag stands in the schema's text, and comes back in it."""
    hide = rule(RuleKind.TRANSFORM, RuleMode.WRITE, "CEL_FIELD", "typeName == 'STRING' ; value + '-hidden'", ["PII"])
    client.register_schema("orders-value", Schema(TEXT, "AVRO", rule_set=RuleSet(None, [hide])))
    message = AvroSerializer(client, conf=LATEST, rule_registry=rules)({"units": 1, "note": "x"}, CONTEXT)

    assert {"units": 1, "note": "x-hidden"} == AvroDeserializer(client, rule_registry=rules)(message, CONTEXT)
