import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import avro, schemas, values

from tallystick.errors import EncodeError
from tallystick.schema.types import Schema
from tallystick.values.avro_json import default_value, from_json, problems, problems_in_json, to_json

ORDER = avro(
    {
        "type": "record",
        "name": "Order",
        "fields": [
            {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}},
            {"name": "note", "type": ["null", "string"], "default": None},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 0},
            {"name": "weight", "type": ["double", "long", {"type": "map", "values": "int"}], "default": 1.5},
        ],
    }
).root


@given(st.data())
def test_a_value_comes_back_from_json(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    value = data.draw(values(schema))

    assert value == from_json(schema.root, json.loads(json.dumps(to_json(schema.root, value))))


def test_defaults_fill_in_and_logical_types_appear_as_their_base() -> None:
    expected = {"total": Decimal("1.23"), "note": None, "at": datetime(1970, 1, 1, tzinfo=UTC), "weight": 1.5}

    assert expected == from_json(ORDER, {"total": "{"})
    assert {"total": "{", "note": None, "at": 0, "weight": {"double": 1.5}} == to_json(ORDER, expected)


def test_a_union_takes_a_wrapped_value_and_a_bare_one_where_one_branch_fits() -> None:
    bare = from_json(ORDER, {"total": "{", "note": "x", "weight": {"a": 1}})

    assert bare == from_json(ORDER, {"total": "{", "note": {"string": "x"}, "weight": {"map": {"a": 1}}})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "Order: expected object, got []"),
        ({}, "Order.total: missing, and it has no default"),
        ({"total": "{", "nots": 1}, "Order.nots: there is no such field"),
        ({"total": "\u20ac"}, "Order.total: expected string of U+0000 to U+00FF, got '\u20ac'"),
        (
            {"total": "\x7f\xff\xff"},
            "Order.total: no Decimal of up to 5 digits, 2 of them after the point: '\x7f\xff\xff'".replace(
                "\x7f\xff\xff", "\\x7f\xff\xff"
            ),
        ),
        ({"total": "{", "note": 1}, "Order.note: expected string, got 1"),
        ({"total": "{", "note": {"string": 1}}, "Order.note: expected string, got 1"),
        ({"total": "{", "at": True}, "Order.at: expected long, got True"),
        ({"total": "{", "at": 2**63}, "Order.at: expected long of 64 bits, got 9223372036854775808"),
        ({"total": "{", "at": 2**62}, "Order.at: no aware datetime: 4611686018427387904"),
        ({"total": "{", "weight": 1}, "Order.weight: fits double and long: 1"),
        ({"total": "{", "weight": True}, "Order.weight: expected one of double, long, map, got True"),
    ],
)
def test_json_that_does_not_fit_is_refused_with_its_path(value: Any, message: str) -> None:
    with pytest.raises(EncodeError) as error:
        from_json(ORDER, value)

    assert message == str(error.value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_lacks_are_strings_as_in_java(text: str) -> None:
    double = avro("double").root

    assert text == to_json(double, from_json(double, text))
    with pytest.raises(EncodeError, match="expected number"):
        from_json(double, math.nan)


def test_the_default_of_a_union_stands_for_the_first_branch_that_it_fits_and_is_made_anew() -> None:
    schema = avro(
        {
            "type": "record",
            "name": "R",
            "fields": [{"name": "f", "type": ["bytes", {"type": "array", "items": "string"}], "default": ["\xff"]}],
        }
    )
    field = next(schema.records()).fields[0]

    assert ["\xff"] == default_value(field)
    assert default_value(field) is not default_value(field)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(max_size=2), inner)
)


@given(schemas(record=True), st.data())
def test_all_problems_are_none_where_the_first_one_is_none(schema: Schema, data: st.DataObject) -> None:
    """Whatever is given: the list is empty just where a value is taken, and it begins with what is raised."""
    value = data.draw(values(schema) | values(data.draw(schemas(record=True))) | JSON)
    for walk, collect in ((to_json, problems), (from_json, problems_in_json)):
        raised = refusal(lambda walk=walk: walk(schema.root, value))  # type: ignore[misc]  # of this round
        found = [str(problem) for problem in collect(schema.root, value)]

        assert (raised is None) == (found == [])
        assert raised is None or raised in found


def refusal(call: Callable[[], Any]) -> str | None:
    try:
        call()
    except EncodeError as error:
        return str(error)
    return None


def test_all_that_does_not_fit_is_listed_with_its_path() -> None:
    line = {
        "type": "record",
        "name": "Line",
        "fields": [{"name": "sku", "type": "string"}, {"name": "n", "type": "int"}],
    }
    fields = [{"name": "id", "type": "string"}, {"name": "lines", "type": {"type": "array", "items": line}}]
    root = avro(
        {"type": "record", "name": "Order", "fields": [*fields, {"name": "note", "type": ["null", "string"]}]}
    ).root
    value = {"idd": 1, "lines": [{"sku": 7}, {"sku": "a", "n": True}], "note": 5}

    assert [
        ("Order.idd", "there is no such field"),
        ("Order.id", "missing"),
        ("Order.lines[0].n", "missing"),
        ("Order.lines[0].sku", "expected string, got 7"),
        ("Order.lines[1].n", "expected int, got True"),
        ("Order.note", "expected one of null, string, got 5"),
    ] == [(problem.path, problem.problem) for problem in problems(root, value)]
    assert ["Order.idd", "Order.id", "Order.lines[0].n", "Order.lines[0].sku"] == sorted(
        [problem.path for problem in problems_in_json(root, {**value, "lines": [{"sku": 7}], "note": None})],
        key=["Order.idd", "Order.id", "Order.lines[0].n", "Order.lines[0].sku"].index,
    )
