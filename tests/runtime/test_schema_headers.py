"""Messages whose headers say what wrote them, as Confluent's serializers can: a consumer reads them beside all others."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient, header_schema_id_serializer
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from tests.runtime.orders import FIELDS, NEWER, SCHEMA, Shop, orders
from tests.runtime.test_keys import Key
from tests.runtime.test_keys import Shop as KeyedShop
from tests.runtime.test_protobuf import PAID, publish, read

from meridian_events.payments import TRANSACTION_AUTHORIZED
from meridian_events.payments.transaction_authorized import TransactionAuthorized
from tallystick.errors import UndecodableMessage
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.wire.frame import KEY_SCHEMA_ID, VALUE_SCHEMA_ID, frame, header

IN_HEADERS = {
    "auto.register.schemas": False,
    "use.latest.version": True,
    "schema.id.serializer": header_schema_id_serializer,
}
UNKNOWN = "11111111-2222-3333-4444-555555555555"


def in_header(topic: str, registry: str, text: str, value: Any, field: str = MessageField.VALUE) -> Any:
    """Return the bytes of a value as Confluent's serializer writes them, and the headers beside them."""
    headers: dict[str, bytes] = {}
    with SchemaRegistryClient({"url": registry}) as client:
        serialize = AvroSerializer(client, text, conf=IN_HEADERS)
        return serialize(value, SerializationContext(topic, field, headers)), headers


def test_a_message_that_names_its_schema_in_a_header_is_read(shop: Shop, broker: EmbeddedBroker, registry: str) -> None:
    shop.send(*orders(1))
    shop.publish(NEWER)
    data, headers = in_header(shop.topic, registry, NEWER, {"id": "o-2", "total": 2, "note": "soon"})
    assert {VALUE_SCHEMA_ID} == set(headers)
    broker.write(shop.topic, data, headers=headers)
    shop.send(*orders(3))

    assert orders(1, 2, 3) == sorted(shop.read(), key=lambda order: order.total)


def test_keys_may_name_their_schema_in_a_header_too(broker: EmbeddedBroker, registry: str) -> None:
    shop = KeyedShop(broker, registry)
    shop.publish(shop.settings, "key", "value")
    key_text = shop.consumer.typed_topic.key.schema_text  # type: ignore[attr-defined]  # it was made by type()
    value, headers = in_header(shop.topic, registry, SCHEMA % FIELDS, {"id": "o-1", "total": 1})
    key, key_headers = in_header(shop.topic, registry, key_text, {"tenant": "a", "number": 7}, MessageField.KEY)
    assert {KEY_SCHEMA_ID} == set(key_headers)
    broker.write(shop.topic, value, key, headers | key_headers)

    with shop.consumer.connect("billing", shop.settings) as consumer:
        (message,) = [message for batch in consumer.batches(idle_timeout=1) for message in batch]

    assert (Key(tenant="a", number=7), *orders(1)) == (message.key, message.value)


def test_a_message_of_protobuf_has_its_indexes_in_the_header(broker: EmbeddedBroker, registry: str) -> None:
    settings, topic = broker.settings(registry), TRANSACTION_AUTHORIZED.topic
    broker.create_topic(topic)
    publish(settings, TRANSACTION_AUTHORIZED.contract)
    headers: dict[str, bytes] = {}
    with SchemaRegistryClient({"url": registry}) as client:
        conf = {**IN_HEADERS, "use.deprecated.format": False}
        serialize = ProtobufSerializer(TransactionAuthorized, client, conf)
        data = serialize(PAID, SerializationContext(topic, MessageField.VALUE, headers))
    broker.write(topic, data, headers=headers)

    assert PAID.SerializeToString() == data
    assert [PAID] == read(settings, "headers")


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (b"", "the header that names the schema is empty, and not with 0 for an id or 1 for a guid"),
        (b"\x02" + bytes(16), "the header that names the schema begins with 2, and not with 0"),
        (b"\x01" + bytes(15), "the header that names the schema ends after 16 of its 17 bytes"),
        (b"\x00\x00\x00", "the header that names the schema ends after 3 of its 5 bytes"),
        (b"\x01" + bytes.fromhex(UNKNOWN.replace("-", "")), f"Schema {UNKNOWN} not found"),
    ],
)
def test_a_header_that_names_no_schema_stops_a_consumer(
    shop: Shop, broker: EmbeddedBroker, named: bytes, says: str
) -> None:
    broker.write(shop.topic, b"\x06o-1\x02", headers={VALUE_SCHEMA_ID: named})

    with shop.consumer() as consumer, pytest.raises(UndecodableMessage, match=says):
        next(consumer.batches(idle_timeout=1))


def test_a_tombstone_is_none_with_a_header_too(shop: Shop, broker: EmbeddedBroker) -> None:
    broker.write(shop.topic, None, headers={VALUE_SCHEMA_ID: header(shop.publish())})

    with shop.consumer() as consumer, pytest.raises(UndecodableMessage, match="a tombstone"):
        next(consumer.batches(idle_timeout=1))


def test_an_id_may_stand_in_a_header_and_a_payload_may_be_empty(shop: Shop, broker: EmbeddedBroker) -> None:
    empty = '{"type":"record","name":"Order","namespace":"shop","fields":[]}'
    defaults = SCHEMA % FIELDS.replace('"string"}', '"string","default":"o-0"}').replace(
        '"long"}', '"long","default":0}'
    )
    shop.Consumer.typed_topic = dataclasses.replace(shop.typed_topic, schema_text=defaults)
    shop.publish(defaults)
    id_ = shop.publish(empty)
    broker.write(shop.topic, b"", headers={VALUE_SCHEMA_ID: header(id_)})
    broker.write(shop.topic, frame(id_, b""))

    assert [*orders(0), *orders(0)] == shop.read()
