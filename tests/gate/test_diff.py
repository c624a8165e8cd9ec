"""What changed: nothing of a schema escapes, and nothing is told that is not so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.proto_strategies import edits
from tests.strategies import avro, readers, schemas

from tallystick.gate.diff.avro import avro_parts
from tallystick.gate.diff.differences import Difference, between
from tallystick.gate.diff.proto import proto_parts
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_types import ProtoSchema
from tallystick.schema.same import Sameness
from tallystick.schema.types import Document, Schema


def changes(old: Schema, new: Schema) -> list[Difference]:
    """Return what differs between two Avro schemas."""
    return list(between(tuple(avro_parts(old)), tuple(avro_parts(new))))


@given(data=st.data())
@settings(max_examples=300)
def test_of_avro_something_is_told_where_two_schemas_are_not_the_same(data: st.DataObject) -> None:
    old = data.draw(schemas())
    new = data.draw(st.one_of(readers(old), schemas(), st.just(old).map(lambda s: avro(json.loads(s.document.text)))))
    same = Sameness()(old.root, new.root)
    event(f"same: {same}")

    assert same is (changes(old, new) == [])


@given(data=st.data())
@settings(max_examples=200)
def test_the_way_back_takes_away_what_the_way_there_added(data: st.DataObject) -> None:
    old = data.draw(schemas(record=True))
    new = data.draw(st.one_of(readers(old), schemas(record=True)))
    there, back = changes(old, new), changes(new, old)

    # A rename is told of the old name both ways, and an alias is known in one direction only.
    labels = {(one.kind, one.label) for one in there}
    if not any("aliases" in one.facts for one in (*there, *back)):
        assert {label for kind, label in labels if kind == "added"} == {d.label for d in back if d.kind == "removed"}
        assert {label for kind, label in labels if kind == "removed"} == {d.label for d in back if d.kind == "added"}


def proto(text: str) -> ProtoSchema:
    """Return the schema of a .proto file, as the first of its messages."""
    found, problems = read_protos({"a.proto": Document("a.proto", text)})

    assert [] == problems
    return ProtoSchema(found["a.proto"], found["a.proto"].messages[0])


RECORD: dict[str, Any] = {
    "type": "record",
    "name": "Paid",
    "namespace": "shop",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 0},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "DONE"], "default": "OPEN"}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 16}},
        {"name": "lines", "type": {"type": "array", "items": ["null", "string"]}},
    ],
}


def field(of: str, /, **changed: Any) -> dict[str, Any]:
    """Return the record with a field changed."""
    return RECORD | {"fields": [one | changed if one["name"] == of else one for one in RECORD["fields"]]}


CASES: list[tuple[str, dict[str, Any], list[tuple[str, str, dict[str, tuple[Any, Any]]]]]] = [
    ("doc", RECORD | {"doc": "A bill."}, [("changed", "record 'Paid'", {"doc": (None, "A bill.")})]),
    (
        "namespace",
        RECORD | {"namespace": "till"},
        [
            ("changed", "record 'Paid'", {"name": ("shop.Paid", "till.Paid")}),
            ("changed", "enum 'State'", {"name": ("shop.State", "till.State")}),
            ("changed", "fixed 'Hash'", {"name": ("shop.Hash", "till.Hash")}),
        ],
    ),
    ("type", field("id", type="int"), [("changed", "field 'id'", {"type": ("string", "int")})]),
    ("default", field("at", default=1), [("changed", "field 'at'", {"default": ("0", "1")})]),
    (
        "unit",
        field("at", type={"type": "long", "logicalType": "timestamp-micros"}),
        [("changed", "field 'at'", {"type": ("long (timestamp-millis)", "long (timestamp-micros)")})],
    ),
    (
        "rename",
        field("id", name="key", aliases=["id"]),
        [("changed", "field 'id'", {"name": ("id", "key"), "aliases": (None, ["id"])})],
    ),
    ("mark", field("id", pii=True), [("changed", "field 'id'", {"pii": (None, True)})]),
    (
        "symbols",
        field("state", type=RECORD["fields"][2]["type"] | {"symbols": ["OPEN", "LATE"]}),
        [("added", "symbol 'LATE' of 'State'", {}), ("removed", "symbol 'DONE' of 'State'", {})],
    ),
    (
        "order of symbols",
        field("state", type=RECORD["fields"][2]["type"] | {"symbols": ["DONE", "OPEN"]}),
        [("changed", "enum 'State'", {"order of parts": (["OPEN", "DONE"], ["DONE", "OPEN"])})],
    ),
    (
        "size",
        field("hash", type=RECORD["fields"][3]["type"] | {"size": 32}),
        [("changed", "fixed 'Hash'", {"size": (16, 32)})],
    ),
    (
        "items",
        field("lines", type={"type": "array", "items": ["null", "string", "int"]}),
        [("changed", "field 'lines'", {"type": ("array of (null or string)", "array of (null or string or int)")})],
    ),
]


@pytest.mark.parametrize(("name", "new", "expected"), CASES, ids=[name for name, *_ in CASES])
def test_each_fact_of_avro_has_its_words(
    name: str, new: dict[str, Any], expected: list[tuple[str, str, dict[str, tuple[Any, Any]]]]
) -> None:
    found = changes(avro(RECORD), avro(new))

    assert expected == [(one.kind, one.label, dict(one.facts)) for one in found], name


@given(edit=edits())
@settings(max_examples=60, deadline=None)
def test_of_protobuf_each_edit_is_told_of_its_own_message(edit: Any) -> None:
    old, new = proto(edit.before.text), proto(edit.after.text)
    found = list(between(tuple(proto_parts(old)), tuple(proto_parts(new))))
    event(edit.kind)

    assert (old.canonical == new.canonical) is (found == [])
    assert all(edit.field in one.label or edit.message in one.label or "added" in one.label for one in found)


PROTO = """
syntax = "proto3"; package shop;
// A bill.
message Paid {
  string id = 1;
  int64 cents = 2;
  oneof how { string card = 3; string cash = 4; }
  State state = 5;
  map<string, int32> counts = 6;
}
enum State { STATE_NONE = 0; STATE_DONE = 1; }
service Till { rpc Pay(Paid) returns (Paid); }
"""
PROTO_CASES: list[tuple[str, str, list[tuple[str, str, dict[str, tuple[Any, Any]]]]]] = [
    ("string id = 1;", "string key = 1;", [("changed", "field 'id'", {"name": ("id", "key")})]),
    ("string id = 1;", "optional string id = 1;", [("changed", "field 'id'", {"type": ("string", "optional string")})]),
    ("int64 cents = 2;", "int32 cents = 2;", [("changed", "field 'cents'", {"type": ("int64", "int32")})]),
    (
        "int64 cents = 2;",
        'int64 cents = 2 [deprecated = true, json_name = "c"];',
        [("changed", "field 'cents'", {"JSON name": (None, "c"), "deprecated": (None, True)})],
    ),
    ("string cash = 4; }", "} string cash = 4;", [("changed", "field 'cash'", {"oneof": ("how", None)})]),
    (
        "string id = 1;",
        'reserved 1, 8 to 9; reserved "id";',
        [
            ("changed", "message 'Paid'", {"reserved": (None, "1, 8 to 9, id")}),
            ("removed", "field 'id'", {"type": ("string", None), "number": (1, None)}),
        ],
    ),
    ("STATE_DONE = 1;", "STATE_PAID = 1;", [("changed", "value 'STATE_DONE' of 'State'", {"name": ("STATE_DONE", "STATE_PAID")})]),
    (
        "map<string, int32>",
        "map<string, int64>",
        [("changed", "field 'counts'", {"type": ("map<string, int32>", "map<string, int64>")})],
    ),
    ("returns (Paid)", "returns (stream Paid)", [("changed", "method 'Till.Pay'", {"returns": ("shop.Paid", "stream of shop.Paid")})]),
    ("// A bill.", "// What was paid.", [("changed", "message 'Paid'", {"doc": ("A bill.", "What was paid.")})]),
    ('"proto3"; package', '"proto3"; option java_package = "shop"; package', [("changed", "file 'a.proto'", {"java_package": (None, "shop")})]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), PROTO_CASES)
def test_each_fact_of_protobuf_has_its_words(
    old: str, new: str, expected: list[tuple[str, str, dict[str, tuple[Any, Any]]]]
) -> None:
    before, after = proto(PROTO), proto(PROTO.replace(old, new))
    found = between(tuple(proto_parts(before)), tuple(proto_parts(after)))

    assert expected == [(one.kind, one.label, dict(one.facts)) for one in found]
