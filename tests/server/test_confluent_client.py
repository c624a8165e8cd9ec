"""Confluent's own client and serializers against our server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from tallystick.server.run import EmbeddedRegistry

ONE = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}'
TWO = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}'
BROKEN = '{"type":"record","name":"R","fields":[{"name":"c","type":"int"}]}'


@pytest.fixture
def client() -> Iterator[SchemaRegistryClient]:
    with EmbeddedRegistry() as registry, SchemaRegistryClient({"url": registry.url, "max.retries": 0}) as client:
        yield client


def test_what_a_client_registers_it_finds_again(client: SchemaRegistryClient) -> None:
    """Each call that our users' programs make."""
    first, second = (client.register_schema("a/b", Schema(text, "AVRO")) for text in (ONE, TWO))
    latest = client.get_latest_version("a/b")

    assert (1, 2) == (first, second)
    assert ONE == client.get_schema(1).schema_str
    assert ("a/b", 2, 2, TWO) == (latest.subject, latest.version, latest.schema_id, latest.schema.schema_str)
    assert 1 == client.lookup_schema("a/b", Schema(ONE, "AVRO")).version
    assert ([1, 2], ["a/b"], ["JSON", "PROTOBUF", "AVRO"]) == (
        client.get_versions("a/b"),
        client.get_subjects(),
        client.get_schema_types(),
    )
    with pytest.raises(SchemaRegistryError) as caught:
        client.get_latest_version("nobody")

    assert (404, 40401) == (caught.value.http_status_code, caught.value.error_code)


def test_levels_and_compatibility_are_what_a_client_expects(client: SchemaRegistryClient) -> None:
    """The level of a subject, the global one, and what both forbid."""
    client.register_schema("s", Schema(ONE, "AVRO"))
    client.set_compatibility("s", "FULL")

    assert ("FULL", "BACKWARD") == (client.get_compatibility("s"), client.get_compatibility())
    assert client.test_compatibility("s", Schema(TWO, "AVRO"))
    assert not client.test_compatibility("s", Schema(BROKEN, "AVRO"), version=1)
    assert not client.test_compatibility_all_versions("s", Schema(BROKEN, "AVRO"))
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema("s", Schema(BROKEN, "AVRO"))

    assert (409, 409) == (caught.value.http_status_code, caught.value.error_code)


def test_messages_go_round_through_serializer_and_deserializer(client: SchemaRegistryClient) -> None:
    """The serializer asks for associations first. Our 404 means that there are none, and it goes on."""
    context = SerializationContext("orders", MessageField.VALUE)
    message = AvroSerializer(client, TWO)({"a": "x", "b": 7}, context)

    assert b"\x00\x00\x00\x00\x01" == message[:5]
    assert {"a": "x", "b": 7} == AvroDeserializer(client)(message, context)
    assert ["orders-value"] == client.get_subjects()


MONEY = 'syntax = "proto3"; package shop; message Money { int64 units = 1; }'
ORDER = 'syntax = "proto3"; package shop; import "money.proto"; message Order { Money total = 1; }'


def test_protobuf_is_kept_with_what_it_imports(client: SchemaRegistryClient) -> None:
    client.register_schema("money.proto", Schema(MONEY, "PROTOBUF"))
    imports = [SchemaReference("money.proto", "money.proto", 1)]
    order = client.register_schema("orders-value", Schema(ORDER, "PROTOBUF", imports))
    kept = client.get_schema(order)

    assert ("PROTOBUF", [("money.proto", "money.proto", 1)]) == (
        kept.schema_type,
        [(r.name, r.subject, r.version) for r in kept.references],
    )
    assert order == client.register_schema(
        "orders-value", Schema(ORDER.replace("; ", ";\n// same\n"), "PROTOBUF", imports)
    )
    assert order == client.register_schema("others-value", Schema(ORDER, "PROTOBUF", imports))
    assert not client.test_compatibility("orders-value", Schema('"string"', "AVRO"))
    assert not client.test_compatibility(
        "orders-value", Schema(ORDER.replace("Money total", "string total"), "PROTOBUF", imports)
    )
    assert client.test_compatibility(
        "orders-value", Schema(ORDER.replace("total = 1;", "total = 1; string note = 2;"), "PROTOBUF", imports)
    )


def test_an_import_that_breaks_is_refused_where_it_is_used(client: SchemaRegistryClient) -> None:
    client.set_compatibility("money.proto", level="NONE")
    for text in (MONEY, MONEY.replace("int64", "double")):
        client.register_schema("money.proto", Schema(text, "PROTOBUF"))
    first, second = ([SchemaReference("money.proto", "money.proto", version)] for version in (1, 2))
    client.register_schema("orders-value", Schema(ORDER, "PROTOBUF", first))

    with pytest.raises(SchemaRegistryError, match="FIELD_SCALAR_KIND_CHANGED"):
        client.register_schema("orders-value", Schema(ORDER, "PROTOBUF", second))
