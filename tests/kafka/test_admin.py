"""Topics on a real cluster."""

from __future__ import annotations

import pytest

from tallystick.contract.model import Topic
from tallystick.errors import BrokerUnavailable, TopicDiffers
from tallystick.kafka.admin import ensure_topic
from tallystick.kafka.settings import Settings
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.schema.types import Document, Place


def topic(name: str, partitions: int, **configs: str) -> Topic:
    place = Place(Document("contract.yaml", ""))
    return Topic(place=place, name=name, partitions=partitions, replication_factor=1, configs=configs)


@pytest.fixture
def settings(kafka: str) -> Settings:
    return Settings(kafka, "http://127.0.0.1:1")


@pytest.mark.kafka
def test_a_topic_is_created_once(settings: Settings) -> None:
    wanted = topic("created-once", 3, **{"retention.ms": "86400000"})

    assert [True, False] == [ensure_topic(settings, wanted), ensure_topic(settings, wanted)]


@pytest.mark.kafka
def test_a_topic_with_other_partitions_is_named_and_left_alone(settings: Settings) -> None:
    ensure_topic(settings, topic("grown", 3))

    with pytest.raises(TopicDiffers, match=r"^topic 'grown' has 3 partitions, its contract says 6$"):
        ensure_topic(settings, topic("grown", 6))


@pytest.mark.kafka
def test_what_the_cluster_refuses_is_said_in_its_words(settings: Settings) -> None:
    with pytest.raises(BrokerUnavailable, match=r"^topic 'odd' was not created: Unknown topic config name: retention$"):
        ensure_topic(settings, topic("odd", 1, retention="1"))


def test_a_cluster_that_takes_no_such_request_is_named_with_what_was_asked() -> None:
    with EmbeddedBroker() as broker, pytest.raises(BrokerUnavailable) as caught:
        ensure_topic(broker.settings("http://127.0.0.1:1"), topic("orders", 1), timeout=1)

    asked = "did not answer the request to create topic 'orders' in 1 s"
    assert f"the cluster {broker.bootstrap} {asked}" == str(caught.value)
    assert "create_topic()" in (caught.value.fix or "")


def test_a_cluster_that_is_away_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    away = Settings("127.0.0.1:1", "http://127.0.0.1:1")

    with pytest.raises(BrokerUnavailable, match=r"^no broker of 127\.0\.0\.1:1 answered in 1 s: .*refused"):
        ensure_topic(away, topic("orders", 1), timeout=1)

    assert ("", "") == capfd.readouterr()
