"""Consumers: each message is handled at least once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.runtime.orders import FIELDS, NEWER, SCHEMA, Order, Shop, orders, values_of

from tallystick.errors import BrokerUnavailable, RegistryUnavailable, UndecodableMessage, UsageError
from tallystick.kafka.settings import Settings
from tallystick.registry.client import RegistryClient
from tallystick.registry.model import SchemaReference
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.schema.types import Format
from tallystick.wire.frame import frame

ENDLESS = b"\xff" * 12


def test_a_group_goes_on_where_it_stopped_and_another_begins_at_the_beginning(shop: Shop) -> None:
    shop.send(*orders(1, 2))
    first = shop.read()
    shop.send(*orders(3))

    assert (orders(1, 2), orders(3), orders(1, 2, 3)) == (first, shop.read(), shop.read("another"))


def test_a_new_group_can_begin_at_the_end(shop: Shop) -> None:
    shop.send(*orders(1))

    with shop.Consumer.connect("late", shop.settings, from_beginning=False) as consumer:
        assert [] == list(consumer.batches(idle_timeout=1))


def test_a_batch_is_no_larger_than_asked_for(shop: Shop) -> None:
    shop.send(*orders(*range(5)))

    with shop.consumer() as consumer:
        batches = list(consumer.batches(2, idle_timeout=1))

    assert orders(*range(5)) == values_of(*batches)
    assert {1, 2} >= {len(batch) for batch in batches}


def test_an_old_reader_reads_a_newer_writer(shop: Shop, broker: EmbeddedBroker) -> None:
    shop.send(*orders(1))
    broker.write(shop.topic, frame(shop.publish(NEWER), b"\x06o-2\x04\x08soon"))

    assert orders(1, 2) == shop.read()


@pytest.mark.parametrize("size", [0, -1, 1_000_001])
def test_a_size_that_no_batch_has_is_refused_before_anything_is_read(shop: Shop, size: int) -> None:
    shop.send(*orders(1, 2))

    with shop.consumer() as consumer:
        with pytest.raises(UsageError, match="a batch has 1 to 1,000,000 messages"):
            next(consumer.batches(size))
        assert orders(1, 2) == values_of(*consumer.batches(1_000_000, idle_timeout=1))


class Interrupted:
    """A client of librdkafka that is interrupted once, after it took messages from its queue."""

    def __init__(self, client: Any) -> None:
        self._client, self._is_due = client, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def consume(self, *given: Any) -> Any:
        """Take messages, and lose them."""
        taken = self._client.consume(*given)
        if self._is_due:
            self._is_due = False
            raise KeyboardInterrupt
        return taken


@pytest.mark.parametrize("handled", [0, 2])
def test_what_an_interruption_swallowed_comes_again(shop: Shop, handled: int) -> None:
    shop.send(*orders(*range(6)))

    with shop.consumer() as consumer:
        if handled:
            one_by_one = consumer.batches(1)
            assert orders(*range(handled + 1)) == values_of(*(next(one_by_one) for _ in range(handled + 1)))
            one_by_one.close()  # the last one is not handled then
        consumer._client = Interrupted(consumer._client)  # nobody else could do it at this moment
        with pytest.raises(KeyboardInterrupt):
            next(consumer.batches(10))
        after = values_of(*consumer.batches(10, idle_timeout=1))

    assert orders(*range(handled, 6)) == after
    assert [] == shop.read()


@pytest.mark.parametrize("leave", ["break", "raise"])
def test_a_batch_that_was_not_handled_comes_again(shop: Shop, leave: str) -> None:
    def handle(batches: Iterator[object]) -> None:
        for _ in batches:
            if leave == "break":
                break
            raise ZeroDivisionError

    shop.send(*orders(1, 2))
    with shop.consumer() as consumer:
        for _ in range(2):
            try:
                handle(consumer.batches(1))
            except ZeroDivisionError:
                continue
        again = values_of(next(consumer.batches(1)))

    assert (orders(1), orders(1, 2)) == (again, shop.read())


def test_an_undecodable_message_stops_the_consumer_and_loses_nothing(shop: Shop, broker: EmbeddedBroker) -> None:
    """What came before is handled, and the message comes again until someone skips it."""
    shop.send(*orders(1))
    broker.write(shop.topic, b"\x01garbage")
    shop.send(*orders(3))
    before: list[Order] = []
    after: list[Order] = []

    with shop.consumer() as consumer, pytest.raises(UndecodableMessage):
        before.extend(message.value for batch in consumer.batches() for message in batch)
    with shop.consumer() as consumer:
        for _ in range(2):
            with pytest.raises(UndecodableMessage) as caught:
                after += values_of(*consumer.batches())
        consumer.skip(caught.value)
        after += values_of(*consumer.batches(idle_timeout=1))

    assert f"{shop.topic}[0] offset 1: unknown magic byte 1" == str(caught.value)
    assert (orders(1), orders(3), []) == (before, after, shop.read())


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, r"expected a framed message, got no value \(a tombstone\)"),
        (b"\0\0", "the message ends after 2 bytes, its header takes 5"),
        (frame(4711, b"\x02a\x02"), r"Schema 4711 not found \(http:.* answered HTTP 404\)"),
        (b"\0\xff\xff\xff\xff", "4294967295 is no schema id: a registry counts to 2147483647"),
        (ENDLESS, "unknown magic byte 255"),
    ],
)
def test_what_is_no_message_of_the_contract_is_named(
    shop: Shop, broker: EmbeddedBroker, value: bytes | None, reason: str
) -> None:
    broker.write(shop.topic, value)

    with shop.consumer() as consumer, pytest.raises(UndecodableMessage, match=rf"\[0\] offset 0: {reason}$"):
        next(consumer.batches())


def test_bytes_and_schemas_that_do_not_fit_are_named(shop: Shop, broker: EmbeddedBroker) -> None:
    schema_id = shop.publish()
    for payload in (ENDLESS, b"\x06o-1"):
        broker.write(shop.topic, frame(schema_id, payload))

    with shop.consumer() as consumer:
        for offset in range(2):
            with pytest.raises(UndecodableMessage, match=rf"\[0\] offset {offset}: .*(id|total)") as caught:
                next(consumer.batches())
            consumer.skip(caught.value)


def test_a_registry_that_is_away_loses_nothing(shop: Shop) -> None:
    shop.send(*orders(1))
    settings = Settings(shop.settings.bootstrap, "http://127.0.0.1:1", shop.settings.properties)

    with Shop(settings, shop.topic).consumer() as consumer, pytest.raises(RegistryUnavailable):
        next(consumer.batches())

    assert orders(1) == shop.read()


@pytest.mark.parametrize("limits", [{"patience": 1}, {"idle_timeout": 1}])
def test_a_broker_that_is_away_is_no_end_of_messages(
    shop: Shop, broker: EmbeddedBroker, limits: dict[str, float]
) -> None:
    shop.send(*orders(1))
    with shop.consumer() as consumer:
        batches = consumer.batches(**limits)  # type: ignore[arg-type]  # a table of keywords

        assert orders(1) == values_of(next(batches))
        with broker.away(), pytest.raises(BrokerUnavailable, match="no broker of 127"):
            next(batches)


def test_a_writer_s_schema_may_refer_to_others(shop: Shop, broker: EmbeddedBroker) -> None:
    whole = '{"type":"record","name":"Id","namespace":"shop","fields":[{"name":"text","type":"string"}]}'
    newer = SCHEMA % (FIELDS + ',{"name":"by","type":"shop.Id"}')
    reference = SchemaReference("shop.Id", f"{shop.topic}-id", 1)
    with RegistryClient(shop.settings.registry) as registry:
        registry.register(reference.subject, whole)
        schema_id = registry.register(f"{shop.topic}-other", newer, references=[reference]).id
    broker.write(shop.topic, frame(schema_id, b"\x06o-1\x02\x04me"))

    assert orders(1) == shop.read()


def test_a_message_in_another_language_is_named(shop: Shop, broker: EmbeddedBroker) -> None:
    with RegistryClient(shop.settings.registry) as registry:
        text = 'syntax = "proto3";\nmessage Order {}\n'
        schema_id = registry.register(f"{shop.topic}-other", text, schema_type=Format.PROTOBUF).id
    broker.write(shop.topic, frame(schema_id, b"\0"))

    reason = rf"\[0\] offset 0: schema {schema_id} is in PROTOBUF, and the contract is in AVRO$"
    with shop.consumer() as consumer, pytest.raises(UndecodableMessage, match=reason):
        next(consumer.batches())
