"""What is wrong with an expression is said in words, at its place; and nothing else ever comes out of a text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import Int64Value
from hypothesis import example, given
from hypothesis import strategies as st
from tests.strategies import avro

from tallystick.errors import EvaluationError, InvalidExpression
from tallystick.expressions.of_avro import of_avro
from tallystick.expressions.of_proto import of_proto
from tallystick.expressions.parse import parse
from tallystick.expressions.rule import check_rule, condition
from tallystick.expressions.syntax import fields_read
from tallystick.schema.protobuf import read_protos
from tallystick.schema.types import Document

ORDER = of_avro(
    avro(
        {
            "type": "record",
            "name": "shop.Order",
            "fields": [
                {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
                {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
                {"name": "placed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "due", "type": ["null", {"type": "int", "logicalType": "date"}]},
                {"name": "opens", "type": {"type": "int", "logicalType": "time-millis"}},
                {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PAID"]}},
                {"name": "note", "type": ["null", "string"]},
                {"name": "gift", "type": "boolean"},
                {"name": "payment", "type": ["string", "long"]},
                {"name": "parent", "type": ["null", "shop.Order"]},
                {
                    "name": "lines",
                    "type": {
                        "type": "array",
                        "items": {"type": "record", "name": "Line", "fields": [{"name": "quantity", "type": "int"}]},
                    },
                },
                {"name": "batch", "type": {"type": "array", "items": {"type": "string", "logicalType": "uuid"}}},
            ],
        }
    )
)


def order(**fields: Any) -> Any:
    usual = {
        "id": UUID(int=7),
        "total": Decimal("19.90"),
        "placed_at": datetime(2026, 1, 31, tzinfo=UTC),
        "due": None,
        "opens": None,
        "status": "OPEN",
        "note": None,
        "gift": False,
        "payment": "card",
        "parent": None,
        "lines": [{"quantity": 2}],
        "batch": [UUID(int=1)],
    }
    return usual | fields


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("message.totl > 0", 8, "shop.Order has no field 'totl': did you mean 'total'?"),
        ("masage.total > 0", 0, "there is no 'masage' here: did you mean 'message'?"),
        ("message.total > '0'", 14, "'>' does not take a decimal and a string"),
        ("message.total + 1 > 2", 14, "'+' does not take a decimal and an int"),
        ("message.note", 8, "a condition is true or false, and this is of type string or null"),
        ("message.note.length() > 3", 13, "CEL's standard library has no function 'length'"),
        ("message.note.starsWith('a')", 13, "did you mean 'startsWith'?"),
        ("startsWith(message.note, 'a')", 0, "startsWith() is written behind a dot: x.startsWith(…)"),
        ("'1'.int() == 1", 4, "int() is written before its argument: int(x)"),
        ("message.gift && message.note", 24, "'&&' joins conditions, and this is a string or null"),
        ("message.note ? true : false", 8, "what stands before '?' is a condition, and this is a string or null"),
        ("message.lines.all(l, l.quantity)", 23, "all() takes a condition, and this is an int"),
        ("message.lines.all(1, true)", 18, "all() begins with a name for each item"),
        ("message.gift.all(x, x)", 13, "all() looks at a list or a map, and this is a bool"),
        ("message.total.cents > 0", 14, "a decimal has no fields, so no 'cents'"),
        ("message.opens > 0", 14, "'>' does not take a time-millis and an int"),
        ("has(message)", 0, "has() asks for a field: has(message.note)"),
        ("message.placed_at > timestamp('2026-02-30T00:00:00Z')", 30, "day is out of range for month"),
        ("message.placed_at > timestamp('yesterday')", 30, "'yesterday' is no timestamp: write 2026-01-31T08:30:00Z"),
        ("{1.5: 1}.size() == 1", 1, "a double can't be the key of a map"),
        ("size(1, 2) == 3", 0, "size() does not take 2 arguments"),
        ("", 0, "expected a value, found the end"),
        ("message.", 8, "expected the name of a field or of a function, found the end"),
        ("1 == 'abc", 5, "a text begins here and does not end"),
        ("1 = 1", 2, "'=' means nothing in CEL"),
        ("message.note.matches('^(?=.*[A-Z])')", 21, "no pattern: RE2, whose patterns these are, has no (?="),
        (r"matches(message.note, r'(a)\1')", 22, r"RE2, whose patterns these are, has no \1"),
        ("message.note.matches('[a-z')", 21, "no pattern: unterminated character set"),
        ("while == 1", 0, "'while' is a word that CEL keeps for itself"),
        ("99999999999999999999 > 0", 0, "99999999999999999999 is larger than a number of 64 bits"),
        ("'\\q' == ''", 0, "'\\q' means nothing in a text"),
        ("(" * 70, 60, "the expression nests deeper than 60 levels"),
        ("true" + " && true" * 4000, 0, "the expression is longer than 20000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text: str, at: int, says: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        condition(text, ORDER)

    assert at == caught.value.at
    assert says in str(caught.value)


def left_to_the_library(text: str) -> str:
    """Return an expression that means the same, and that we do not compile: patterns are RE2's."""
    return f"({text}) && 'x'.matches('x')"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("message.total > 0 && message.total <= 19.9", True),
        ("message.total > 19 && message.total < 20u", True),
        ("message.id == '00000000-0000-0000-0000-000000000007'", True),
        ("message.due == null && !has(message.due) && has(message.id)", True),
        ("message.status in ['OPEN', 'PAID']", True),
        ("message.placed_at < now", True),
        ("message.lines.all(l, l.quantity > 0) && message.lines.size() == 1", True),
        ("message.batch.exists(b, b.endsWith('1')) && size(message.batch) == 1", True),
        ("message.payment == 'card'", True),
        ("message.payment == 5", False),
        ("message.parent == null || message.parent.total > 0", True),
        ("message.note == null || message.note.matches('^[a-z]+$')", True),  # by the library: the pattern is RE2's
        ("'" + "a" * 19_000 + "' != ''", True),
        ("true" + " && true" * 2000, True),
        ("!" * 500 + "true", True),
    ],
)
def test_a_condition_is_asked_of_a_message(text: str, expected: bool) -> None:  # noqa: FBT001  # what is asked for
    assert expected == condition(text, ORDER).holds(order())
    assert expected == condition(left_to_the_library(text), ORDER).holds(order())


def test_the_library_is_given_the_fields_that_a_rule_reads() -> None:
    """A rule may also take the whole message, or a map may have the same keys."""
    rules = {
        "message.note == null": {"note"},
        "message.parent.total > 0 || has(message.gift)": {"parent", "gift"},
        "message.lines.all(l, l.quantity > 0) && now > message.placed_at": {"lines", "placed_at"},
        "[message].exists(m, m.gift)": None,
        "message == message.parent": None,
        "true": set(),
    }

    assert rules == {text: fields_read(parse(text), "message") for text in rules}
    assert condition(left_to_the_library("[message].exists(m, !m.gift)"), ORDER).holds(order())


def test_dates_are_days_since_1970_where_there_is_one() -> None:
    due = condition("message.due > 20000", ORDER)

    assert due.holds(order(due=date(2026, 1, 31)))
    with pytest.raises(EvaluationError, match="a null where a value is due"):
        due.holds(order())


def test_a_condition_names_the_fields_that_it_speaks_of() -> None:
    text = (
        "message.total > 0 && message.lines.all(l, l.quantity > 0) && (message.parent == null || message.parent.gift)"
    )

    assert ("total", "lines", "parent", "parent.gift") == condition(text, ORDER).fields


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("message.lines[3].quantity > 0", "there is no item 3 in a list of 1"),
        ("message.lines[0].quantity / 0 == 1", "a division by zero"),
        ("message.lines[0].quantity + 9223372036854775807 > 0", "the result does not fit an int of 64 bits"),
        ("message.note.size() > 0", "a null where a value is due"),
        ("message.parent.gift", "a null where a value is due"),
        ("dyn(message.note)", "is neither true nor false"),
        ("int(message.status) == 1", "'OPEN' is no int"),
        ("timestamp(message.status) < now", "'OPEN' is no timestamp"),
        ("timestamp('9999-12-31T23:00:00Z') + duration('48h') > now", "out of range"),
        ("message.placed_at.getHours(message.status) == 1", "there is no time zone 'OPEN'"),
    ],
)
def test_what_has_no_value_is_an_error_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        condition(text, ORDER).holds(order())


PROTO = """
syntax = "proto3";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
message Order {
  map<string, google.protobuf.StringValue> notes = 11; repeated google.protobuf.Int64Value sizes = 12;
  google.protobuf.Value anything = 13; google.protobuf.Struct object = 14; google.protobuf.Timestamp due = 15;
  string id = 1; uint64 cents = 2; google.protobuf.Timestamp placed_at = 3; optional int32 tries = 4;
  google.protobuf.Int64Value limit = 5; repeated string tags = 6; map<string, int64> counts = 7; Order parent = 8;
  enum Status { NONE = 0; OPEN = 1; } Status status = 9; bool from = 10;
}
"""


@pytest.fixture(scope="module")
def proto_order() -> tuple[Any, Any]:
    """Return the CEL type of a message of Protobuf, and its class."""
    from google.protobuf import descriptor_pool, message_factory  # here alone

    files, problems = read_protos({"order.proto": Document("order.proto", PROTO)})
    pool = descriptor_pool.DescriptorPool()
    for file in (Timestamp, Int64Value, Struct):
        pool.AddSerializedFile(file.DESCRIPTOR.file.serialized_pb)
    pool.Add(files["order.proto"].described.descriptor)

    assert [] == list(problems)
    return of_proto(files["order.proto"].messages[0]), message_factory.GetMessageClass(
        pool.FindMessageTypeByName("Order")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("message.id != '' && message.cents == 7u && message.cents >= 7", True),
        ("message.placed_at < timestamp('2026-01-01T00:00:00Z')", True),
        ("has(message.placed_at) || has(message.tries) || has(message.tags) || has(message.parent)", False),
        ("has(message.id) && has(message.counts)", True),
        ("message.tries == 0 && message.limit == null", True),
        ("message.counts['x'] == 1 && !('y' in message.counts) && message.counts.size() == 1", True),
        ("message.tags.size() == 0 && message.parent.parent.id == ''", True),
        ("message.status == 1 && message.from", True),
        ("message.notes.all(k, message.notes[k] != '') && message.notes['a'] == 'x'", True),
        ("message.sizes.all(x, x > 0) && 5 in message.sizes && message.sizes == [5] && message.sizes[0] == 5", True),
        ("message.anything == 'a' && message.anything != 'b' && has(message.anything)", True),
        ("message.object.k == 1.0 && has(message.object.k) && !has(message.object.z)", True),
        (
            "(message.from ? message.due : message.placed_at) > timestamp(0) && [message.due].exists(t, t > timestamp(0))",
            True,
        ),
        ("[message.due] == [message.due] && {'k': message.due}['k'] == message.due", True),
    ],
)
def test_a_condition_is_asked_of_a_message_of_protobuf(
    proto_order: tuple[Any, Any],
    text: str,
    expected: bool,  # noqa: FBT001  # what is asked for
) -> None:
    kind, make = proto_order
    message = make(id="o-1", cents=7, counts={"x": 1}, status=1, **{"from": True})
    message.notes["a"].value = "x"
    message.sizes.add(value=5)
    message.anything.string_value = "a"
    message.object["k"] = 1
    message.due.seconds = 5

    assert expected == condition(text, kind).holds(message)
    assert expected == condition(left_to_the_library(text), kind).holds(message)


def test_asking_for_a_key_makes_no_entry_in_a_map_of_protobuf(proto_order: tuple[Any, Any]) -> None:
    kind, make = proto_order
    message = make()
    with pytest.raises(EvaluationError, match="there is no key 'x'"):
        condition("message.counts['x'] == 0", kind).holds(message)

    assert {} == dict(message.counts)


words = st.sampled_from(
    [
        "message",
        ".",
        "total",
        "note",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "<",
        "==",
        "in",
        "1",
        "2.5",
        "'a'",
        "b'x'",
        "7u",
        "true",
        "null",
        "has",
        "all",
        "(",
        "x",
        ",",
        "now",
        "\\",
        "`",
        '"',
        "//",
    ]
)


@given(st.text(max_size=30) | st.lists(words, max_size=25).map(" ".join))
@example("-" * 3000 + "1")
@example("[" * 3000)
@example("1" + "+1" * 3000)
@example("a" + ".b" * 3000)
@example("'" + "\\" * 3000)
@example("9" * 10_000)
@example("'\\U00110000'")
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    assert all(0 <= problem.at <= len(text) for problem in check_rule(text, ORDER))


@given(st.text(max_size=20))
def test_a_text_means_itself(text: str) -> None:
    escaped = "".join(f"\\U{ord(c):08x}" for c in text)

    assert parse(f"'{escaped}'").value == text  # type: ignore[attr-defined]  # a literal


def test_a_duration_is_a_timedelta() -> None:
    kind = of_avro(avro({"type": "record", "name": "R", "fields": [{"name": "n", "type": "long"}]}))
    text = "timestamp(message.n) - timestamp(0) == duration('90m')"

    assert condition(text, kind).holds({"n": timedelta(minutes=90).seconds})
