"""Avro schemas: what is read, and what is refused with its place."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import pytest
from hypothesis import given
from tests.strategies import schemas

from tallystick.errors import InputError, InvalidAvro
from tallystick.schema import canonical, fingerprint, walk
from tallystick.schema.avro import parse_avro
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, EnumType, FixedType, LogicalType, PrimitiveType, RecordType, Schema
from tallystick.values.types import Duration, LocalTimestampNanos, TimestampNanos
from tallystick.wire.avro import compile_decoder, compile_encoder


def parsed(value: Any) -> Schema:
    return parse_avro(Document("s.avsc", json.dumps(value)))


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields), **more}


def fixed(size: int, logical: str, **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": "F", "size": size, "logicalType": logical, **more}


NANOS = ("timestamp-nanos", "local-timestamp-nanos")


LINES = {
    "type": "array",
    "items": {"type": "record", "name": "Line", "fields": [{"name": "n", "type": "int"}]},
}


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
        *((({"type": "long", "logicalType": name}), LogicalType(name)) for name in NANOS),
        ({"type": "string", "logicalType": "uuid"}, LogicalType("uuid")),
        ({"type": "bytes", "logicalType": "big-decimal"}, LogicalType("big-decimal")),
        (fixed(16, "uuid"), LogicalType("uuid")),
        (fixed(15, "uuid"), None),
        (fixed(12, "duration"), LogicalType("duration")),
        (fixed(16, "duration"), None),
        (fixed(2, "decimal", precision=4, scale=4), LogicalType("decimal", 4, 4)),
        (fixed(2, "decimal", precision=5), None),
        (fixed(2, "decimal", precision=4, scale=5), None),
        ({"type": "bytes", "logicalType": "decimal"}, None),
        ({"type": "bytes", "logicalType": "decimal", "precision": 0}, None),
        ({"type": "bytes", "logicalType": "decimal", "precision": True}, None),
    ],
)
def test_a_logical_type_counts_where_it_fits_its_base(declared: Any, expected: LogicalType | None) -> None:
    root = parsed(declared).root

    assert isinstance(root, PrimitiveType | FixedType)
    assert expected == root.logical
    assert declared["logicalType"] == root.properties["logicalType"]


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (fixed(16, "uuid"), UUID(int=7)),
        (fixed(12, "duration"), Duration(months=1, days=2, milliseconds=2**32 - 1)),
        ({"type": "long", "logicalType": "timestamp-nanos"}, TimestampNanos(2**60)),
        ({"type": "long", "logicalType": "local-timestamp-nanos"}, LocalTimestampNanos(-1)),
        ({"type": "bytes", "logicalType": "big-decimal"}, Decimal("-7.0400")),
    ],
)
def test_a_logical_type_has_a_type_in_python_that_holds_each_of_its_values(declared: Any, value: object) -> None:
    schema = parsed(declared)
    data = compile_encoder(schema)(value)

    assert value == compile_decoder(schema)(data, 0)


def test_a_default_may_be_of_any_branch_and_of_the_record_that_holds_it() -> None:
    schema = parsed(
        record(
            {"name": "a", "type": ["null", "int", "R"], "default": {"b": 2}},
            {"name": "b", "type": "int"},
        )
    )

    assert isinstance(schema.root, RecordType)
    assert {"b": 2} == schema.root.fields[0].default


def test_an_alias_that_stands_twice_counts_once() -> None:
    schema = parsed(record({"name": "f", "type": "int", "aliases": ["g", "g"]}, namespace="n", aliases=["a", "n.a"]))

    assert isinstance(schema.root, RecordType)
    assert (("n.a",), ("g",)) == (schema.root.aliases, schema.root.fields[0].aliases)


def test_an_empty_namespace_is_none_and_a_dotted_name_wins() -> None:
    inner = {"type": "fixed", "name": "F", "namespace": "", "size": 1}
    schema = parsed(record({"name": "a", "type": inner}, {"name": "b", "type": "F"}, name="x.R", namespace="n"))

    assert ["x.R", "F"] == list(schema.named)
    assert '{"type":"fixed","name":"F","namespace":"","size":1}},{"name":"b","type":"F"}' in schema.canonical


def test_a_million_symbols_are_read_and_the_wrong_one_is_shown() -> None:
    symbols = [f"S{number}" for number in range(1_000_000)]
    schema = parsed({"type": "enum", "name": "E", "symbols": symbols})
    with pytest.raises(InvalidAvro) as caught:
        parsed({"type": "enum", "name": "E", "symbols": [*symbols, "S-"]})

    assert isinstance(schema.root, EnumType)
    assert 1_000_000 == len(schema.root.symbols)
    assert ("'S-' is not a name", 10888933) == (caught.value.message, caught.value.column)


def test_a_default_that_fits_no_branch_of_alike_records_is_refused_at_once() -> None:
    alike = [{"type": "record", "name": name, "fields": [{"name": "n", "type": ["null", "A", "B"]}]} for name in "AB"]
    alike[0]["fields"][0]["type"][2] = alike[1]  # type: ignore[index]  # JSON as it comes
    deep: Any = {"n": 7}
    for _ in range(45):
        deep = {"n": deep}

    with pytest.raises(InvalidAvro, match="fits no branch of its union"):
        parsed(record({"name": "a", "type": alike[0]}, {"name": "z", "type": ["null", "A", "B"], "default": deep}))


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
        ({"type": {"type": "int"}}, "/type", 'expected the name of a type, got {"type": "int"}'),
        (record(name="x.int"), "/name", "'int' is the name of a primitive type"),
        (record(aliases=["a.2b"]), "/aliases/0", "'2b' is not a name"),
        (record({"name": "a", "type": "int", "aliases": ["b", "x.b"]}), "/fields/0/aliases/1", "'x.b' is not a name"),
        (record(namespace="a..b"), "/namespace", "'' is not part of a namespace"),
        (record(namespace="a.b c"), "/namespace", "'b c' is not part of a namespace"),
        (record({"name": "a", "type": "int", "order": "up"}), "/fields/0/order", 'expected ascending, descending or ignore, got "up"'),
        (record({"name": "a", "type": ["R", "R"]}), "/fields/0/type/1", "'R' stands twice in one union"),
        (record({"name": "a", "type": LINES, "default": [{"n": 1}, {"n": "x"}]}), "/fields/0/default/1/n", "in the default of field 'a', '[1].n' must be int, not \"x\""),
        (record({"name": "a", "type": LINES, "default": [{}]}), "/fields/0/default/0", "in the default of field 'a', '[0]' lacks field 'n'"),
        (record({"name": "a", "type": ["null", LINES], "default": [{"n": None}]}), "/fields/0/default/0/n", "in the default of field 'a', '[0].n' must be int, not nothing"),
        (record({"name": "a", "type": {"type": "map", "values": "R"}, "default": {"k": {}}}, {"name": "b", "type": "int"}), "/fields/0/default/k", "in the default of field 'a', 'k' lacks field 'b'"),
    ],
)  # fmt: skip
def test_what_is_no_schema_is_refused_at_its_place(schema: Any, pointer: str, problem: str) -> None:
    document = Document("s.avsc", json.dumps(schema, indent=1))
    with pytest.raises(InvalidAvro) as caught:
        parse_avro(document)

    assert problem == caught.value.message
    place = locate(type(parsed("int").root.place)(document, pointer))
    assert (caught.value.line, caught.value.column) == (place.line, place.column)


@pytest.mark.parametrize(("levels", "limit"), [(150, 100), (10_000, 200)])
def test_deep_nesting_is_refused_and_not_a_crash(levels: int, limit: int) -> None:
    text = '{"type": "array", "items": ' * levels + '"int"' + "}" * levels

    with pytest.raises(InputError, match=f"nested more than {limit} levels deep"):
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


def test_the_normalized_text_is_sorted_where_order_says_nothing() -> None:
    money = {"precision": 9, "z": 1, "scale": 2, "a": 2, "logicalType": "decimal", "type": "bytes"}
    schema = parsed(
        record(
            {"name": "f", "zz": 1, "type": money, "aa": {"y": 1, "x": 2}, "aliases": ["q", "p"], "order": "ascending"},
            {"name": "g", "type": {"type": "array", "items": "int", "b": 1, "a": 2}},
            doc="",
            aliases=["n.Z", "B", "A"],
            namespace="n",
        )
    )

    expected = (
        '{"type":"record","name":"R","namespace":"n","fields":[{"name":"f",'
        '"type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"a":2,"z":1},'
        '"aliases":["p","q"],"aa":{"y":1,"x":2},"zz":1},'
        '{"name":"g","type":{"type":"array","items":"int","a":2,"b":1}}],"aliases":["A","B","Z"]}'
    )
    assert expected == canonical.normalized_text(schema.root)


def test_attributes_with_a_meaning_elsewhere_are_no_properties() -> None:
    """Java's parser drops them, so that the registry's text never has them."""
    schema = parsed({"type": "array", "items": {"type": "int", "doc": "x", "size": 1, "unit": "cm"}, "name": "y"})

    assert '{"type":"array","items":{"type":"int","unit":"cm"}}' == schema.canonical


def test_an_error_is_a_record_that_stays_an_error() -> None:
    schema = parsed(record() | {"type": "error"})

    assert '{"type":"error","name":"R","fields":[]}' == schema.canonical
    assert '{"name":"R","type":"record","fields":[]}' == canonical.parsing_canonical_form(schema.root)


def test_a_type_called_like_a_kind_is_referred_to_in_full() -> None:
    schema = parsed(record({"name": "next", "type": ["null", "record"]}, name="n.record"))

    assert '["null","n.record"]' in schema.canonical


@pytest.mark.parametrize(
    ("schema", "crc64"),
    # The specification's own way to the numbers, by another implementation.
    [(s, int(fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(s), "CRC-64-AVRO"), 16))
     for s in ["int", record({"name": "a", "type": "long", "doc": "x"}, namespace="x.y"), ["null", "string"]]],
)  # fmt: skip
def test_fingerprints_are_those_of_the_specification(schema: Any, crc64: int) -> None:
    assert crc64.to_bytes(8, "little") == fingerprint.crc64(parsed(schema)).to_bytes(8, "big")


def test_md5_and_sha256_are_of_the_canonical_form() -> None:
    schema = parsed({"type": "int", "unit": "cm"})

    assert hashlib.md5(b'"int"', usedforsecurity=False).hexdigest() == fingerprint.md5(schema)
    assert hashlib.sha256(b'"int"').hexdigest() == fingerprint.sha256(schema)


@given(schemas())
def test_canonical_text_is_a_fixed_point(schema: Schema) -> None:
    again = parse_avro(Document("s.avsc", schema.canonical))

    assert schema.canonical == again.canonical
    assert canonical.parsing_canonical_form(schema.root) == canonical.parsing_canonical_form(again.root)


@given(schemas())
def test_normalizing_changes_no_meaning_and_is_a_fixed_point(schema: Schema) -> None:
    again = parse_avro(Document("s.avsc", canonical.normalized_text(schema.root)))

    assert canonical.parsing_canonical_form(schema.root) == canonical.parsing_canonical_form(again.root)
    assert canonical.normalized_text(schema.root) == canonical.normalized_text(again.root)


@given(schemas())
def test_the_canonical_form_is_what_fastavro_makes_of_the_same_schema(schema: Schema) -> None:
    theirs = fastavro.schema.to_parsing_canonical_form(json.loads(schema.canonical))

    assert canonical.parsing_canonical_form(schema.root) == theirs
