"""Send values of one contract, and know that they arrived."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Generic, Self, TypeVar

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException

from tallystick.errors import DeliveryFailed, EncodeError, NotPublished, SchemaNotFound, SubjectNotFound
from tallystick.kafka.client import TIMEOUT, Cluster, reason_of
from tallystick.kafka.settings import Settings
from tallystick.registry.client import RegistryClient
from tallystick.runtime.typed_topic import TypedKey, TypedTopic

T = TypeVar("T")
K = TypeVar("K")

FLUSH_TIMEOUT = 60.0
NOT_SENT = "; so the message given now was not sent either"

DEFAULTS: Mapping[str, Any] = {
    "acks": "all",
    "enable.idempotence": True,
    "compression.type": "lz4",
    "partitioner": "murmur2_random",  # Java's: a key goes to the same partition whoever writes it
    "delivery.report.only.error": True,
}


class _Producer(Generic[T]):
    typed_topic: ClassVar[TypedTopic[Any]]

    def __init__(
        self,
        client: confluent_kafka.Producer,
        encode: Callable[[T], bytes],
        patience: float = TIMEOUT,
        encode_key: Callable[[Any], bytes | None] | None = None,
    ) -> None:
        self._client, self._encode, self._patience = client, encode, patience
        self._encode_key = encode_key or partial(_bytes, "key")
        self._topic = self.typed_topic.topic
        self._failed = 0
        self._reason = ""

    @classmethod
    def connect(cls, settings: Settings | None = None, *, timeout: float = TIMEOUT) -> Self:
        """Return a producer on a cluster that answered; without settings, on the environment's.

        It looks its schemas up and never registers them: that is for `tally publish`, after the gate. A cluster that
        says nothing for `timeout` seconds counts as away: here, and when the block ends and messages are on their way.

        Raises:
            NotPublished: the registry does not have a schema, or the cluster does not have the topic.
            BrokerUnavailable, RegistryUnavailable: one of them is away.
        """
        settings = settings or Settings.from_environment()
        typed = cls.typed_topic
        with RegistryClient(settings.registry) as registry:
            encode = _encoder(registry, typed, typed)
            encode_key = _encoder(registry, typed, typed.key) if typed.key else None
        cluster = Cluster(settings)
        with ExitStack() as opened:
            client = opened.enter_context(closing(cluster.client(confluent_kafka.Producer, DEFAULTS)))
            if not cluster.partitions(client, typed.topic, timeout):
                raise NotPublished(f"the cluster does not have topic '{typed.topic}'", fix=typed.publish)
            opened.pop_all()  # it is the producer's to close now
        return cls(client, encode, timeout, encode_key)

    def _send(self, value: T, key: Any, headers: Mapping[str, bytes] | None, timestamp: datetime | None) -> None:
        data = self._encode(value)
        when = 0 if timestamp is None else _milliseconds(timestamp)
        raw_key = self._encode_key(key)
        raw_headers: dict[str, str | bytes | None] = {
            _header_name(name): _bytes(f"headers[{name!r}]", given) for name, given in dict(headers or {}).items()
        }
        self._client.poll(0)
        self._raise_failures(then=NOT_SENT)
        while True:
            try:
                self._client.produce(
                    self._topic, data, raw_key, timestamp=when, headers=raw_headers, on_delivery=self._on_delivery
                )
            except BufferError:  # the local queue is full
                self._client.poll(0.1)
                self._raise_failures(then=NOT_SENT)
            except KafkaException as error:
                raise DeliveryFailed(self._topic, 1, reason_of(error)) from error
            else:
                return

    def flush(self, timeout: float = FLUSH_TIMEOUT) -> None:
        """Wait until all that was sent has arrived.

        Raises:
            DeliveryFailed: some of it has not. What is still on its way goes on trying.
        """
        waiting = self._client.flush(timeout)
        self._raise_failures(waiting, f"no acknowledgement in {timeout:g} s")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._drain(self._patience if error else FLUSH_TIMEOUT)
        except DeliveryFailed as failure:
            if error is None:
                raise
            error.add_note(str(failure))  # the first error is the one to see
        finally:
            self._client.purge()
            self._client.close()

    def _drain(self, timeout: float) -> None:
        """Flush, and give up early: after a while in which nothing arrived, the cluster is away."""
        waiting, started = len(self._client), time.monotonic()
        patience = self._patience
        while waiting and (left := started + timeout - time.monotonic()) > 0:
            before, patience = waiting, min(self._patience, left)
            waiting = self._client.flush(patience)
            if waiting == before:
                break
        self._raise_failures(waiting, f"no acknowledgement in {patience:g} s")

    def _on_delivery(self, error: KafkaError | None, _: confluent_kafka.Message) -> None:
        if error is not None:
            self._failed += 1
            self._reason = self._reason or error.str()

    def _raise_failures(self, waiting: int = 0, waiting_reason: str = "", *, then: str = "") -> None:
        count, reason = self._failed + waiting, self._reason or waiting_reason
        self._failed, self._reason = 0, ""
        if count:
            raise DeliveryFailed(self._topic, count, f"{reason}{then}")


class Producer(_Producer[T]):
    """Sends values of one contract. Generated code derives from it and says which."""

    def send(
        self,
        value: T,
        *,
        key: str | bytes | None = None,
        headers: Mapping[str, bytes] | None = None,
        timestamp: datetime | None = None,
    ) -> None:
        """Put a value on its way. Where too many are on theirs already, this waits.

        Raises:
            EncodeError: the value is not what the schema says, or the key or a header is no text and no bytes. Nothing
                was sent.
            DeliveryFailed: earlier messages were not delivered. This one was not sent.
        """
        self._send(value, key, headers, timestamp)


class KeyedProducer(_Producer[T], Generic[T, K]):
    """Sends values of one contract whose keys have a schema, too."""

    def send(
        self, value: T, *, key: K, headers: Mapping[str, bytes] | None = None, timestamp: datetime | None = None
    ) -> None:
        """Put a value on its way, as `Producer.send` does. The key is encoded like the value."""
        self._send(value, key, headers, timestamp)


def _encoder(registry: RegistryClient, typed: TypedTopic[Any], part: TypedKey) -> Callable[[Any], bytes]:
    try:
        return part.encoder(part.find(registry))
    except (SubjectNotFound, SchemaNotFound) as error:
        missing = f"the registry does not have {typed.contract} {typed.version} under '{part.subject}'"
        raise NotPublished(missing, fix=typed.publish) from error


def _bytes(path: str, value: object) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        problem = f"expected str or bytes, got {type(value).__name__}"
        raise EncodeError(
            path, problem, fix="Kafka sees bytes alone: turn it into text or bytes yourself, as str(value)"
        )
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise EncodeError(path, f"{value!r} is no text: {error.reason}", fix="send it as bytes") from None


def _header_name(name: object) -> str:
    """Return a header's name, if librdkafka can take it: it cuts one at a zero byte, and does not outlive some others."""
    if not isinstance(name, str):
        raise EncodeError("headers", f"expected a name that is a str, got {type(name).__name__}")
    if "\0" in name or any("\ud800" <= c <= "\udfff" for c in name):
        raise EncodeError("headers", f"{name!r} can't be the name of a header", fix="use text without zero bytes")
    return name


def _milliseconds(timestamp: datetime) -> int:
    if timestamp.tzinfo is None:
        raise EncodeError("timestamp", f"expected a time with its zone, got {timestamp}", fix="give it tzinfo=UTC")
    return round(timestamp.timestamp() * 1000)
