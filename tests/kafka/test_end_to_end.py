"""The whole path on a real cluster."""

from __future__ import annotations

import pytest
from tests.kafka.test_admin import topic
from tests.runtime.orders import Shop, orders, values_of

from tallystick.kafka.admin import ensure_topic
from tallystick.kafka.settings import Settings
from tallystick.server.run import EmbeddedRegistry

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_orders_arrive_and_a_group_goes_on_where_it_stopped(kafka: str, protocol: str) -> None:
    with EmbeddedRegistry() as registry:
        shop = Shop(Settings(kafka, registry.url, {"group.protocol": protocol}), f"orders-{protocol}")
        ensure_topic(shop.settings, topic(shop.topic, 1))
        shop.publish()
        shop.send(*orders(*range(1000)))

        with shop.consumer() as consumer:
            batches = consumer.batches(100)
            handled = [*values_of(next(batches)), *values_of(next(batches))]
            values_of(next(batches))  # not handled: nothing was asked for after it

        assert orders(*range(1000)) == handled + shop.read()
        assert [] == shop.read()
