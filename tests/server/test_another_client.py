"""A client that neither Confluent nor we wrote: python-schema-registry-client, as its users call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tallystick.server.run import EmbeddedRegistry

INSTALL = "python-schema-registry-client is not installed: make .venv/installed-peers"
library = pytest.importorskip("schema_registry.client", reason=INSTALL)
serializers = pytest.importorskip("schema_registry.serializers", reason=INSTALL)

USER = {"type": "record", "name": "User", "fields": [{"name": "name", "type": "string"}]}
OLDER = {**USER, "fields": [*USER["fields"], {"name": "age", "type": "int", "default": 0}]}


@pytest.fixture
def client() -> Iterator[Any]:
    with EmbeddedRegistry() as registry:
        yield library.SchemaRegistryClient(registry.url)


def avro(declared: Any) -> Any:
    return library.schema.AvroSchema(declared)


def test_schemas_are_registered_found_and_deleted(client: Any) -> None:
    first = client.register("users-value", avro(USER))

    assert first == client.register("users-value", avro(USER))
    assert "User" == client.get_by_id(first).raw_schema["name"]
    assert (1, [1], ["users-value"]) == (
        client.get_schema("users-value").version,
        client.get_versions("users-value"),
        client.get_subjects(),
    )
    assert first == client.check_version("users-value", avro(USER)).schema_id
    assert client.check_version("users-value", avro(OLDER)) is None
    assert 1 == client.delete_version("users-value", 1)
    assert [] == client.get_subjects()


def test_the_level_decides_what_may_follow(client: Any) -> None:
    client.register("users-value", avro(USER))

    assert client.update_compatibility("FULL", "users-value")
    assert "FULL" == client.get_compatibility("users-value")
    assert client.test_compatibility("users-value", avro(OLDER))
    assert not client.test_compatibility("users-value", avro('"int"'))


def test_messages_go_round_with_its_serializers(client: Any) -> None:
    avro_messages = serializers.AvroMessageSerializer(client)
    data = avro_messages.encode_record_with_schema("users", avro(USER), {"name": "Ada"})

    assert {"name": "Ada"} == avro_messages.decode_message(data)

    declared = {"type": "object", "title": "J", "properties": {"n": {"type": "integer"}}}
    json_messages = serializers.JsonMessageSerializer(client)
    data = json_messages.encode_record_with_schema("j", library.schema.JsonSchema(declared), {"n": 7})

    assert {"n": 7} == json_messages.decode_message(data)
