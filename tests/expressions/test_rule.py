"""Rules about Avro messages: decimals as people write them, and what CEL has no type for stands in nobody's way."""

from __future__ import annotations

from dataclasses import make_dataclass
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from tests.strategies import avro

from tallystick.expressions.of_avro import of_avro
from tallystick.expressions.rule import condition
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
VALUE = W(
    d=Decimal("0.10"),
    s="aa",
    t=time(1),
    f=b"ab",
    span=Duration(1, 2, 3),
    big=Decimal("1E+400"),
    nanos=[LocalTimestampNanos(5)],
)


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
    assert expected is condition(expression, of_avro(SCHEMA)).holds(VALUE)


@pytest.mark.parametrize(
    "expression",
    [
        "message.s.matches('^a+$')",
        "has(message.span) && message.s.matches('a')",
        "message.f == b'ab' && message.s.matches('a')",
    ],
)
def test_a_pattern_is_asked_beside_fields_that_cel_has_no_type_for(expression: str) -> None:
    assert condition(expression, of_avro(SCHEMA)).holds(VALUE)
