"""The rules of a contract run in its clients: what breaks one is not sent, and not handled."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.runtime.orders import Shop, orders, values_of

from tallystick.errors import InvalidExpression, RuleBroken, UndecodableMessage
from tallystick.runtime.embedded import EmbeddedBroker
from tallystick.runtime.rules import TypedRule
from tallystick.runtime.typed_topic import TypedTopic

POSITIVE = TypedRule(name="total_positive", expr="message.total > 0", doc="A refund is an event of its own.")


def with_rules(shop: Shop, *rules: TypedRule) -> Shop:
    topic = dataclasses.replace(shop.typed_topic, rules=rules)
    shop.Producer.typed_topic = shop.Consumer.typed_topic = topic
    return shop


def test_what_breaks_a_rule_is_not_sent(shop: Shop, broker: EmbeddedBroker) -> None:
    with with_rules(shop, POSITIVE).producer() as producer:
        producer.send(*orders(1))
        with pytest.raises(RuleBroken) as caught:
            producer.send(*orders(-1))

    assert "Order: rule 'total_positive' is broken: message.total > 0, and total is -1" == str(caught.value)
    assert ("total_positive", {"total": -1}) == (caught.value.rule, caught.value.values)
    assert "A refund is an event of its own." == caught.value.fix
    assert 1 == len(broker.read(shop.topic))


def test_what_breaks_a_rule_is_not_handled_until_it_is_skipped(shop: Shop) -> None:
    shop.send(*orders(1, -2, 3))
    read_rule = dataclasses.replace(POSITIVE, on_write=False, on_read=True)

    with with_rules(shop, read_rule).consumer() as consumer:
        batches = consumer.batches(idle_timeout=1)

        assert orders(1) == values_of(next(batches))
        with pytest.raises(UndecodableMessage, match=r"offset 1: Order: rule 'total_positive' is broken") as caught:
            next(batches)
        consumer.skip(caught.value)
        assert orders(3) == values_of(*consumer.batches(idle_timeout=1))


def test_a_rule_of_writers_is_not_asked_of_readers_and_the_other_way_round(shop: Shop) -> None:
    on_read = dataclasses.replace(POSITIVE, on_write=False, on_read=True)

    with_rules(shop, on_read).send(*orders(-1))

    assert orders(-1) == with_rules(shop, POSITIVE).read()


@dataclass(slots=True, kw_only=True)
class Line:
    quantity: int


@dataclass(slots=True, kw_only=True)
class Parcel:
    class_: str = field(metadata={"wire": "class"})
    sent_at: datetime
    lines: list[Line] = field(default_factory=list)
    note: str | None = None


PARCEL = TypedTopic(
    contract="shop.parcel",
    version="1.0.0",
    topic="parcels",
    subject="parcels-value",
    fingerprint="",
    value=Parcel,
    classes={"shop.Parcel": Parcel, "shop.Line": Line},
    schema_text="""{"type": "record", "name": "Parcel", "namespace": "shop", "fields": [
        {"name": "class", "type": "string"},
        {"name": "sent_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "lines", "type": {"type": "array", "items":
            {"type": "record", "name": "Line", "fields": [{"name": "quantity", "type": "int"}]}}},
        {"name": "note", "type": ["null", "string"]}]}""",
)


def parcel(**changed: Any) -> Parcel:
    return Parcel(**{"class_": "fragile", "sent_at": datetime(2026, 1, 31, tzinfo=UTC)} | changed)


@pytest.mark.parametrize(
    ("expr", "value", "says"),
    [
        ("message.class in ['fragile', 'heavy']", parcel(class_="light"), "class is 'light'"),
        ("message.class.matches('^[a-z]+$')", parcel(class_="L 1"), "class is 'L 1'"),  # not compiled: the library's
        ("message.lines.all(line, line.quantity >= 1)", parcel(lines=[Line(quantity=0)]), "Line(quantity=0)"),
        ("has(message.note) ; message.note.size() > 2", parcel(note="no"), "note is 'no'"),
        ("message.note.size() > 2", parcel(), "rule 'a_rule' can't be asked"),
        ("message.sent_at.getFullYear() > 2026", parcel(), "sent_at is datetime.datetime(2026, 1, 31"),
        ("message.class == ''", parcel(class_="x" * 10_000), "…"),
    ],
)
def test_an_error_names_the_rule_the_fields_and_what_they_hold(expr: str, value: Parcel, says: str) -> None:
    encode = dataclasses.replace(PARCEL, rules=(TypedRule(name="a_rule", expr=expr),)).encoder(1)

    with pytest.raises(RuleBroken) as caught:
        encode(value)

    assert str(caught.value).startswith("Parcel: rule 'a_rule' ")
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "expr",
    [
        "has(message.note) ; message.note.size() > 2",
        "message.class == 'fragile' && message.lines.size() == 0",
        "message.class.matches('^f')",
        "; true",
    ],
)
def test_what_keeps_a_rule_has_the_bytes_that_it_has_without(expr: str) -> None:
    encode = dataclasses.replace(PARCEL, rules=(TypedRule(name="a_rule", expr=expr),)).encoder(1)

    assert PARCEL.encoder(1)(parcel()) == encode(parcel())


def test_a_rule_that_does_not_fit_is_refused_before_the_first_message() -> None:
    topic = dataclasses.replace(PARCEL, rules=(TypedRule(name="a_rule", expr="message.weight > 0"),))

    with pytest.raises(InvalidExpression, match="has no field 'weight'"):
        topic.encoder(1)


NODE = """{"type": "record", "name": "Node", "fields": [
    {"name": "name", "type": "string"}, {"name": "next", "type": ["null", "Node"]}, {"name": "other", "type": ["null", "Node"]}]}"""


@dataclass(slots=True)
class Node:
    name: str
    next: Node | None
    other: Node | None


@pytest.mark.parametrize("depth", [300, 600, 900])
@pytest.mark.parametrize(
    "expr",
    ["message.next == null", "message.next == message.other", "message.name.matches('a') && message.next == null"],
)
def test_a_message_that_is_nested_deep_is_refused_as_one_that_breaks_a_rule(expr: str, depth: int) -> None:
    """Some other producer may send it, in three bytes a level."""
    rules = (TypedRule(name="flat", expr=expr, on_read=True),)
    topic = dataclasses.replace(PARCEL, schema_text=NODE, value=Node, classes={"Node": Node}, rules=rules)
    deep = b"\x02\x02a" * depth + b"\0" * (depth + 1)

    with pytest.raises(RuleBroken, match="rule 'flat'"):
        topic.decoder(1, NODE)(b"\x02a" + deep + b"\0", 0)
