"""Transformations and migrations that Confluent's client is handed by our server, and runs with its own executors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from confluent_kafka.schema_registry import (
    Metadata,
    MetadataProperties,
    Rule,
    RuleKind,
    RuleMode,
    RuleSet,
    Schema,
    SchemaRegistryClient,
    ServerConfig,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tallystick.server.run import EmbeddedRegistry

pytest.importorskip("jsonata", reason="confluent-kafka[rules] is not installed: make .venv/installed-peers")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the executors' own libraries

RECORD = '{"type":"record","name":"O","fields":[{"name":"a","type":"string","confluent:tags":["PII"]}]}'
RENAMED = '{"type":"record","name":"O","fields":[{"name":"b","type":"string"}]}'
LATEST = {"auto.register.schemas": False, "use.latest.version": True}


@pytest.fixture
def client() -> Iterator[SchemaRegistryClient]:
    from confluent_kafka.schema_registry.rules.cel.cel_field_executor import CelFieldExecutor
    from confluent_kafka.schema_registry.rules.jsonata.jsonata_executor import JsonataExecutor

    executors: list[Any] = [CelFieldExecutor, JsonataExecutor]
    for executor in executors:
        executor.register()
    with EmbeddedRegistry() as registry, SchemaRegistryClient({"url": registry.url, "max.retries": 0}) as client:
        yield client


def rule(kind: RuleKind, mode: RuleMode, type_: str, expr: str, tags: list[str] | None = None) -> Rule:
    return Rule("a_rule", "Why.", kind, mode, type_, tags, None, expr, None, None, disabled=False)


def serializer(client: SchemaRegistryClient, subject: str, **conf: Any) -> Callable[[Any], Any]:
    write: Any = AvroSerializer(client, conf=conf or LATEST)
    return lambda value: write(value, SerializationContext(subject, MessageField.VALUE))


def test_a_transformation_goes_by_the_tags_of_a_field(client: SchemaRegistryClient) -> None:
    masks = rule(RuleKind.TRANSFORM, RuleMode.WRITE, "CEL_FIELD", "typeName == 'STRING' ; value + '!'", ["PII"])
    client.register_schema("orders-value", Schema(RECORD, "AVRO", rule_set=RuleSet(None, [masks])))

    assert b"\x04x!" == serializer(client, "orders")({"a": "x"})[5:]


def test_messages_of_one_major_version_are_migrated_to_another(client: SchemaRegistryClient) -> None:
    """`use.latest.with.metadata` finds the versions, JSONATA writes the one as the other."""
    client.set_config("orders-value", ServerConfig(compatibility_group="major"))
    upgrade = rule(RuleKind.TRANSFORM, RuleMode.UPGRADE, "JSONATA", "{'b': $.a}")
    for major, text, rules in (("1", RECORD, None), ("2", RENAMED, RuleSet([upgrade], None))):
        metadata = Metadata(None, MetadataProperties({"major": major}), None)
        client.register_schema("orders-value", Schema(text, "AVRO", metadata=metadata, rule_set=rules))

    written = serializer(
        client, "orders", **{"auto.register.schemas": False, "use.latest.with.metadata": {"major": "1"}}
    )
    read: Any = AvroDeserializer(client, conf={"use.latest.with.metadata": {"major": "2"}})
    data = written({"a": "x"})

    assert {"b": "x"} == read(data, SerializationContext("orders", MessageField.VALUE))
