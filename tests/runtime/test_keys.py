"""Keys with a schema: they go to the topic encoded, and come back as what they mean."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from tests.runtime.orders import FIELDS, SCHEMA, Order, orders

from tallystick.errors import EncodeError, NotPublished, UndecodableMessage
from tallystick.kafka.settings import Settings
from tallystick.registry.client import RegistryClient
from tallystick.runtime.consumer import KeyedConsumer
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.runtime.producer import KeyedProducer
from tallystick.runtime.typed_topic import TypedKey, TypedTopic

KEY = '{"type":"record","name":"Key","fields":[{"name":"tenant","type":"string"},{"name":"number","type":"long"}]}'


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Key:
    tenant: str
    number: int


class Shop:
    def __init__(self, broker: EmbeddedBroker, registry: str) -> None:
        self.broker, self.settings, self.topic = broker, broker.settings(registry), f"keyed-{uuid.uuid4()}"
        broker.create_topic(self.topic)
        key = TypedKey(subject=f"{self.topic}-key", schema_text=KEY, fingerprint="", classes={"Key": Key})
        typed = TypedTopic(
            contract="shop.order",
            version="1.0.0",
            topic=self.topic,
            subject=f"{self.topic}-value",
            schema_text=SCHEMA % FIELDS,
            fingerprint="",
            value=Order,
            classes={"shop.Order": Order},
            key=key,
        )
        self.producer = type("OrderProducer", (KeyedProducer,), {"typed_topic": typed})
        self.consumer = type("OrderConsumer", (KeyedConsumer,), {"typed_topic": typed})

    def publish(self, settings: Settings, *sides: str) -> None:
        """Register the schema of the keys, of the values, or of both."""
        texts = {"key": KEY, "value": SCHEMA % FIELDS}
        with RegistryClient(settings.registry) as registry:
            for side in sides:
                registry.register(f"{self.topic}-{side}", texts[side])


@pytest.fixture
def keyed(broker: EmbeddedBroker, registry: str) -> Shop:
    return Shop(broker, registry)


def test_a_key_comes_back_as_it_went(keyed: Shop) -> None:
    keyed.publish(keyed.settings, "key", "value")
    sent = [(Key(tenant="a", number=n), order) for n, order in enumerate(orders(1, 2, 3))]
    with keyed.producer.connect(keyed.settings) as producer:
        for key, order in sent:
            producer.send(order, key=key)

    with keyed.consumer.connect("billing", keyed.settings) as consumer:
        messages = [message for batch in consumer.batches(idle_timeout=1) for message in batch]

    assert sorted(sent, key=str) == sorted(((m.key, m.value) for m in messages), key=str)


def test_a_key_of_another_type_is_not_sent(keyed: Shop) -> None:
    keyed.publish(keyed.settings, "key", "value")

    with (
        keyed.producer.connect(keyed.settings) as producer,
        pytest.raises(EncodeError, match="expected Key, got 'c-4'"),
    ):
        producer.send(*orders(1), key="c-4")


def test_a_key_that_is_not_published_stops_the_producer(keyed: Shop) -> None:
    keyed.publish(keyed.settings, "value")

    with pytest.raises(NotPublished, match=f"under '{keyed.topic}-key'"):
        keyed.producer.connect(keyed.settings)


def test_a_message_without_a_key_is_undecodable(keyed: Shop) -> None:
    keyed.publish(keyed.settings, "key", "value")
    with keyed.producer.connect(keyed.settings) as producer:
        producer.send(*orders(1), key=Key(tenant="a", number=1))
    (message,) = keyed.broker.read(keyed.topic)
    keyed.broker.write(keyed.topic, message.value)

    with (
        keyed.consumer.connect("billing", keyed.settings) as consumer,
        pytest.raises(UndecodableMessage, match="the message has no key"),
    ):
        list(consumer.batches(idle_timeout=1))
