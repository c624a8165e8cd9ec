"""The fast reader and the one with positions mean the same, and both say where a text goes wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.errors import InvalidJson
from tallystick.schema.json_text import read_json, read_with_positions

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.sampled_from([None, 1, 4]))
def test_both_readers_mean_the_same(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)

    assert value == read_json(text, "f") == read_with_positions(text, "f")[0]


@given(st.text(alphabet='{}[]",:0123456789.eE+-\\ntrfalsu \n'))
def test_both_readers_refuse_the_same(text: str) -> None:
    try:
        fast = json.loads(text, parse_constant=lambda _: pytest.fail("a constant"))
    except ValueError:
        with pytest.raises(InvalidJson):
            read_with_positions(text, "f")
        return
    try:
        slow = read_with_positions(text, "f")[0]
    except InvalidJson as error:
        assert "stands twice" in error.message  # noqa: PT017  # json keeps the last one, we refuse
    else:
        assert fast == slow


def test_a_surrogate_pair_is_one_character() -> None:
    assert "😀" == read_json(r'"\ud83d\ude00"', "f")


def test_a_position_is_where_a_key_or_an_item_begins() -> None:
    text = '{\n  "a": [1,\n    {"b/c": 2}]\n}'

    expected = {"": (1, 1), "/a": (2, 3), "/a/0": (2, 9), "/a/1": (3, 5), "/a/1/b~1c": (3, 6)}
    assert expected == read_with_positions(text, "f")[1]


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("", 1, 1, "the text ends too early"),
        ('{"a": 1,\n "a": 2}', 2, 2, "the key 'a' stands twice in one object"),
        ('{"a": NaN}', 1, 7, "expected a value"),
        ('{"a": 1,}', 1, 9, "expected a key in double quotes"),
        ('{"a" 1}', 1, 6, "expected ':'"),
        ("[1 2]", 1, 4, "expected ','"),
        ("[1, 2", 1, 6, "the text ends too early"),
        ('["a\nb"]', 1, 4, "invalid control character at"),
        ("[1e999]", 1, 2, "this number is out of range"),
        ("[" + "9" * 5000 + "]", 1, 2, "this number is out of range"),
        (r'["\ud83d"]', 1, 2, "half a surrogate pair"),
        ("{} {}", 1, 4, "text after the end of the value"),
        ("[" * 100_000, 1, 202, "nested more than 200 levels deep"),
    ],
)
def test_a_text_that_is_not_json_is_refused_at_its_place(text: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(InvalidJson) as caught:
        read_json(text, "f.json")

    assert (caught.value.line, caught.value.column, caught.value.message) == (line, column, problem)
