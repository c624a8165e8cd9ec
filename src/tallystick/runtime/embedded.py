"""A broker inside this process, for demos and tests: librdkafka's mock cluster, which speaks Kafka over TCP.

It keeps about 5 MiB per partition, in memory. It has no transactions, no compaction and no admin requests.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Self

import confluent_kafka
from confluent_kafka import TopicPartition, cimpl

from tallystick.errors import BrokerUnavailable
from tallystick.kafka.client import TIMEOUT, Cluster
from tallystick.kafka.settings import Settings
from tallystick.runtime.message import Message, headers_of, message_of

_BROKER = 1
_PRODUCER = 0  # RD_KAFKA_PRODUCER: the mock lives in a client
_NO_ERROR, _TOPIC_ALREADY_EXISTS = 0, 36


class _Pointer(ctypes.c_void_p):
    """A pointer that stays one: ctypes turns a plain one into an int, and passes ints with 32 bits."""


class EmbeddedBroker:
    """One broker, for the length of a `with` block. `bootstrap` is its address; other processes may connect."""

    def __enter__(self) -> Self:
        self._library = library = _library()
        error = ctypes.create_string_buffer(512)
        size = ctypes.c_size_t(len(error))
        conf = library.rd_kafka_conf_new()
        library.rd_kafka_conf_set(conf, b"log_level", b"0", error, size)
        self._client = library.rd_kafka_new(_PRODUCER, conf, error, size)
        if not self._client:
            raise BrokerUnavailable(f"the embedded broker did not start: {error.value.decode()}")
        self._cluster = library.rd_kafka_mock_cluster_new(self._client, _BROKER)
        if not self._cluster:
            library.rd_kafka_destroy(self._client)
            raise BrokerUnavailable("the embedded broker did not start: librdkafka has none")
        self.bootstrap: str = library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        return self

    def __exit__(self, *_: object) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._client)

    def settings(self, registry: str) -> Settings:
        """Return the settings of clients."""
        # The classic protocol waits 44 s here for a member that has left; this one gives its partitions away at once.
        return Settings(self.bootstrap, registry, {"group.protocol": "consumer"})

    def create_topic(self, name: str, partitions: int = 1) -> None:
        """Create a topic. One that is there stays as it is."""
        code = self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)
        if code not in (_NO_ERROR, _TOPIC_ALREADY_EXISTS):
            raise BrokerUnavailable(f"the embedded broker did not create topic '{name}': error {code}")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take no connections for the length of a `with` block."""
        self._library.rd_kafka_mock_broker_set_down(self._cluster, _BROKER)
        try:
            yield
        finally:
            self._library.rd_kafka_mock_broker_set_up(self._cluster, _BROKER)

    def write(
        self, topic: str, value: bytes | None, key: bytes | None = None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        """Write bytes as they are, and wait until they are there."""
        producer = self._make(confluent_kafka.Producer, {})
        producer.produce(topic, value, key, headers=dict(headers or {}))
        if producer.flush(TIMEOUT):
            raise BrokerUnavailable(f"the embedded broker did not take a message for '{topic}'")

    def read(self, topic: str) -> list[Message[bytes | None]]:
        """Return all that is in a topic, by partition and offset."""
        with closing(
            self._make(confluent_kafka.Consumer, {"group.id": "read", "enable.auto.commit": False})
        ) as consumer:
            partitions = consumer.list_topics(topic, TIMEOUT).topics[topic].partitions
            return [message for p in partitions for message in _read(consumer, TopicPartition(topic, p))]

    def _make(self, kind: Any, options: dict[str, Any]) -> Any:
        return Cluster(self.settings("")).client(kind, options)


def _read(consumer: confluent_kafka.Consumer, place: TopicPartition) -> Iterator[Message[bytes | None]]:
    place.offset, end = consumer.get_watermark_offsets(place, TIMEOUT)
    consumer.assign([place])
    while place.offset < end:
        raw = consumer.poll(TIMEOUT)
        if raw is None:
            raise BrokerUnavailable(f"the embedded broker did not give {place.topic}[{place.partition}] {place.offset}")
        message = message_of(raw, headers_of(raw), raw.value())
        place.offset = message.offset + 1
        yield message


def _library() -> Any:
    """Return librdkafka as confluent-kafka has it: what its own module lacks is looked up in what that links to."""
    library = ctypes.CDLL(cimpl.__file__)
    try:
        for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"):
            getattr(library, name).restype = _Pointer
        library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    except AttributeError as error:
        raise BrokerUnavailable(f"this confluent-kafka has no embedded broker: {error}") from error
    return library
