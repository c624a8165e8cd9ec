"""What `tally generate` would write for a contract of two fields, on a topic of its own."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.kafka.settings import Settings
from tallystick.registry.client import RegistryClient
from tallystick.runtime.consumer import Consumer
from tallystick.runtime.message import Message
from tallystick.runtime.producer import Producer
from tallystick.runtime.typed_topic import TypedTopic

FIELDS = '{"name":"id","type":"string"},{"name":"total","type":"long"}'
SCHEMA = '{"type":"record","name":"Order","namespace":"shop","fields":[%s]}'
NEWER = SCHEMA % (FIELDS + ',{"name":"note","type":"string","default":""}')


@dataclass(slots=True, kw_only=True)
class Order:
    id: str
    total: int


def orders(*totals: int) -> list[Order]:
    return [Order(id=f"o-{total}", total=total) for total in totals]


class Shop:
    """The clients of one topic, as generated code would have them."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self.settings, self.topic = settings, topic
        self.typed_topic = TypedTopic(
            contract="shop.order",
            version="1.0.0",
            topic=topic,
            subject=f"{topic}-value",
            schema_text=SCHEMA % FIELDS,
            fingerprint="",
            value=Order,
            classes={"shop.Order": Order},
        )
        self.Producer = type("OrderProducer", (Producer,), {"typed_topic": self.typed_topic})
        self.Consumer = type("OrderConsumer", (Consumer,), {"typed_topic": self.typed_topic})

    def publish(self, text: str = SCHEMA % FIELDS) -> int:
        """Register a schema and return its id."""
        with RegistryClient(self.settings.registry) as registry:
            return registry.register(self.typed_topic.subject, text).id

    def producer(self, **properties: str) -> Producer[Order]:
        """Return a producer; `message_timeout_ms` is librdkafka's `message.timeout.ms`."""
        extra = {name.replace("_", "."): value for name, value in properties.items()}
        settings = Settings(self.settings.bootstrap, self.settings.registry, {**self.settings.properties, **extra})
        producer: Producer[Order] = self.Producer.connect(settings, timeout=2)
        return producer

    def consumer(self, group: str = "billing") -> Consumer[Order]:
        """Return a member of a group."""
        consumer: Consumer[Order] = self.Consumer.connect(group, self.settings, timeout=2)
        return consumer

    def send(self, *values: Order) -> None:
        """Send, and wait until all have arrived."""
        with self.producer() as producer:
            for value in values:
                producer.send(value)

    def read(self, group: str = "billing") -> list[Order]:
        """Handle all that a group was not given yet, and return it."""
        with self.consumer(group) as consumer:
            return values_of(*consumer.batches(idle_timeout=1))


def values_of(*batches: list[Message[Order]]) -> list[Order]:
    return [message.value for batch in batches for message in batch]
