"""python-schema-registry-client, a client from PyPI that neither Confluent nor we wrote, against our server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from schema_registry.client import AsyncSchemaRegistryClient, SchemaRegistryClient, schema
from schema_registry.client.errors import ClientError
from schema_registry.serializers import AvroMessageSerializer, JsonMessageSerializer

from tallystick.server.run import EmbeddedRegistry

ONE = schema.AvroSchema('{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}')
TWO = schema.AvroSchema(
    '{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}'
)
BROKEN = schema.AvroSchema('{"type":"record","name":"R","fields":[{"name":"c","type":"int"}]}')
JSON = schema.JsonSchema('{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}')


@pytest.fixture
def url() -> Iterator[str]:
    with EmbeddedRegistry() as registry:
        yield registry.url


@pytest.fixture
def client(url: str) -> SchemaRegistryClient:
    return SchemaRegistryClient(url)


def test_what_it_registers_it_finds_again(url: str, client: SchemaRegistryClient) -> None:
    """And another one, with an empty cache, finds the same."""
    ids = [client.register("a", one) for one in (ONE, TWO, ONE)]
    other = SchemaRegistryClient(url)
    latest, first = other.get_schema("a"), other.get_schema("a", version=1)
    checked = other.check_version("a", TWO)

    assert [1, 2, 1] == ids
    assert (2, 2, TWO.name) == (latest.version, latest.schema_id, latest.schema.name)
    assert (1, ONE.raw_schema) == (first.version, other.get_by_id(1).raw_schema)
    assert (["a"], [1, 2]) == (other.get_subjects(), other.get_versions("a"))
    assert ("a", 2, 2) == (checked.subject, checked.version, checked.schema_id)
    assert [("a", 1)] == [(one.subject, one.version) for one in other.get_schema_subject_versions(1)]
    assert other.get_schema("nobody") is None
    assert other.get_by_id(9) is None


def test_levels_hold_and_what_breaks_is_refused(client: SchemaRegistryClient) -> None:
    client.register("a", ONE)

    assert client.update_compatibility("FULL", subject="a")
    assert ("FULL", "BACKWARD") == (client.get_compatibility("a"), client.get_compatibility())
    assert client.test_compatibility("a", TWO)
    assert not client.test_compatibility("a", BROKEN)
    assert {"is_compatible": False} == {
        name: value
        for name, value in client.test_compatibility("a", BROKEN, verbose=True).items()
        if name != "messages"
    }
    with pytest.raises(ClientError) as caught:
        client.register("a", BROKEN)

    assert 409 == caught.value.http_code


def test_what_it_deletes_is_gone(client: SchemaRegistryClient) -> None:
    for one in (ONE, TWO):
        client.register("a", one)

    assert 1 == client.delete_version("a", 1)
    assert [2] == client.get_versions("a")
    assert [2] == client.delete_subject("a")
    assert [] == client.get_subjects()


def test_messages_go_round(url: str, client: SchemaRegistryClient) -> None:
    avro = AvroMessageSerializer(client).encode_record_with_schema("orders-value", TWO, {"a": "x", "b": 7})
    json = JsonMessageSerializer(client).encode_record_with_schema("others-value", JSON, {"a": "x"})
    other = SchemaRegistryClient(url)

    assert (b"\x00\x00\x00\x00\x01", b"\x00\x00\x00\x00\x02") == (avro[:5], json[:5])
    assert {"a": "x", "b": 7} == AvroMessageSerializer(other).decode_message(avro)
    assert {"a": "x"} == JsonMessageSerializer(other).decode_message(json)


def test_it_may_wait_without_a_thread(url: str) -> None:
    async def talk() -> tuple[int, list[str], list[int]]:
        client = AsyncSchemaRegistryClient(url)
        return await client.register("a", ONE), await client.get_subjects(), await client.get_versions("a")

    assert (1, ["a"], [1]) == asyncio.run(talk())
