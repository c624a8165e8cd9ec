"""Rules about Avro messages: decimals as people write them, and what CEL has no type for stands in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, make_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.strategies import avro

from tallystick.errors import EvaluationError
from tallystick.expressions.of_avro import of_avro
from tallystick.expressions.rule import condition, read_whole
from tallystick.values.types import Duration, LocalTimestampNanos

SCHEMA = avro(
    {
        "type": "record",
        "name": "W",
        "fields": [
            {"name": "d", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "s", "type": "string"},
            {"name": "t", "type": {"type": "int", "logicalType": "time-millis"}},
            {"name": "f", "type": {"type": "fixed", "name": "F", "size": 2}},
            {"name": "span", "type": ["null", {"type": "fixed", "name": "D", "size": 12, "logicalType": "duration"}]},
            {"name": "big", "type": {"type": "bytes", "logicalType": "big-decimal"}},
            {
                "name": "nanos",
                "type": {"type": "array", "items": {"type": "long", "logicalType": "local-timestamp-nanos"}},
            },
        ],
    }
)
W: Any = make_dataclass("W", [field.name for field in SCHEMA.records().__next__().fields], slots=True)
VALUE = {
    "d": Decimal("0.10"),
    "s": "aa",
    "t": time(1),
    "f": b"ab",
    "span": Duration(1, 2, 3),
    "big": Decimal("1E+400"),
    "nanos": [LocalTimestampNanos(5)],
}


def held(expression: str) -> set[bool]:
    """Return what an expression is of the value: as a class has it, and as a dict."""
    of_class = condition(expression, of_avro(SCHEMA, lambda _, field: field))
    return {of_class.holds(W(**VALUE)), condition(expression, of_avro(SCHEMA)).holds(VALUE)}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("message.d == 0.10", True),
        ("0.1 == message.d", True),
        ("message.d != 0.1", False),
        ("message.d >= 0.10 && message.d <= 0.1", True),
        ("message.d > -0.5", True),
        ("message.d < 0.11", True),
        ("message.d > 0.1", False),
    ],
)
def test_a_decimal_is_compared_with_the_number_that_the_text_says(expression: str, expected: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    assert {expected} == held(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "message.s.matches('^a+$')",
        "has(message.span) && message.s.matches('a')",
        "message.f == b'ab' && message.s.matches('a')",
    ],
)
def test_a_pattern_is_asked_beside_fields_that_cel_has_no_type_for(expression: str) -> None:
    assert {True} == held(expression)


ITEM = {
    "type": "record",
    "name": "Item",
    "fields": [{"name": "name", "type": "string"}, {"name": "note", "type": "null"}],
}
BOX = {
    "type": "record",
    "name": "Box",
    "fields": [
        {"name": "name", "type": "string"},
        {"name": "class", "type": "string"},
        {"name": "note", "type": ["null", "string"]},
        {"name": "size", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "sent", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "ids", "type": {"type": "array", "items": {"type": "string", "logicalType": "uuid"}}},
        {"name": "of", "type": [ITEM, "null", "Box"]},
        {"name": "tags", "type": {"type": "map", "values": ["null", "string"]}},
    ],
}
SHIPMENT = avro({"type": "record", "name": "S", "fields": [{"name": "of", "type": ["null", BOX, "Item"]}]})


@dataclass(slots=True)
class Item:
    name: str = "item"
    note: None = None


@dataclass(slots=True)
class Box:
    name: str = "box"
    class_: str = field(default="fragile", metadata={"wire": "class"})
    note: str | None = None
    size: Decimal = Decimal("0.10")
    sent: date = date(2026, 1, 2)
    at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    ids: list[UUID] = field(default_factory=lambda: [UUID(int=7)])
    of: Item | Box | None = field(default_factory=Item)
    tags: dict[str, str | None] = field(default_factory=lambda: {"a": None})


@dataclass(slots=True)
class Shipment:
    of: Item | Box


def as_dict(value: Any) -> Any:
    """Return a value with dicts in place of its dataclasses, by the names of the schema."""
    if not is_dataclass(value):
        return value
    return {one.metadata.get("wire", one.name): as_dict(getattr(value, one.name)) for one in fields(value)}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("message.of.name == 'box'", True),
        ("message.of.class == 'fragile'", True),
        ("has(message.of.note)", False),
        ("message.of.note == null", True),
        (
            "message.of.size == 0.1 && message.of.sent == 20455 && message.of.at < timestamp('2026-02-01T00:00:00Z')",
            True,
        ),
        ("message.of.ids.exists(id, id.endsWith('7'))", True),
        ("message.of.of.name in ['item'] && !has(message.of.of.note)", True),
        ("has(message.of.tags.b) || message.of.tags.a != null", False),
    ],
)
def test_a_rule_may_speak_of_a_field_that_all_records_of_a_union_have(expression: str, expected: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    def spelt(_: str, name: str) -> str:
        return {"class": "class_"}.get(name, name)

    value = Shipment(of=Box())

    assert expected is condition(expression, of_avro(SHIPMENT, spelt)).holds(value)
    assert expected is condition(expression, of_avro(SHIPMENT)).holds(as_dict(value))


@pytest.mark.parametrize("note", [None, "fragile"])
@pytest.mark.parametrize(
    "expression",
    [
        "has(message.note)",
        "!has(message.note)",
        "has(message.of)",
        "has(message.tags.a)",
        "has(message.tags.b)",
        "message.`class` == message.note",
    ],
)
def test_a_rule_is_the_same_where_a_part_of_it_needs_the_library(expression: str, note: str | None) -> None:
    kind, value = of_avro(avro(BOX)), as_dict(Box(note=note))

    assert condition(expression, kind).holds(value) is condition(
        f"message.name.matches('.') && {expression}", kind
    ).holds(value)


TEXTS = of_avro(
    avro(
        {
            "type": "record",
            "name": "T",
            "fields": [
                {"name": "text", "type": "string"},
                {"name": "data", "type": "bytes"},
                {"name": "many", "type": {"type": "map", "values": {"type": "array", "items": "string"}}},
            ],
        }
    )
)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary())
@example("a\0b", b"\0")
def test_the_library_is_given_all_of_a_text(text: str, data: bytes) -> None:
    """A pattern must not be asked of what stands before a zero alone."""
    escaped = "".join(f"\\U{ord(c):08x}" for c in text), "".join(f"\\x{byte:02x}" for byte in data)
    rule = condition(
        "message.text == '{}' && message.data == b'{}' && message.text.matches('')".format(*escaped), TEXTS
    )
    nested = condition(f"message.many.a[0].matches('^.{{{len(text)}}}$')", TEXTS)

    assert rule.holds({"text": text, "data": data, "many": {}})
    assert ("\n" in text) is not nested.holds({"text": "", "data": b"", "many": {"a": [text]}})


def test_a_key_with_a_zero_in_it_is_refused_where_the_library_is_asked() -> None:
    rule = condition("message.many.all(key, key.matches('^a$'))", TEXTS)

    assert rule.holds({"text": "", "data": b"", "many": {"a": []}})
    with pytest.raises(EvaluationError, match=r"the key 'a.x00b' of a map holds a zero"):
        rule.holds({"text": "", "data": b"", "many": {"a\0b": []}})


TWO = of_avro(
    avro(
        {
            "type": "record",
            "name": "Two",
            "fields": [
                {"name": "a", "type": ITEM},
                {"name": "b", "type": ["null", "Item"]},
                {"name": "many", "type": {"type": "array", "items": "Item"}},
                {"name": "either", "type": ["Item", {"type": "record", "name": "Other", "fields": ITEM["fields"]}]},
            ],
        }
    )
)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("message.a.name == 'x' && message.many.all(one, one.name != '')", set()),
        ("message.b == null || message.b.name > 'a'", set()),
        ("message.a == message.b", {"a", "b"}),
        ("message.a.name != ''; !(message.a in message.many)", {"a", "many"}),
        ("message.many[0] != message.many[1]", {"many"}),
        ("[message.a] == [message.a]", {"a"}),
        ("message.either.name == 'x'", {"either"}),
        ("[message].exists(one, one.a == one.b)", None),
    ],
)
def test_a_rule_needs_records_whole_that_it_compares(rule: str, fields: set[str] | None) -> None:
    assert fields == read_whole(rule, TWO)


DATES = {
    "type": "record",
    "name": "D",
    "fields": [
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "maybe", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {"name": "days", "type": {"type": "array", "items": ["null", {"type": "int", "logicalType": "date"}]}},
        {
            "name": "weeks",
            "type": {"type": "array", "items": {"type": "array", "items": {"type": "int", "logicalType": "date"}}},
        },
        {"name": "either", "type": [{"type": "int", "logicalType": "date"}, "string"]},
        {"name": "price", "type": [{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, "string"]},
        {"name": "id", "type": [{"type": "string", "logicalType": "uuid"}, "int"]},
        {"name": "is_due", "type": "boolean"},
    ],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("message.days == [1, null] && 1 in message.days && null in message.days", True),
        ("message.days[1] == null || message.days[1] > 0", True),
        ("message.days[0] > 0 && message.days.map(d, d)[0] == 1 && message.days.filter(d, d != null) == [1]", True),
        ("message.weeks == [[1], [2, 3]] && [1] in message.weeks", True),
        ("(message.is_due ? message.day : message.day) > 0 && (message.maybe == null ? message.day : 5) == 1", True),
        ("[message.day, message.day][1] == 1 && {'a': message.day}.a == 1 && {'a': message.day}['a'] == 1", True),
        ("[message.day].exists(d, d == 1) && [message.maybe] == [null]", True),
        ("message.either == 1 && message.either != 2 && message.either in [1]", True),
        ("message.price == 0.1", True),
        ("message.id == '00000000-0000-0000-0000-000000000007'", True),
        ("size(message.days) >= 1.5 && message.days.size() > 1u", True),
        ("(message.is_due ? 1 : 2.5) == 1", True),
    ],
)
def test_dates_and_their_like_are_what_cel_has_for_them_wherever_they_stand(expression: str, expected: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    days = [date(1970, 1, 2), date(1970, 1, 3), date(1970, 1, 4)]
    value = {"day": days[0], "maybe": None, "days": [days[0], None], "weeks": [[days[0]], days[1:]], "either": days[0]}
    value |= {"price": Decimal("0.10"), "id": UUID(int=7), "is_due": True}
    kind = of_avro(avro(DATES))

    assert expected is condition(expression, kind).holds(value)
    assert expected is condition(f"({expression}) && 'x'.matches('x')", kind).holds(value)
