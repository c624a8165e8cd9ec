"""Producers: what arrives, what is refused, and that nothing is lost quietly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.runtime.orders import Order, Shop, orders

from tallystick.errors import BrokerUnavailable, DeliveryFailed, EncodeError, NotPublished, RegistryUnavailable
from tallystick.kafka.settings import Settings
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.runtime.producer import Producer


def test_all_that_is_sent_arrives_as_it_was(shop: Shop) -> None:
    [order] = orders(7)
    placed_at = datetime(2026, 5, 4, 12, 30, 0, 250_000, tzinfo=UTC)

    with shop.producer() as producer:
        producer.send(order, key="c-4", headers={"trace": b"\x01"}, timestamp=placed_at)
    with shop.consumer() as consumer:
        [[message]] = consumer.batches(idle_timeout=1)

    assert (order, b"c-4", {"trace": b"\x01"}, placed_at, shop.topic, 0, 0) == message


def test_the_id_in_front_is_the_registrys(shop: Shop, broker: EmbeddedBroker) -> None:
    shop.send(*orders(7))

    assert [b"\0" + shop.publish().to_bytes(4, "big") + b"\x06o-7\x0e"] == [m.value for m in broker.read(shop.topic)]


def test_a_full_queue_makes_the_sender_wait(shop: Shop, broker: EmbeddedBroker) -> None:
    with shop.producer(queue_buffering_max_messages="10") as producer:
        for order in orders(*range(500)):
            producer.send(order)

    assert 500 == len(broker.read(shop.topic))


def test_a_value_that_does_not_fit_is_refused_before_it_is_sent(shop: Shop, broker: EmbeddedBroker) -> None:
    with shop.producer() as producer:
        with pytest.raises(EncodeError, match="total"):
            producer.send(Order(id="o-1", total="19"))  # type: ignore[arg-type]  # what is tested
        with pytest.raises(EncodeError, match="expected a time with its zone"):
            producer.send(Order(id="o-1", total=19), timestamp=datetime(2026, 5, 4))  # noqa: DTZ001  # what is tested

    assert [] == broker.read(shop.topic)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"key": 5}, "^key: expected str or bytes, got int$"),
        ({"key": ["c-4"]}, "^key: expected str or bytes, got list$"),
        ({"key": "\ud800"}, r"^key: '\\ud800' is no text: surrogates not allowed$"),
        ({"headers": {"\ud800": b"x"}}, r"^headers: '\\ud800' can't be the name of a header$"),
        ({"headers": {"a\0b": b"x"}}, r"^headers: 'a\\x00b' can't be the name of a header$"),
        ({"headers": {b"x": b"x"}}, r"^headers: expected a name that is a str, got bytes$"),
        ({"headers": {"trace": 5}}, r"^headers\['trace'\]: expected str or bytes, got int$"),
    ],
)
def test_a_key_and_a_header_are_text_or_bytes(
    shop: Shop, broker: EmbeddedBroker, more: dict[str, Any], problem: str
) -> None:
    with shop.producer() as producer, pytest.raises(EncodeError, match=problem):
        producer.send(*orders(1), **more)

    assert [] == broker.read(shop.topic)


def test_a_cluster_that_went_away_is_not_waited_for_for_long(shop: Shop, broker: EmbeddedBroker) -> None:
    producer = shop.producer()

    with broker.away(), pytest.raises(DeliveryFailed, match="2 messages not delivered: no acknowledgement in 2 s"):
        _send(producer, lambda: orders(1, 2))


def test_without_its_schema_in_the_registry_a_producer_does_not_start(shop: Shop) -> None:
    unpublished = Shop(shop.settings, f"{shop.topic}-2")

    with pytest.raises(NotPublished, match=r"the registry does not have shop\.order 1\.0\.0") as caught:
        unpublished.producer()

    assert "run tally publish shop.order" == caught.value.fix


def test_without_its_topic_a_producer_does_not_start_and_makes_none(shop: Shop) -> None:
    unpublished = Shop(shop.settings, f"{shop.topic}-2")
    unpublished.publish()

    for connect in (unpublished.producer, unpublished.consumer) * 2:
        with pytest.raises(NotPublished, match=f"the cluster does not have topic '{unpublished.topic}'"):
            connect()


def test_who_is_away_is_named(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    no_broker = Shop(Settings("127.0.0.1:1", shop.settings.registry), shop.topic)
    no_registry = Shop(Settings(shop.settings.bootstrap, "http://127.0.0.1:1"), shop.topic)

    for connect in (no_broker.producer, no_broker.consumer):
        with pytest.raises(BrokerUnavailable, match=r"no broker of 127\.0\.0\.1:1 answered in 2 s: .*refused"):
            connect()
    with pytest.raises(RegistryUnavailable, match=r"127\.0\.0\.1:1"):
        no_registry.producer()

    assert ("", "") == capfd.readouterr()


def test_a_failed_delivery_is_raised_when_the_block_ends(shop: Shop, broker: EmbeddedBroker) -> None:
    producer = shop.producer(message_timeout_ms="500")

    with broker.away(), pytest.raises(DeliveryFailed, match=r"2 messages not delivered: .*timed out") as caught:
        _send(producer, lambda: orders(1, 2))

    assert (shop.topic, 2) == (caught.value.topic, caught.value.count)


def test_a_failed_delivery_is_raised_by_the_next_flush_and_then_forgotten(shop: Shop, broker: EmbeddedBroker) -> None:
    # Long enough for the producer to find the broker again, on a machine that is busy.
    with shop.producer(message_timeout_ms="4000", reconnect_backoff_max_ms="100") as producer:
        with broker.away():
            producer.send(*orders(1))
            with pytest.raises(DeliveryFailed, match="1 message not delivered"):
                producer.flush()
        producer.send(*orders(2))

    assert orders(2) == shop.read()


def test_after_a_failed_delivery_the_next_message_is_not_sent_and_the_error_says_so(
    shop: Shop, broker: EmbeddedBroker
) -> None:
    with shop.producer(message_timeout_ms="500", reconnect_backoff_max_ms="100") as producer, broker.away():
        producer.send(*orders(1))
        producer._client.flush(10)  # as time does: librdkafka gives up, and nobody asked yet
        with pytest.raises(DeliveryFailed, match=r"1 message not delivered: .*; so the message given now was not sent"):
            producer.send(*orders(2))

    assert [] == shop.read()


def test_a_failed_delivery_does_not_hide_the_error_that_came_first(shop: Shop, broker: EmbeddedBroker) -> None:
    def values() -> Iterator[Order]:
        yield from orders(1)
        raise ZeroDivisionError

    producer = shop.producer(message_timeout_ms="500")

    with broker.away(), pytest.raises(ZeroDivisionError) as caught:
        _send(producer, values)

    assert [f"{shop.topic}: 1 message not delivered: Local: Message timed out"] == caught.value.__notes__


def _send(producer: Producer[Order], values: Callable[[], Iterable[Order]]) -> None:
    with producer:
        for value in values():
            producer.send(value)
