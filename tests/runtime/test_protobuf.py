"""Messages of contracts in Protobuf: from a producer to a consumer, with what they import published before them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import confluent_kafka
import pytest
from tests.conftest import ROOT

from meridian_events.payments import TRANSACTION_AUTHORIZED
from meridian_events.payments.transaction_authorized import (
    Acquirer,
    Card,
    TransactionAuthorized,
    TransactionAuthorizedConsumer,
    TransactionAuthorizedProducer,
)
from meridian_events.payments.transaction_authorized_for_ledger import (
    TRANSACTION_AUTHORIZED_FOR_LEDGER,
    TransactionAuthorizedForLedger,
    TransactionAuthorizedForLedgerConsumer,
)
from meridian_events.shared.money_pb2 import Money
from meridian_events.shared.privacy_pb2 import pii
from tallystick.contract.load import load_workspace
from tallystick.contract.tree import Folder
from tallystick.errors import DecodeError, EncodeError, NotPublished, RuleBroken, UndecodableMessage
from tallystick.kafka.settings import Settings
from tallystick.registry.client import RegistryClient
from tallystick.registry.whole import register_schema
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.runtime.proto_pool import options_of
from tallystick.runtime.rules import TypedRule
from tallystick.server.run import EmbeddedRegistry
from tallystick.wire.frame import header

CONTRACTS = {contract.id: contract for contract in load_workspace(Folder(ROOT)).contracts}
PAID = TransactionAuthorized(
    transaction_id="t-1",
    order_id="o-1",
    amount=Money(currency="EUR", minor_units=1990),
    authorized_at=datetime(2026, 3, 1, tzinfo=UTC),
    acquirer=Acquirer.ACQUIRER_NORTHBANK,
    card=Card(last_four="4242"),
    labels={"channel": "web"},
)


def publish(settings: Settings, id_: str) -> int:
    """Register a contract's schema, with what it imports, and return its id."""
    contract = CONTRACTS[id_]
    with RegistryClient(settings.registry) as registry:
        return register_schema(registry, contract.subject, contract.schema).id


@pytest.fixture
def settings(registry: str) -> Iterator[Settings]:
    """Give a broker of its own: the topic's name stands in the generated code."""
    with EmbeddedBroker() as broker:
        settings = broker.settings(registry)
        broker.create_topic(TRANSACTION_AUTHORIZED.topic)
        publish(settings, TRANSACTION_AUTHORIZED.contract)
        yield settings


def written(settings: Settings, data: bytes) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": settings.bootstrap})
    producer.produce(TRANSACTION_AUTHORIZED.topic, data)
    producer.flush(10)


def read(settings: Settings, group: str) -> list[TransactionAuthorized]:
    with TransactionAuthorizedConsumer.connect(group, settings, from_beginning=True) as consumer:
        return [message.value for batch in consumer.batches(idle_timeout=1) for message in batch]


@pytest.mark.parametrize(
    "expr", ["message.order_id.matches('^o-[0-9]+$')", "message.card.last_four.matches('^[0-9]{4}$')"]
)
def test_a_rule_with_a_pattern_is_asked_of_a_message(expr: str) -> None:
    rules = (TypedRule(name="a_rule", expr=expr),)
    encode = dataclasses.replace(TRANSACTION_AUTHORIZED, rules=rules).encoder(1)
    broken = TransactionAuthorized(order_id="o-1\0", card=Card(last_four="424"))

    assert encode(PAID) == TRANSACTION_AUTHORIZED.encoder(1)(PAID)
    with pytest.raises(RuleBroken, match="rule 'a_rule' is broken"):
        encode(broken)


def test_a_message_comes_back_as_it_went(settings: Settings) -> None:
    with TransactionAuthorizedProducer.connect(settings) as producer:
        producer.send(PAID, key="o-1")

    assert [PAID] == read(settings, "ledger")


def test_a_consumer_of_some_fields_reads_just_these(settings: Settings) -> None:
    with TransactionAuthorizedProducer.connect(settings) as producer:
        producer.send(PAID, key="o-1")

    with TransactionAuthorizedForLedgerConsumer.connect("books", settings, from_beginning=True) as consumer:
        (value,) = (message.value for batch in consumer.batches(idle_timeout=1) for message in batch)
    assert type(value) is TransactionAuthorizedForLedger
    assert (PAID.transaction_id, PAID.amount) == (value.transaction_id, value.amount)
    assert PAID.ByteSize() > value.ByteSize()


def test_rules_stay_where_all_that_they_name_is_read() -> None:
    rules = tuple(TypedRule(name=name, expr="true", on_read=True) for name in ("kept", "left"))
    topic = dataclasses.replace(TRANSACTION_AUTHORIZED, rules=rules)

    assert ["kept"] == [rule.name for rule in topic.narrowed(TransactionAuthorizedForLedger, rules=["kept"]).rules]
    wrong = header(1) + b"\x02\x04"
    with pytest.raises(DecodeError, match=r"it is a meridian\.payments\.v1\.Wallet, and the contract's messages are"):
        TRANSACTION_AUTHORIZED_FOR_LEDGER.decoder(1, TRANSACTION_AUTHORIZED.schema_text)(wrong, 5)


def test_a_message_of_another_type_names_both(settings: Settings) -> None:
    with RegistryClient(settings.registry) as registry:
        written(settings, header(TRANSACTION_AUTHORIZED.find(registry)) + b"\x02\x04")

    with pytest.raises(
        UndecodableMessage,
        match=r"it is a meridian\.payments\.v1\.Wallet, and the contract's messages are .*Authorized",
    ):
        read(settings, "curious")


def test_each_place_that_defines_a_message_has_its_options() -> None:
    fields = Card.DESCRIPTOR.fields

    assert [True, True] == [options_of(field).Extensions[pii] for field in fields]


def test_a_value_of_another_type_is_not_encoded() -> None:
    with pytest.raises(EncodeError, match=r"expected meridian_events.*\.TransactionAuthorized, got .*\.Card"):
        TRANSACTION_AUTHORIZED.encoder(1)(Card())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x02\x0c", r"no message at \[6\]"),
        (b"\x02", "ends within its message indexes"),
        (b"\x00\xff", "no such message"),
        (b"", "ends within its message indexes"),
    ],
)
def test_bytes_that_are_no_message_say_why(data: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        TRANSACTION_AUTHORIZED.decoder(1, TRANSACTION_AUTHORIZED.schema_text)(data, 0)


def test_each_released_version_is_read() -> None:
    releases = list(load_workspace(Folder(ROOT)).released("payments.transaction-authorized"))
    for release in releases:
        text = release.contract.schema.canonical
        decode = TRANSACTION_AUTHORIZED.decoder(1, text)

        assert PAID == decode(b"\0" + PAID.SerializeToString(), 0)

    assert len(releases) > 1


def test_a_schema_that_was_not_published_stops_the_producer(broker: EmbeddedBroker) -> None:
    with EmbeddedRegistry() as empty, pytest.raises(NotPublished, match=r"payments\.transaction-authorized 1"):
        TransactionAuthorizedProducer.connect(broker.settings(empty.url))


def test_the_registry_has_the_text_that_the_module_has(settings: Settings) -> None:
    with RegistryClient(settings.registry) as registry:
        assert TRANSACTION_AUTHORIZED.schema_text == registry.schema(TRANSACTION_AUTHORIZED.find(registry)).text
    assert TRANSACTION_AUTHORIZED.schema_text == TRANSACTION_AUTHORIZED.schema.canonical
