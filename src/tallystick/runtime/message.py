"""A message, as a consumer gives it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import confluent_kafka

T = TypeVar("T")
K = TypeVar("K")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Headers: TypeAlias = Mapping[str, bytes | None]


# A named tuple takes 0.5 µs to make, a frozen dataclass with slots 1.5, and a consumer makes millions.
class Message(NamedTuple, Generic[T]):
    """A value and where it came from. Of a header that stands twice the last one counts, as in Java's `lastHeader`."""

    value: T
    key: bytes | None
    headers: Headers
    timestamp: datetime
    topic: str
    partition: int
    offset: int


class KeyedMessage(NamedTuple, Generic[T, K]):
    """A message whose key has a schema, too."""

    value: T
    key: K
    headers: Headers
    timestamp: datetime
    topic: str
    partition: int
    offset: int


def keyed(message: Message[T], key: K) -> KeyedMessage[T, K]:
    """Return a message with what its key means."""
    return KeyedMessage(message[0], key, *message[2:])


def message_of(raw: confluent_kafka.Message, headers: Headers, value: T) -> Message[T]:
    """Return a message of librdkafka's with a value put in.

    Raises:
        OverflowError: its timestamp is in no year that Python knows.
    """
    sent = _EPOCH + timedelta(milliseconds=raw.timestamp()[1])
    return Message(value, raw.key(), headers, sent, *place_of(raw))


def headers_of(raw: Any) -> Headers:
    """Return the headers of a message of librdkafka's: to it they are a list of pairs, whatever else one may write."""
    return dict(raw.headers() or ())


def place_of(raw: Any) -> tuple[str, int, int]:
    """Return the topic, partition and offset of a message of librdkafka's."""
    return raw.topic(), raw.partition(), raw.offset()
