"""Confluent's own client and serializers against our server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    Metadata,
    MetadataProperties,
    Rule,
    RuleKind,
    RuleMode,
    RuleParams,
    RuleSet,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    ServerConfig,
    dual_schema_id_deserializer,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.schema_registry.rule_registry import RuleRegistry
from confluent_kafka.schema_registry.serde import RuleContext, RuleExecutor
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from tallystick.schema.protobuf import compiled
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


CONTEXT = SerializationContext("orders", MessageField.VALUE)
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


def test_what_is_deleted_is_gone_for_a_client(client: SchemaRegistryClient) -> None:
    """Versions and subjects, both steps."""
    for text in (ONE, TWO):
        client.register_schema("s", Schema(text, "AVRO"))

    assert 1 == client.delete_version("s", 1)
    assert 1 == client.delete_version("s", 1, permanent=True)
    assert [2] == client.get_versions("s")
    assert [2] == client.delete_subject("s")
    assert [2] == client.delete_subject("s", permanent=True)
    with pytest.raises(SchemaRegistryError, match="not found"):
        client.get_versions("s")


def test_settings_and_modes_are_what_a_client_sets(client: SchemaRegistryClient) -> None:
    """ServerConfig goes there and comes back."""
    given = ServerConfig(
        compatibility=ConfigCompatibilityLevel.FULL, compatibility_group="major", default_metadata=metadata(owner="me")
    )
    client.set_config("s", given)
    kept = client.get_config("s")

    assert ("FULL", "major", {"owner": "me"}) == (
        kept.compatibility_level,
        kept.compatibility_group,
        kept.default_metadata.properties.properties,
    )
    assert "major" == client.delete_config("s").compatibility_group
    assert ("READONLY", "READONLY") == (client.update_mode("s", "READONLY"), client.get_mode("s"))
    with pytest.raises(SchemaRegistryError, match="read-only"):
        client.register_schema("s", Schema(ONE, "AVRO"))
    assert ("READONLY", "READWRITE") == (client.delete_mode("s"), client.get_global_mode())
    assert "IMPORT" == client.update_global_mode("IMPORT")
    assert ["."] == client.get_contexts()


def metadata(**properties: str) -> Metadata:
    return Metadata(tags=None, properties=MetadataProperties(properties), sensitive=None)


def test_the_latest_with_metadata_writes(client: SchemaRegistryClient) -> None:
    """`use.latest.with.metadata`: the one that says so, not the newest."""
    client.register_schema("orders-value", Schema(ONE, "AVRO", metadata=metadata(major="1")))
    client.register_schema("orders-value", Schema(TWO, "AVRO", metadata=metadata(major="2")))
    settings = {"auto.register.schemas": False, "use.latest.with.metadata": {"major": "1"}}
    message = AvroSerializer(client, conf=settings)({"a": "x"}, CONTEXT)

    assert b"\x00\x00\x00\x00\x01" == message[:5]
    assert {"a": "x"} == AvroDeserializer(client)(message, CONTEXT)


class Shout(RuleExecutor):
    """A rule of a user's own: it writes what is in field `a` in capitals, and its `params` say what follows it."""

    def type(self) -> str:
        """Return the type that a rule names."""
        return "SHOUT"

    def transform(self, ctx: RuleContext, message: dict[str, str]) -> dict[str, str]:
        """Return what is written in a message's place."""
        return {"a": message["a"].upper() + ctx.rule.params.params["mark"]}


def test_rules_reach_the_serializer_as_they_were_registered(client: SchemaRegistryClient) -> None:
    """Which rules there are is the registry's business; what they do is the client's."""
    rule = Rule(
        "shout",
        "be loud",
        RuleKind.TRANSFORM,
        RuleMode.WRITE,
        "SHOUT",
        None,
        RuleParams({"mark": "!"}),
        "",
        None,
        None,
        False,
    )
    schema = Schema(ONE, "AVRO", rule_set=RuleSet(None, [rule]))
    client.register_schema("orders-value", schema)
    registry = RuleRegistry()
    registry.register_executor(Shout())
    settings = {"auto.register.schemas": False, "use.latest.version": True}
    message = AvroSerializer(client, conf=settings, rule_registry=registry)({"a": "x"}, CONTEXT)

    assert {"a": "X!"} == AvroDeserializer(client, rule_registry=RuleRegistry())(message, CONTEXT)
    assert schema.rule_set.domain_rules[0].params == client.get_schema(1).rule_set.domain_rules[0].params


def test_a_guid_in_a_header_stands_for_an_id(client: SchemaRegistryClient) -> None:
    """Messages then carry no magic byte: the header says which schema they are of."""
    context = SerializationContext("orders", MessageField.VALUE, headers=[])
    settings = {"schema.id.serializer": header_schema_id_serializer}
    message = AvroSerializer(client, ONE, conf=settings)({"a": "longer"}, context)

    assert b"\x0clonger" == message
    settings = {"schema.id.deserializer": dual_schema_id_deserializer}
    with SchemaRegistryClient(client.config()) as other:  # one that has not seen the schema
        assert {"a": "longer"} == AvroDeserializer(other, conf=settings)(message, context)


def test_json_goes_round(client: SchemaRegistryClient) -> None:
    schema = '{"title": "Order", "type": "object", "properties": {"a": {"type": "string"}}}'
    message = JSONSerializer(schema, client)({"a": "x"}, CONTEXT)

    assert {"a": "x"} == JSONDeserializer(None, schema_registry_client=client)(message, CONTEXT)
    assert "JSON" == client.get_latest_version("orders-value").schema.schema_type


def order_class() -> type[Message]:
    """Return the class of ORDER, as protoc makes it."""
    described, complaints = compiled({"money.proto": MONEY, "order.proto": ORDER})
    pool = DescriptorPool()
    for file in described:
        pool.Add(file)

    assert [] == complaints
    return GetMessageClass(pool.FindMessageTypeByName("shop.Order"))


def test_protobuf_goes_round_with_what_it_imports(client: SchemaRegistryClient) -> None:
    """The serializer registers descriptors in base64, and each imported file as a subject of its own."""
    order = order_class()
    given = order(total={"units": 7})
    settings = {"use.deprecated.format": False}
    message = ProtobufSerializer(order, client, settings)(given, CONTEXT)
    with SchemaRegistryClient(client.config()) as other:  # one that has not seen the schema
        received = ProtobufDeserializer(order, settings, other)(message, CONTEXT)

    assert given == received
    assert ["money.proto", "orders-value"] == client.get_subjects()
    assert 2 == client.register_schema(
        "orders-value", Schema(ORDER, "PROTOBUF", [SchemaReference("money.proto", "money.proto", 1)])
    )
