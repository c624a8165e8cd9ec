"""Avro IDL: it says what JSON says, in both of its forms, and what is not IDL has a line and a column."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import schemas

from tallystick.errors import InputError, InvalidAvro, InvalidIdl
from tallystick.schema.avro import parse_avro, parse_types
from tallystick.schema.avro_idl import read_idl
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, Place, RecordType, Schema

SHOP = """\
/** The shop's messages. */
@version("1.2")
@namespace("org.example.shop")
protocol Shop {
  /** How it is paid. */
  @aliases(["Way", "org.old.Way"])
  enum Payment { /** coins */ CASH, @since(2) CARD } = CARD;

  @unit({"bits": [128, -0x10, 1.5e1, true, null, "\\u00e9\\101\\n"]})
  fixed Checksum(0x10);

  @logicalType("decimal") @precision(9) @scale(2) @namespace("org.money")
  fixed Amount(8);

  /**
   * An order,
   *   as it was placed.
   */
  record Order {
    /** who */
    string /** the buyer */ buyer = "nobody", @order("DESCENDING") @aliases(["vendor"]) seller;
    Payment? paid = "CASH"; Payment? refunded = null; Payment? owed;
    @logicalType("timestamp-micros") long at = 12L;
    array<union { null, Checksum, string }> sums = [];
    map<@pii(true) string> notes = {};
    union { null, `Order`, Later } next = null;
    date d; time_ms t; timestamp_ms ts; local_timestamp_ms lts; uuid id; decimal(10) whole; decimal(12, 3)? price;
    org.money.Amount total; // in cents
    double ratio = 0x1.8p1; float part = 017; boolean gift = true; bytes raw = "\\u00FF";
    string `enum`;
  }
  error NotFound { string message; }
  /* defined after its first use */
  record Later { int x = 1; }

  /** Said, and no part of any schema. */
  Order find(@key("x") uuid id, int limit = 5) throws NotFound, Other;
  void ping() oneway;
}
"""
PAYMENT = {
    "type": "enum", "name": "Payment", "doc": "How it is paid.", "symbols": ["CASH", "CARD"], "default": "CARD",
    "aliases": ["Way", "org.old.Way"],
}  # fmt: skip
CHECKSUM = {"type": "fixed", "name": "Checksum", "size": 16, "unit": {"bits": [128, -16, 15.0, True, None, "éA\n"]}}
AMOUNT = {
    "type": "fixed", "name": "Amount", "namespace": "org.money", "size": 8,
    "logicalType": "decimal", "precision": 9, "scale": 2,
}  # fmt: skip
LATER = {"type": "record", "name": "Later", "fields": [{"name": "x", "type": "int", "default": 1}]}


def logical(name: str, base: str, **more: Any) -> dict[str, Any]:
    return {"type": base, "logicalType": name, **more}


ORDER = {
    "type": "record",
    "name": "Order",
    "namespace": "org.example.shop",
    "doc": "An order,\n  as it was placed.",
    "fields": [
        {"name": "buyer", "type": "string", "doc": "the buyer", "default": "nobody"},
        {"name": "seller", "type": "string", "doc": "who", "order": "descending", "aliases": ["vendor"]},
        {"name": "paid", "type": [PAYMENT, "null"], "default": "CASH"},
        {"name": "refunded", "type": ["null", "Payment"], "default": None},
        {"name": "owed", "type": ["null", "Payment"]},
        {"name": "at", "type": logical("timestamp-micros", "long"), "default": 12},
        {"name": "sums", "type": {"type": "array", "items": ["null", CHECKSUM, "string"]}, "default": []},
        {"name": "notes", "type": {"type": "map", "values": {"type": "string", "pii": True}}, "default": {}},
        {"name": "next", "type": ["null", "Order", LATER], "default": None},
        {"name": "d", "type": logical("date", "int")},
        {"name": "t", "type": logical("time-millis", "int")},
        {"name": "ts", "type": logical("timestamp-millis", "long")},
        {"name": "lts", "type": logical("local-timestamp-millis", "long")},
        {"name": "id", "type": logical("uuid", "string")},
        {"name": "whole", "type": logical("decimal", "bytes", precision=10, scale=0)},
        {"name": "price", "type": ["null", logical("decimal", "bytes", precision=12, scale=3)]},
        {"name": "total", "type": AMOUNT},
        {"name": "ratio", "type": "double", "default": 3.0},
        {"name": "part", "type": "float", "default": 15},
        {"name": "gift", "type": "boolean", "default": True},
        {"name": "raw", "type": "bytes", "default": "\u00ff"},
        {"name": "enum", "type": "string"},
    ],
}


def idl(text: str, main: str | None = None) -> Schema:
    return parse_avro(Document("shop.avdl", text), main=main)


def test_a_protocol_says_what_the_same_json_says() -> None:
    expected = parse_avro(Document("order.avsc", json.dumps(ORDER)))

    assert expected.canonical == idl(SHOP, "Order").canonical
    assert expected.canonical == idl(SHOP, "org.example.shop.Order").canonical


def test_a_part_of_idl_is_found_at_its_line() -> None:
    schema = idl(SHOP, "Order")
    assert isinstance(schema.root, RecordType)
    lines = SHOP.splitlines()

    for field in schema.root.fields:
        span = locate(field.place)
        assert lines[span.line - 1][span.column - 1 :].lstrip("`").startswith(field.name)
    seller = schema.root.fields[1].place
    at = locate(Place(seller.document, f"{seller.pointer}/aliases/0"))
    assert lines[at.line - 1][at.column - 1 :].startswith('"vendor"')


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("schema int;", "int"),
        ("namespace a.b; schema array<R>; record R {}", "array"),
        ("namespace a.b; schema R?; record R {} record S {}", "union"),
        ("record R { S s; } record S {}", "R"),
        ("record R { array<R> s; } enum E { A }", "R"),
        ("namespace a.b; record c.R {}\x1a what an old editor left", "c.R"),
        ('@namespace("x") /** kept */ record R {} // the end', "x.R"),
    ],
)  # fmt: skip
def test_a_file_of_types_is_about_the_declared_schema_or_the_one_that_no_other_uses(text: str, root: str) -> None:
    found = idl(text).root

    assert root == (found.name if isinstance(found, RecordType) else found.kind)


@pytest.mark.parametrize("text", ["record R {} record S {}", "record R { S s; } record S { R r; }", "enum E { A }", ""])
def test_a_file_that_may_be_about_several_things_is_refused(text: str) -> None:
    with pytest.raises(InvalidAvro, match="no single record is the schema here"):
        idl(text)


@pytest.mark.parametrize(
    ("comment", "doc"),
    [
        ("/** one line */", "one line"),
        ("/**\n * a\n *   b\n */", "a\n  b"),
        ("/**\n ** a\n ** b\n */", "a\nb"),
        ("/** a\n      b\n        c */", "a\nb\n  c"),
        ("/** * a\n b */", "* a\nb"),
        ("/** first */ /** second */ /* plain */ // line\n", "second"),
        ("/**/", None),
    ],
)
def test_a_doc_comment_loses_what_all_its_lines_begin_with(comment: str, doc: str | None) -> None:
    root = idl(f"{comment} @custom(1) record R {{}}").root

    assert isinstance(root, RecordType)
    assert doc == root.doc


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("record R {\n  string s\n}", (2, 11), "a ';' is missing at the end of this line"),
        ("record R { string s }", (1, 21), "expected ';', got '}'"),
        ("record R { string s;\nenum E { A }", (2, 1), "expected '}' at the end of the record, got 'enum'"),
        ("record R { string s = 'x'; }", (1, 23), "a stray \"'\""),
        ('record R { string s = "x; }', (1, 23), "a string without an end, or with a character that must be escaped"),
        ("record R { /* }", (1, 12), "a comment without an end"),
        ("record R { int `x; }", (1, 16), "a stray '`'"),
        ("protocol P { record R {}", (1, 25), "expected '}' at the end of the protocol, but the text ends"),
        ("protocol P {} record R {}", (1, 15), "expected the end of the file, got 'record'"),
        ("struct R {}", (1, 1), "expected record, enum, fixed, error or import, got 'struct'"),
        ('import avsc "x";', (1, 8), "expected idl, protocol or schema, got 'avsc'"),
        ('record R { string s = "\\ud83d"; }', (1, 23), "half a surrogate pair"),
        ("record R { long n = 0x8000000000000000; }", (1, 21), "this number is out of range"),
        ("record R { double n = NaN; }", (1, 23), "'NaN' can't be written in JSON, and so in no schema"),
        ("record R { int n = 1e999; }", (1, 20), "'1e999' can't be written in JSON, and so in no schema"),
        ("record R { @fields(1) int n; }", (1, 13), "'@fields' can't stand here: the attribute has a meaning of its own"),
        ('@doc("x") record R {}', (1, 2), "'@doc' can't stand here: the attribute has a meaning of its own"),
        ("@a(1) @a(2) record R {}", (1, 8), "'@a' stands twice"),
        ('@a({"b": 1, "b": 2}) record R {}', (1, 13), "the key 'b' stands twice in one object"),
        ("record R { @a(1) S s; } record S {}", (1, 13), "'S' is defined elsewhere: it can't be annotated here"),
        ("record uuid {}", (1, 8), "'uuid' is the name of a logical type"),
        ("protocol P { int f() oneway; }", (1, 14), "a one-way message must return void"),
        ("@a(" + "[" * 10_000, (1, 104), "nested more than 100 levels deep"),
        ("schema " + "array<" * 10_000, (1, 608), "nested more than 100 levels deep"),
    ],
)  # fmt: skip
def test_what_is_no_idl_is_refused_at_its_place(text: str, place: tuple[int, int], problem: str) -> None:
    with pytest.raises(InvalidIdl) as caught:
        idl(text)

    assert problem == caught.value.message
    assert place == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("record R {\n  Money m;\n}", (2, 3), "unknown type 'Money'"),
        ('record R { int n = "x"; }', (1, 20), "the default of field 'n' must be int, not \"x\""),
        ('record R { map<S> m = {"a":\n {"x": 1}}; } record S { string x; }', (2, 3),
         "in the default of field 'm', 'a.x' must be string, not 1"),
        ("record R {} record R {}", (1, 20), "'R' is defined twice"),
        ("enum E { A, A } record R { E e; }", (1, 13), "symbol 'A' stands twice in 'E'"),
        ("record int {}", (1, 8), "'int' is the name of a primitive type"),
        ("record R { int é; }", (1, 16), "'é' is not a name"),
        ("fixed F(-1); record R { F f; }", (1, 1), "a fixed needs 'size', a number of bytes, got -1"),
        ("".join(f"record R{n} {{ R{n + 1} x; }}\n" for n in range(500)), (101, 15), "nested more than 100 levels deep"),
    ],
)  # fmt: skip
def test_what_is_idl_but_no_schema_is_refused_by_the_rules_of_json(
    text: str, place: tuple[int, int], problem: str
) -> None:
    with pytest.raises(InvalidAvro) as caught:
        idl(text)

    assert problem == caught.value.message
    assert place == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(("count", "is_read"), [(100, True), (101, False), (5_000, False)])
def test_types_that_nest_only_by_name_have_the_same_limit(count: int, is_read: bool) -> None:  # noqa: FBT001  # a table's column
    chain = [f"record R{n} {{ R{n - 1} x; }}" for n in range(1, count + 1)]
    text = "\n".join(["record R0 {}", *chain])
    try:
        schema = idl(text)
    except InvalidAvro as error:
        assert "with the types that it uses, nested more than 100 levels deep" == error.message  # noqa: PT017
        assert not is_read
    else:
        assert is_read
        assert schema.canonical == parse_avro(Document("r.avsc", schema.canonical)).canonical


def test_a_text_that_stops_anywhere_is_a_finding() -> None:
    whole = SHOP.rstrip()
    for end in range(SHOP.index("@version") + 1, len(whole)):
        with pytest.raises(InputError) as caught:
            parse_types(Document("cut.avdl", whole[:end]))

        assert caught.value.line <= whole[:end].count("\n") + 1


@given(st.integers(0, len(SHOP) - 1), st.characters(exclude_categories=["Cs"]))
def test_any_other_character_anywhere_is_read_or_refused(at: int, character: str) -> None:
    try:
        parse_types(Document("shop.avdl", SHOP[:at] + character + SHOP[at + 1 :]))
    except InputError as error:
        assert error.line >= 1  # noqa: PT017  # that it is no other exception is the test


def test_imports_are_kept_with_their_places() -> None:
    file = read_idl(Document("shop.avdl", 'import idl "a.avdl";\n  import schema "../b.avsc";'))

    assert [("idl", "a.avdl", (1, 12)), ("schema", "../b.avsc", (2, 17))] == [
        (item.kind, item.path, item.position) for item in file.imports
    ]


@given(schemas())
def test_a_schema_written_as_idl_reads_back_the_same(schema: Schema) -> None:
    again = idl(_Printer().file(json.loads(schema.canonical)))

    assert schema.canonical == again.canonical


class _Printer:
    """Writes a schema's JSON as IDL, each named type as a declaration of its own."""

    def __init__(self) -> None:
        self.types: list[str] = []

    def file(self, declared: Any) -> str:
        main = self.kind(declared, "")
        return f"schema {main};\n" + "\n".join(self.types)

    def kind(self, node: Any, space: str) -> str:
        if isinstance(node, list):
            return f"union {{ {', '.join(self.kind(branch, space) for branch in node)} }}" if node else "union {}"
        if isinstance(node, str):
            return node
        space = node.get("namespace", space)
        match node["type"]:
            case "array":
                return f"array<{self.kind(node['items'], space)}>"
            case "map":
                return f"map<{self.kind(node['values'], space)}>"
            case "record" | "enum" | "fixed":
                self.types.append(f'@namespace("{space}") {self._notes(node)} {self._body(node, space)}')
                return f"{space}.{node['name']}"
            case base:
                return f"{self._notes(node)} {base}"

    def _notes(self, node: dict[str, Any]) -> str:
        return " ".join(f"@{k}({json.dumps(node[k])})" for k in ("logicalType", "precision", "scale") if k in node)

    def _body(self, node: dict[str, Any], space: str) -> str:
        match node["type"]:
            case "enum":
                return f"enum {node['name']} {{ {', '.join(node['symbols'])} }}"
            case "fixed":
                return f"fixed {node['name']}({node['size']});"
        return f"record {node['name']} {{ {' '.join(self._field(field, space) for field in node['fields'])} }}"

    def _field(self, field: dict[str, Any], space: str) -> str:
        default = f" = {json.dumps(field['default'])}" if "default" in field else ""
        return f"{self.kind(field['type'], space)} `{field['name']}`{default};"


GAPS = st.sampled_from(["", " ", "\n  ", " // a word, and a comma,\n", " /* A, B */ ", "\r\n", "\t"])


@given(st.lists(st.tuples(GAPS, st.sampled_from(["{}", "`{}`", "@since(2) {}", "/** {} */ {}"]), GAPS), min_size=1))
def test_symbols_are_read_however_they_are_written(written: list[tuple[str, str, str]]) -> None:
    text = "enum E { "
    starts = []
    for index, (before, form, after) in enumerate(written):
        symbol = f"S{index}"
        text += f"{',' if index else ''}{before}{form.replace('{}', symbol)}{after}"
        starts.append(text.rindex(f"`{symbol}`" if "`" in form else symbol))
    found = read_idl(Document("e.avdl", f"{text} }}"))

    assert [f"S{index}" for index in range(len(written))] == found.value["types"][0]["symbols"]
    lines = [(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)) for at in starts]
    assert lines == [found.positions[f"/types/0/symbols/{index}"] for index in range(len(written))]


@pytest.mark.parametrize(
    ("symbols", "column", "problem"),
    [
        ("A, B, ", 16, "expected a name, got '}'"),
        ("A, , B", 13, "expected a name, got ','"),
        ("A B", 12, "expected ',' or '}', got 'B'"),
        ("A, NaN, B", 13, "expected a name, got 'NaN'"),
        ("A, 1B, C", 13, "expected a name, got '1'"),
        ("A, B.C, D", 13, "is not a name"),
    ],
)
def test_a_symbol_that_is_none_is_shown_where_it_stands(symbols: str, column: int, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        parse_avro(Document("e.avdl", f"enum E {{ {symbols}}} record R {{ E e; }}"))

    assert column == caught.value.column
