"""A finding is at what changed: the symbol itself, or what stands beside a symbol or a field that is gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.schema.locate import locate
from tallystick.schema.nearby import pinpoint
from tallystick.schema.types import Document, Place

NAMES = st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=8, unique=True)


def enum(symbols: list[str], path: str = "e.avsc") -> Place:
    return Place(Document(path, json.dumps({"type": "enum", "name": "E", "symbols": symbols})), "/symbols")


def record(names: list[str]) -> Document:
    fields = [{"name": name, "type": "int"} for name in names]
    return Document("r.avsc", json.dumps({"type": "record", "name": "R", "fields": fields}))


def symbol_at(place: Place) -> str:
    """Return the symbol that a place leads to, by line and column of its document."""
    return place.document.text[locate(place).column - 1 :].lstrip('"')[0]


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        ("ABC", "AC", "B"),
        ("AC", "ABC", "A"),
        ("AB", "ABC", "B"),
        ("BC", "ABC", "B"),
        ("XBC", "ABC", "X"),
        ("ACB", "ABC", "C"),
        ("Z", "ABC", "Z"),
    ],
)
def test_a_symbol_that_is_new_is_found_and_else_the_one_before_what_is_gone(here: str, there: str, found: str) -> None:
    assert found == symbol_at(pinpoint(enum(list(here)), enum(list(there))))


def test_symbols_in_idl_are_found_in_it() -> None:
    document = Document("e.avdl", "enum E {\n  A,\n  B,\n  C\n}")

    assert "e.avdl:3:3" == str(locate(pinpoint(Place(document, "/types/0/symbols"), enum(["A", "C"]))))


@given(NAMES, NAMES)
def test_any_two_enums_have_a_place_in_the_first(here: list[str], there: list[str]) -> None:
    found = pinpoint(enum(here), enum(there))

    if here == there:
        assert "/symbols" == found.pointer
    else:
        assert symbol_at(found) in here


@given(NAMES, st.data())
def test_a_field_that_is_gone_is_beside_the_one_that_stood_before_it(names: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(names) - 1))
    now = record([name for name in names if name != names[index]])
    found = pinpoint(Place(now), Place(record(names), f"/fields/{index}"))

    assert ("" if index == 0 else f"/fields/{index - 1}") == found.pointer


def test_what_is_in_neither_language_stays_where_it_is() -> None:
    place = Place(Document("contract.yaml", "symbols: [A]"), "/symbols")

    assert place is pinpoint(place, enum(["B"]))
    assert place is pinpoint(place, None)
