"""Read values of one contract in batches, and lose none."""

from __future__ import annotations

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import confluent_kafka
from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, KafkaError, KafkaException, TopicPartition

from tallystick.errors import (
    BrokerUnavailable,
    CodecError,
    DecodeError,
    InputError,
    NotPublished,
    SchemaNotFound,
    TallyError,
    UndecodableMessage,
    UsageError,
)
from tallystick.kafka.client import TIMEOUT, Cluster, reason_of
from tallystick.kafka.settings import Settings
from tallystick.registry.client import RegistryClient
from tallystick.runtime.message import Headers, KeyedMessage, Message, headers_of, keyed, message_of, place_of
from tallystick.runtime.typed_topic import Decode, TypedKey, TypedTopic
from tallystick.wire.frame import (
    HEADER_SIZE,
    KEY_SCHEMA_ID,
    TOMBSTONE,
    VALUE_SCHEMA_ID,
    SchemaKey,
    read_header,
    read_named,
)

T = TypeVar("T")
K = TypeVar("K")
M = TypeVar("M")
Partition = tuple[str, int]

# How long to wait for a first message. An idle consumer takes 0.3 % of a core, and Ctrl-C is heard this soon.
_STEP = 0.25
_LARGEST_BATCH = 1_000_000  # librdkafka's
# librdkafka mends these by itself, and messages that come twice are no loss.
_PASSING = frozenset({KafkaError._PARTITION_EOF, KafkaError._MAX_POLL_EXCEEDED, KafkaError._TRANSPORT})  # noqa: SLF001  # the underscore is librdkafka's for "local"


class _Consumer(ABC, Generic[M]):
    typed_topic: ClassVar[TypedTopic[Any]]

    def __init__(
        self,
        client: confluent_kafka.Consumer,
        cluster: Cluster,
        registry: RegistryClient,
        start: int = OFFSET_BEGINNING,
    ) -> None:
        self._client, self._cluster, self._registry = client, cluster, registry
        self._decoders: dict[tuple[SchemaKey, TypedKey], Decode] = {}
        # Where each partition goes on, should what it gave last not be handled to the end.
        self._unhandled: dict[Partition, int] = {}
        # Behind what was handled last; and where a partition begins of which nothing was.
        self._behind: dict[Partition, int] = {}
        self._start = start
        self._is_batch_lost = False
        self._assigned = False
        self._quiet_since = time.monotonic()
        client.subscribe([self.typed_topic.topic], on_assign=self._on_assign)

    @classmethod
    def connect(
        cls, group: str, settings: Settings | None = None, *, from_beginning: bool = True, timeout: float = TIMEOUT
    ) -> Self:
        """Return a member of a group, on a cluster that answered; without settings, on the environment's.

        A new group begins with the oldest message, or where `from_beginning` is false, with the next one.

        Raises:
            NotPublished: the cluster does not have the topic.
            BrokerUnavailable: it is away.
        """
        if not group:
            raise UsageError("a consumer needs a group", fix='connect(group="billing")')  # librdkafka would abort
        settings = settings or Settings.from_environment()
        options = {
            "group.id": group,
            "auto.offset.reset": "earliest" if from_beginning else "latest",
            "enable.auto.offset.store": False,
        }
        cluster, typed = Cluster(settings), cls.typed_topic
        with ExitStack() as opened:
            client = opened.enter_context(closing(cluster.client(confluent_kafka.Consumer, options)))
            if not cluster.partitions(client, typed.topic, timeout):
                raise NotPublished(f"the cluster does not have topic '{typed.topic}'", fix=typed.publish)
            registry = opened.enter_context(RegistryClient(settings.registry))
            consumer = cls(client, cluster, registry, OFFSET_BEGINNING if from_beginning else OFFSET_END)
            opened.pop_all()  # they are the consumer's to close now
        return consumer

    def batches(
        self, size: int = 500, *, idle_timeout: float | None = None, patience: float = 60.0
    ) -> Iterator[list[M]]:
        """Yield what is there, up to `size` messages at a time (a million at most), and wait where nothing is.

        A batch counts as handled when you ask for the next one. If your block raises, or you leave it with `break`,
        it does not, and comes again: to this consumer's next `batches()`, or to the group's next member.
        With `idle_timeout` the end is that many seconds without a message.

        Raises:
            UsageError: `size` is no number of messages.
            UndecodableMessage: nothing of it or after it counts as handled; what stood before it was yielded.
                A message without a value (a tombstone) is one: the contract promises a value. See `skip`.
            BrokerUnavailable: the cluster refuses, or all brokers were away for `patience` seconds.
            RegistryUnavailable: a writer's schema could not be fetched.
        """
        if not 1 <= size <= _LARGEST_BATCH:
            raise UsageError(f"a batch has 1 to {_LARGEST_BATCH:,} messages, not {size:,}")
        self._rewind()
        self._quiet_since = time.monotonic()
        while not self._is_over(idle_timeout, patience):
            raw = self._take(size)
            if raw:
                yield from self._handle([m for m in raw if not _is_passing(m)])
                self._quiet_since = time.monotonic()

    def _take(self, size: int) -> list[confluent_kafka.Message]:
        """Return what is there, and nothing after a moment in which nothing came."""
        try:
            first = self._client.poll(_STEP)
            # With a timeout, consume() would wait for a full batch: later, and no faster.
            rest = self._client.consume(size - 1, 0) if first is not None and size > 1 else []
        except BaseException:
            self._is_batch_lost = True  # by Ctrl-C, say: what librdkafka gave is on no list of ours
            raise
        return [] if first is None else [first, *rest]

    def skip(self, error: UndecodableMessage) -> None:
        """Go on after an undecodable message: the next `batches()` begins behind it, here and in the group."""
        self._done({(error.topic, error.partition): error.offset + 1})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what was handled, and leave the group."""
        try:
            self._client.close()
        finally:
            self._registry.close()

    def _handle(self, raw: Sequence[confluent_kafka.Message]) -> Iterator[list[M]]:
        """Yield what can be decoded, take a note when it is handled, then raise what stopped us."""
        places = [place_of(m) for m in raw if m.error() is None]
        for topic, partition, offset in reversed(places):  # so that a partition's first one stays
            self._unhandled[topic, partition] = offset
        batch, problem = self._decode_until_problem(raw)
        if batch:
            yield batch
            self._done({(topic, partition): offset + 1 for topic, partition, offset in places[: len(batch)]})
        if problem is not None:
            raise problem
        self._unhandled.clear()

    def _decode_until_problem(self, raw: Sequence[confluent_kafka.Message]) -> tuple[list[M], TallyError | None]:
        batch: list[M] = []
        try:
            for message in raw:
                batch.append(self._decode(message))  # noqa: PERF401  # what came before a problem counts
        except TallyError as problem:
            return batch, problem
        return batch, None

    def _decode(self, raw: confluent_kafka.Message) -> M:
        refusal = raw.error()
        if refusal is not None:
            raise BrokerUnavailable(f"topic '{self.typed_topic.topic}' can't be read: {refusal.str()}")
        try:
            headers = headers_of(raw)
            value = self._read(raw.value(), self.typed_topic, headers.get(VALUE_SCHEMA_ID))
            return self._message(raw, headers, value)
        except (CodecError, InputError, SchemaNotFound, ValueError, OverflowError, RecursionError) as error:
            raise UndecodableMessage(*place_of(raw), str(error)) from error

    @abstractmethod
    def _message(self, raw: confluent_kafka.Message, headers: Headers, value: Any) -> M: ...

    def _read(self, data: bytes | None, typed: TypedKey, named: bytes | None) -> Any:
        """Return what bytes are. `named` is the header that says what wrote them; without it they say so themselves."""
        if named is None:
            schema_id: SchemaKey = read_header(data)
            start = HEADER_SIZE
        elif data is not None:
            schema_id, behind = read_named(named)
            data, start = named[behind:] + data, 0
        else:
            raise DecodeError("", f"expected a message, got {TOMBSTONE}")
        decode = self._decoders.get((schema_id, typed)) or self._compile(schema_id, typed)
        return decode(cast("bytes", data), start)  # read_header refuses None

    def _compile(self, schema_id: SchemaKey, typed: TypedKey) -> Decode:
        decode = typed.reader(self._registry, schema_id)
        return self._decoders.setdefault((schema_id, typed), decode)

    def _done(self, offsets: Mapping[Partition, int]) -> None:
        self._unhandled.update(offsets)
        self._behind.update(offsets)
        # A partition may be another member's by now. It will give the same messages again: no loss.
        with contextlib.suppress(KafkaException):
            self._client.store_offsets(offsets=[TopicPartition(*place, offset) for place, offset in offsets.items()])

    def _rewind(self) -> None:
        if self._is_batch_lost:
            self._note_where_all_go_on()
            self._is_batch_lost = False
        for place, offset in list(self._unhandled.items()):
            try:
                self._client.seek(TopicPartition(*place, offset))
            except KafkaException as error:
                if place in self._ours():
                    problem = f"{place[0]}[{place[1]}] can't be read again from offset {offset}: {reason_of(error)}"
                    raise BrokerUnavailable(problem) from error
            del self._unhandled[place]

    def _note_where_all_go_on(self) -> None:
        """Note for each partition where its first message is that was not handled."""
        unknown = [TopicPartition(*place) for place in self._ours() if place not in self._behind]
        try:
            committed = self._client.committed(unknown, TIMEOUT) if unknown else []
        except KafkaException as error:
            raise BrokerUnavailable(f"it can't be found out where to go on: {reason_of(error)}") from error
        starts = {(one.topic, one.partition): one.offset if one.offset >= 0 else self._start for one in committed}
        for place, offset in (starts | self._behind).items():
            self._unhandled.setdefault(place, offset)

    def _ours(self) -> list[Partition]:
        return [(one.topic, one.partition) for one in self._client.assignment()]

    def _on_assign(self, _: confluent_kafka.Consumer, added: list[TopicPartition]) -> None:
        self._assigned = True
        for one in added:  # another member may have gone on since
            self._behind.pop((one.topic, one.partition), None)
        self._quiet_since = time.monotonic()

    def _is_over(self, idle_timeout: float | None, patience: float) -> bool:
        """Say whether it was quiet for long enough, and find out whether that was because nobody is there."""
        quiet = time.monotonic() - self._quiet_since
        # To join a group may take longer than a message: the wait for the first one begins after it.
        limit = patience if idle_timeout is None else idle_timeout if self._assigned else max(idle_timeout, patience)
        if quiet < limit:
            return False
        if self._cluster.all_down:
            self._cluster.partitions(
                self._client, self.typed_topic.topic, min(limit, TIMEOUT)
            )  # raises, or they are back
            self._quiet_since = time.monotonic()
            return False
        return idle_timeout is not None


class Consumer(_Consumer[Message[T]], Generic[T]):
    """Reads values of one contract. Generated code derives from it and says which."""

    def _message(self, raw: confluent_kafka.Message, headers: Headers, value: Any) -> Message[T]:
        return message_of(raw, headers, value)


class KeyedConsumer(_Consumer[KeyedMessage[T, K]], Generic[T, K]):
    """Reads values of one contract whose keys have a schema, too."""

    def _message(self, raw: confluent_kafka.Message, headers: Headers, value: Any) -> KeyedMessage[T, K]:
        assert self.typed_topic.key is not None  # noqa: S101  # who generates this class gives its topic a key
        if raw.key() is None:
            raise DecodeError("", "the message has no key, and the contract promises one")
        try:
            key = self._read(raw.key(), self.typed_topic.key, headers.get(KEY_SCHEMA_ID))
        except DecodeError as error:
            raise DecodeError("", f"the key: {error}") from error
        return keyed(message_of(raw, headers, value), key)


def _is_passing(message: confluent_kafka.Message) -> bool:
    error = message.error()
    return error is not None and error.code() in _PASSING
