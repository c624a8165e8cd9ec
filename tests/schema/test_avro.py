"""Avro schemas: what is read, and what is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import fastavro
import pytest
from hypothesis import given
from tests.strategies import schemas

from tallystick.errors import InvalidAvro
from tallystick.schema import canonical, fingerprint, walk
from tallystick.schema.avro import parse_avro
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, LogicalType, PrimitiveType, RecordType, Schema


def parsed(value: Any) -> Schema:
    return parse_avro(Document("s.avsc", json.dumps(value)))


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields), **more}


def test_namespaces_come_from_the_enclosing_type() -> None:
    schema = parsed(
        record(
            {"name": "a", "type": {"type": "enum", "name": "E", "symbols": ["X"]}},
            {"name": "b", "type": {"type": "fixed", "name": "other.F", "size": 2}},
            {"name": "c", "type": ["null", "E", "other.F", "R"]},
            namespace="org.example",
        )
    )

    assert ["org.example.R", "org.example.E", "other.F"] == list(schema.named)


def test_a_record_may_mean_itself() -> None:
    schema = parsed(record({"name": "next", "type": ["null", "R"]}))

    assert isinstance(schema.root, RecordType)
    assert ["/", "/fields/next", "/fields/next/type", "/fields/next/type/0"] == [p for p, _ in walk.nodes(schema)]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"type": "long", "logicalType": "timestamp-micros"}, LogicalType("timestamp-micros")),
        ({"type": "bytes", "logicalType": "decimal", "precision": 9}, LogicalType("decimal", 9, 0)),
        ({"type": "int", "logicalType": "timestamp-micros"}, None),
        ({"type": "string", "logicalType": "shoe-size"}, None),
    ],
)
def test_a_logical_type_counts_where_it_fits_its_base(declared: Any, expected: LogicalType | None) -> None:
    root = parsed(declared).root

    assert isinstance(root, PrimitiveType)
    assert expected == root.logical


@pytest.mark.parametrize(
    ("schema", "pointer", "problem"),
    [
        (17, "", "expected a type, got 17"),
        ("Order", "", "unknown type 'Order'"),
        ({"kind": "record"}, "", "a type needs 'type'"),
        (record({"name": "a"}), "/fields/0", "a type of this kind needs 'type'"),
        (record({"name": "2a", "type": "int"}), "/fields/0/name", "'2a' is not a name"),
        (record({"name": "a", "type": "int"}, {"name": "a", "type": "int"}), "/fields/1/name", "field 'a' stands twice in 'R'"),
        (record({"name": "a", "type": record()}), "/fields/0/type/name", "'R' is defined twice"),
        (record({"name": "a", "type": "int", "default": "x"}), "/fields/0/default", "the default of field 'a' must be int, not \"x\""),
        (record({"name": "a", "type": "int", "default": 2**31}), "/fields/0/default", "the default of field 'a' must be int, not 2147483648"),
        (record({"name": "a", "type": ["null", "int"], "default": "x"}), "/fields/0/default", "the default of field 'a' fits no branch of its union: \"x\""),
        (["null", ["int"]], "/1", "a union can't hold a union directly"),
        (["int", {"type": "int"}], "/1", "'int' stands twice in one union"),
        ({"type": "enum", "name": "E", "symbols": ["A", "A"]}, "/symbols/1", "symbol 'A' stands twice in 'E'"),
        ({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}, "/default", "the enum's default \"B\" is none of its symbols"),
        ({"type": "fixed", "name": "F", "size": -1}, "", "a fixed needs 'size', a number of bytes, got -1"),
        ({"type": "bytes", "logicalType": "decimal"}, "", "a decimal needs 'precision', a number above 0, got nothing"),
        ({"type": "fixed", "name": "F", "size": 1, "logicalType": "decimal", "precision": 3}, "/precision", "3 digits do not fit 1 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_schema_is_refused_at_its_place(schema: Any, pointer: str, problem: str) -> None:
    document = Document("s.avsc", json.dumps(schema, indent=1))
    with pytest.raises(InvalidAvro) as caught:
        parse_avro(document)

    assert problem == caught.value.message
    place = locate(type(parsed("int").root.place)(document, pointer))
    assert (caught.value.line, caught.value.column) == (place.line, place.column)


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    text = '{"type": "array", "items": ' * 150 + '"int"' + "}" * 150

    with pytest.raises(InvalidAvro, match="nested more than 100 levels deep"):
        parse_avro(Document("s.avsc", text))


def test_the_registry_text_is_what_java_writes() -> None:
    schema = parsed(
        {
            "namespace": "org.example",
            "fields": [
                {"type": {"type": "string"}, "name": "a", "pii": True, "doc": "d", "default": "x", "aliases": ["z"]},
                {"type": {"type": "string", "avro.java.string": "String"}, "name": "b", "order": "ignore"},
            ],
            "aliases": ["S", "other.T"],
            "name": "R",
            "type": "record",
        }
    )

    expected = (
        '{"type":"record","name":"R","namespace":"org.example","fields":['
        '{"name":"a","type":"string","doc":"d","default":"x","aliases":["z"],"pii":true},'
        '{"name":"b","type":{"type":"string","avro.java.string":"String"},"order":"ignore"}],'
        '"aliases":["S","other.T"]}'
    )
    assert expected == schema.canonical


@pytest.mark.parametrize(
    ("schema", "crc64"),
    # The specification's own way to the numbers, by another implementation.
    [(s, int(fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(s), "CRC-64-AVRO"), 16))
     for s in ["int", record({"name": "a", "type": "long", "doc": "x"}, namespace="x.y"), ["null", "string"]]],
)  # fmt: skip
def test_fingerprints_are_those_of_the_specification(schema: Any, crc64: int) -> None:
    assert crc64.to_bytes(8, "little") == fingerprint.crc64(parsed(schema)).to_bytes(8, "big")


@given(schemas())
def test_canonical_text_is_a_fixed_point(schema: Schema) -> None:
    again = parse_avro(Document("s.avsc", schema.canonical))

    assert schema.canonical == again.canonical
    assert canonical.parsing_canonical_form(schema.root) == canonical.parsing_canonical_form(again.root)


@given(schemas())
def test_the_canonical_form_is_what_fastavro_makes_of_the_same_schema(schema: Schema) -> None:
    theirs = fastavro.schema.to_parsing_canonical_form(json.loads(schema.canonical))

    assert canonical.parsing_canonical_form(schema.root) == theirs
