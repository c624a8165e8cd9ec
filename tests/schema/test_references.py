"""References: a schema file uses types of others, and each thing that can go wrong names its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.errors import InputError, InvalidAvro
from tallystick.schema.avro import parse_avro
from tallystick.schema.locate import locate
from tallystick.schema.references import Library
from tallystick.schema.types import Document, RecordType


def library(files: Mapping[str, Any]) -> Library:
    texts = {path: value if isinstance(value, str) else json.dumps(value) for path, value in files.items()}
    return Library(sorted(texts), lambda path: Document(path, texts[path]))


def record(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": n, "type": kind} for n, kind in fields.items()]}


CURRENCY = {"type": "enum", "name": "shop.Currency", "symbols": ["EUR"]}
MONEY = record("shop.Money", units="long", currency="Currency")
ORDER = record("shop.Order", total="Money", tip=["null", "shop.Money"], currency="Currency")
FILES = {"a/order.avsc": ORDER, "shared/money.avsc": MONEY, "shared/currency.avsc": CURRENCY}


def test_a_type_comes_from_the_file_that_defines_it_and_the_text_stands_alone() -> None:
    schema = library(FILES).schema("a/order.avsc")
    assert isinstance(schema.root, RecordType)

    assert ("shop.Money", "shop.Currency") == schema.references
    assert ["shared/currency.avsc", "shared/money.avsc"] == [document.path for document in schema.files]
    assert schema.canonical == parse_avro(Document("alone.avsc", schema.canonical)).canonical
    money = schema.named["shop.Money"]
    assert "shared/money.avsc:1:1" == str(locate(money.place))
    assert money is schema.root.fields[0].type


def test_a_schema_of_its_own_has_no_references() -> None:
    schema = library({**FILES, "b.avsc": record("b.B", n="int")}).schema("b.avsc")

    assert ((), ()) == (schema.references, schema.files)


def test_a_file_that_nobody_asks_for_may_be_broken() -> None:
    schema = library({**FILES, "broken.avsc": "{", "broken.avdl": "record"}).schema("a/order.avsc")

    assert "shop.Order" in schema.named


def test_a_local_definition_goes_before_those_of_other_files() -> None:
    files = {**FILES, "b.avsc": record("shop.Order", m=record("Money", n="int"), again="Money")}

    assert () == library(files).schema("b.avsc").references


@pytest.mark.parametrize(
    ("files", "at", "problem"),
    [
        ({"a.avsc": record("A", b="B")}, "a.avsc", "unknown type 'B'"),
        (
            {"a.avsc": record("A", b="B"), "b.avsc": record("B", c="C"), "c.avsc": record("C", a=["null", "A"])},
            "a.avsc",
            "these files need each other: a.avsc needs b.avsc needs c.avsc needs a.avsc",
        ),
        (
            {"a.avsc": record("A", b="B"), "y.avsc": record("B", n="int"), "x.avsc": record("B", n="int")},
            "a.avsc",
            "'B' is defined in 2 files: x.avsc, y.avsc",
        ),
        (
            {"a.avsc": record("A", b="B", m=record("M")), "b.avsc": record("B", m=record("M", n="int"))},
            "a.avsc",
            "this schema needs two types called 'M', from 'b.avsc' and 'a.avsc'",
        ),
        ({"a.avsc": record("A", b="B"), "b.avsc": record("B", c="C")}, "b.avsc", "unknown type 'C'"),
        (
            {"a.avsc": record("A", b="B"), "b.avsc": record("B") | {"fields": 1}},
            "b.avsc",
            "record 'B' needs 'fields', a list",
        ),
    ],
)
def test_what_can_not_be_resolved_is_a_finding_in_its_file(files: Mapping[str, Any], at: str, problem: str) -> None:
    with pytest.raises(InvalidAvro) as caught:
        library(files).schema("a.avsc")

    assert (problem, at) == (caught.value.message, caught.value.file)


IDL = {
    "a/order.avdl": 'namespace shop; schema Order; import idl "../shared/all.avdl"; record Order { Money total; Odd o; }',
    "shared/all.avdl": '@namespace("shop") protocol All { import schema "money.avsc"; import protocol "p.avpr"; }',
    "shared/money.avsc": MONEY,
    "shared/currency.avsc": CURRENCY,
    "shared/p.avpr": {"protocol": "P", "namespace": "shop", "types": [record("Odd", e="Even"), record("Even")]},
    "else/money.avsc": MONEY,
}


def test_idl_takes_types_from_what_it_imports_and_what_that_imports() -> None:
    schema = library(IDL).schema("a/order.avdl")

    assert ("shop.Money", "shop.Currency", "shop.Odd", "shop.Even") == schema.references
    expected = ["shared/all.avdl", "shared/currency.avsc", "shared/money.avsc", "shared/p.avpr"]
    assert expected == [document.path for document in schema.files]


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("schema shop.Money;", 8, "'shop.Money' is defined in shared/money.avsc, which this file does not import"),
        ('import idl "none.avdl"; record R {}', 12, "there is no file 'none.avdl' to import"),
        ('import idl "../../outside.avdl"; record R {}', 12, "there is no file '../../outside.avdl' to import"),
        ('import idl "shared/money.avsc"; record R {}', 12, "'import idl' takes a file *.avdl"),
    ],
)
def test_an_import_that_is_not_there_is_a_finding_at_the_import(text: str, column: int, problem: str) -> None:
    with pytest.raises(InvalidAvro) as caught:
        library({**FILES, "r.avdl": text}).schema("r.avdl")

    assert (problem, "r.avdl", column) == (caught.value.message, caught.value.file, caught.value.column)


def test_an_unknown_name_that_no_file_defines_is_just_unknown() -> None:
    with pytest.raises(InvalidAvro, match=r"  unknown type 'shop\.Monney'$"):
        library({**FILES, "r.avdl": "schema shop.Monney;"}).schema("r.avdl")


@pytest.mark.parametrize(
    ("used", "fix"),
    [
        ("store.Money", "write 'shop.Money', which shared/money.avsc defines"),
        ("shop.Monney", "write 'shop.Money', which shared/money.avsc defines"),
        ("shop.Parcel", "define 'shop.Parcel' before its first use"),
    ],
)
def test_an_unknown_name_that_is_nearly_known_gets_the_known_one(used: str, fix: str) -> None:
    with pytest.raises(InvalidAvro, match=f"unknown type '{used}'") as caught:
        library({**FILES, "r.avsc": record("R", total=used)}).schema("r.avsc")

    assert (caught.value.fix or "").startswith(fix)


def test_a_missing_import_is_written_out() -> None:
    files = {"a/a.avdl": "record A { B b; }", "b.avdl": "record B {}"}
    with pytest.raises(InvalidAvro) as caught:
        library(files).schema("a/a.avdl")

    assert 'add: import idl "../b.avdl";' == caught.value.fix


def test_idl_files_that_need_each_other_are_named() -> None:
    files = {
        "a.avdl": 'import idl "b.avdl"; record A { B b; }',
        "b.avdl": 'import idl "c.avdl"; record B { C c; }',
        "c.avdl": 'import idl "a.avdl"; record C { A a; }',
    }
    for path in files:
        with pytest.raises(
            InvalidAvro, match=r"these files need each other: a\.avdl needs b\.avdl needs c\.avdl needs a"
        ):
            library(files).schema(path)


def test_idl_files_may_import_each_other() -> None:
    files = {"a.avdl": 'import idl "b.avdl"; record A { B b; }', "b.avdl": 'import idl "a.avdl"; record B {}'}

    assert ("B",) == library(files).schema("a.avdl").references


@given(st.integers(2, 40), st.data())
def test_files_that_use_earlier_ones_are_read_in_any_order_of_names(count: int, data: st.DataObject) -> None:
    names = data.draw(st.permutations(range(count)))
    files = {f"{names[0]}.avsc": record("R0")}
    for index in range(1, count):
        used = data.draw(st.lists(st.integers(0, index - 1), min_size=1, max_size=3, unique=True))
        files[f"{names[index]}.avsc"] = record(f"R{index}", **{f"f{other}": f"R{other}" for other in used})

    found = library(files)
    for path in files:
        schema = found.schema(path)
        assert schema.canonical == parse_avro(Document("alone.avsc", schema.canonical)).canonical


def test_a_long_chain_of_files_is_read_or_refused_and_no_crash() -> None:
    files = {f"{n}.avsc": record(f"R{n}", next=f"R{n + 1}") for n in range(2_000)} | {"end.avsc": record("R2000")}

    with pytest.raises(InputError, match="nested more than 100 levels deep"):
        library(files).schema("0.avsc")
