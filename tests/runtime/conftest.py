"""A shop on an embedded broker and registry, with a topic that no other test has."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from tests.runtime.orders import Shop

from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.server.run import EmbeddedRegistry


@pytest.fixture(scope="session")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture(scope="session")
def registry() -> Iterator[str]:
    with EmbeddedRegistry() as registry:
        yield registry.url


@pytest.fixture
def shop(broker: EmbeddedBroker, registry: str) -> Shop:
    topic = f"orders-{uuid.uuid4()}"
    broker.create_topic(topic)
    shop = Shop(broker.settings(registry), topic)
    shop.publish()
    return shop
