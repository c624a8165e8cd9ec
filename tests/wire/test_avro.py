import io
import json
import re
from dataclasses import make_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import avro, readers, schemas, values

from tallystick.errors import DecodeError, EncodeError
from tallystick.schema.types import Schema
from tallystick.values.avro_json import from_json, problems, to_json
from tallystick.values.types import LocalTimestampNanos, TimestampNanos
from tallystick.wire.avro import compile_decoder, compile_encoder

LINE = {
    "type": "record",
    "name": "Line",
    "fields": [{"name": "sku", "type": "string"}, {"name": "quantity", "type": "int"}],
}
ORDER = avro(
    {
        "type": "record",
        "name": "OrderPlaced",
        "namespace": "shop",
        "fields": [
            {"name": "id", "type": "string"},
            {"name": "note", "type": ["null", "string"]},
            {"name": "color", "type": {"type": "enum", "name": "Color", "symbols": ["RED", "BLUE"]}},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}},
            {"name": "paid", "type": "boolean"},
            {"name": "lines", "type": {"type": "array", "items": LINE}},
            {"name": "tags", "type": {"type": "map", "values": "long"}},
        ],
    }
)
GOOD: dict[str, Any] = {
    "id": "o-17", "note": "é", "color": "BLUE", "at": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    "total": Decimal("19.90"), "paid": True, "lines": [{"sku": "x" * 9000, "quantity": -70000}], "tags": {"a": 2**40},
}  # fmt: skip


def parsed(schema: Schema) -> Any:
    return fastavro.parse_schema(json.loads(schema.document.text))


@given(st.data())
def test_values_come_back_and_bytes_are_those_of_fastavro(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    value = data.draw(values(schema))
    encoded = compile_encoder(schema)(value)
    theirs = io.BytesIO()
    fastavro.schemaless_writer(theirs, parsed(schema), value)

    assert theirs.getvalue() == encoded
    assert value == compile_decoder(schema)(b"12345" + encoded, 5)
    assert b"12345" + encoded == compile_encoder(schema, prefix=b"12345")(value)


@given(st.data())
def test_another_reader_sees_what_fastavro_sees(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    reader = data.draw(readers(schema))
    encoded = compile_encoder(schema)(data.draw(values(schema)))

    expected = fastavro.schemaless_reader(io.BytesIO(encoded), parsed(schema), parsed(reader))
    assert expected == compile_decoder(schema, reader)(encoded, 0)


@given(st.data())
def test_any_bytes_give_a_value_or_a_decode_error(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    reader = data.draw(st.just(schema) | readers(schema))
    good = compile_encoder(schema)(data.draw(values(schema)))
    cut = data.draw(st.integers(0, len(good)))
    bad = data.draw(
        st.binary(max_size=30)
        | st.just(good[:cut])
        | st.binary(max_size=3).map(lambda b: good[:cut] + b + good[cut:])
        | st.integers(1, 255).map(
            lambda flip: good[:cut] + bytes(b ^ flip for b in good[cut : cut + 1]) + good[cut + 1 :]
        )
    )
    try:
        value = compile_decoder(schema, reader)(bad, 0)
    except DecodeError:
        return

    again = compile_encoder(reader)(value)
    assert again == compile_encoder(reader)(compile_decoder(reader)(again, 0))


def test_generated_classes_go_in_and_come_out() -> None:
    color = StrEnum("Color", {"RED": "RED", "BLUE": "BLUE"})
    line = make_dataclass("Line", ["sku", "quantity"], slots=True, kw_only=True)
    order = make_dataclass("OrderPlaced", list(GOOD), slots=True, kw_only=True)
    classes = {"shop.Color": color, "shop.Line": line, "shop.OrderPlaced": order}
    value = order(**GOOD | {"color": color.BLUE, "lines": [line(**GOOD["lines"][0])]})

    assert compile_encoder(ORDER)(GOOD) == compile_encoder(ORDER, classes)(value)
    assert value == compile_decoder(ORDER, None, classes)(compile_encoder(ORDER)(GOOD), 0)
    with pytest.raises(EncodeError, match=r"^OrderPlaced: expected OrderPlaced, got "):
        compile_encoder(ORDER, classes)(GOOD)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lines": [*GOOD["lines"], {"sku": "", "quantity": "two"}]}, "OrderPlaced.lines[1].quantity: expected int, got 'two'"),
        ({"lines": [{"sku": "", "quantity": True}]}, "OrderPlaced.lines[0].quantity: expected int, got True"),
        ({"lines": [{"sku": "", "quantity": 2**40}]}, "OrderPlaced.lines[0].quantity: expected int of 32 bits, got 1099511627776"),
        ({"lines": [{"sku": ""}]}, "OrderPlaced.lines[0].quantity: missing"),
        ({"lines": ({},)}, "OrderPlaced.lines: expected list, got ({},)"),
        ({"nots": 1}, "OrderPlaced.nots: there is no such field"),
        ({"id": b"x"}, "OrderPlaced.id: expected string, got b'x'"),
        ({"id": "\ud800"}, "OrderPlaced.id: expected string without lone surrogates, got '\\ud800'"),
        ({"note": 1}, "OrderPlaced.note: expected one of null, string, got 1"),
        ({"color": "GREEN"}, "OrderPlaced.color: expected one of RED, BLUE, got 'GREEN'"),
        ({"at": date(2026, 1, 2)}, "OrderPlaced.at: expected aware datetime, got datetime.date(2026, 1, 2)"),
        ({"at": datetime(2026, 1, 2)}, "OrderPlaced.at: expected aware datetime, got datetime.datetime(2026, 1, 2, 0, 0)"),  # noqa: DTZ001  # naive on purpose
        ({"total": Decimal("1.234")}, "OrderPlaced.total: expected Decimal of up to 5 digits, 2 of them after the point, got Decimal('1.234')"),
        ({"total": Decimal("1E+9999999")}, "OrderPlaced.total: expected Decimal of up to 5 digits, 2 of them after the point, got Decimal('1E+9999999')"),
        ({"paid": 1}, "OrderPlaced.paid: expected boolean, got 1"),
        ({"tags": {"a": 1, 2: 3}}, "OrderPlaced.tags: expected string, got 2"),
        ({"tags": {"a": 1.0}}, "OrderPlaced.tags['a']: expected long, got 1.0"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_its_path(change: dict[str, Any], message: str) -> None:
    with pytest.raises(EncodeError) as error:
        compile_encoder(ORDER)(GOOD | change)

    assert message == str(error.value)


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "long", "logicalType": "local-timestamp-millis"}, datetime(2026, 1, 2, tzinfo=UTC), "expected naive datetime"),
        ({"type": "int", "logicalType": "date"}, datetime(2026, 1, 2, tzinfo=UTC), "expected date"),
        ({"type": "int", "logicalType": "time-millis"}, time(1, tzinfo=UTC), "expected time"),
        ({"type": "string", "logicalType": "uuid"}, str(UUID(int=1)), "expected UUID"),
        ({"type": "fixed", "name": "F", "size": 2}, b"abc", "F: expected 2 bytes, got b'abc'"),
        ("float", 1e39, "expected float, got 1e+39"),
        ("double", True, "expected double, got True"),
        ([], None, "expected one of nothing, got None"),
        ([{"type": "map", "values": "int"}, LINE | {"fields": LINE["fields"][1:]}], {"quantity": 1}, "fits map and Line, and nothing tells which"),
        ({"type": "array", "items": "null"}, [None] * 70_000, "70000 items that take no bytes are more"),
    ],
)  # fmt: skip
def test_other_types_are_as_strict(schema: Any, value: Any, message: str) -> None:
    with pytest.raises(EncodeError, match=f"^{re.escape(message)}"):
        compile_encoder(avro(schema))(value)


@pytest.mark.parametrize(
    ("schema", "data", "message"),
    [
        (ORDER, b"\x08o-1", "OrderPlaced.id: the data ends too early"),
        (ORDER, b"\x02x\x04", "OrderPlaced.note: expected one of 2 union branches, got number 2"),
        (ORDER, b"\x02x\x02\x02\xff\x00", "OrderPlaced.note: the text is not UTF-8"),
        (ORDER, b"\x02x\x00\x04", "OrderPlaced.color: expected one of 2 symbols, got number 2"),
        (ORDER, b"\x02x\x00\x00" + b"\xff" * 9 + b"\x01", "OrderPlaced.at: expected aware datetime, got bytes that are none"),
        (ORDER, b"\x02x\x00\x00\x00\x06\x7f\xff\xff", "OrderPlaced.total: expected Decimal of up to 5 digits, 2 of them after the point, got bytes that are none"),
        (ORDER, b"\x02x\x00\x00\x00\x02\x01\x02", "OrderPlaced.paid: expected a boolean byte, got 2"),
        (ORDER, b"\x02x\x00\x00\x00\x02\x01\x01\x04\x02s\x02\x01", "OrderPlaced.lines[1].sku: negative length -1"),
        (ORDER, b"\x02x\x00\x00\x00\x02\x01\x01\x02\x02s\x80\x80\x80\x80\x10", "OrderPlaced.lines[0].quantity: 2147483648 does not fit an int"),
        (ORDER, b"\x02x\x00\x00\x00\x02\x01\x01\x00\x02\x02k", "OrderPlaced.tags['k']: the data ends too early"),
        (ORDER, compile_encoder(ORDER)(GOOD) + b"x", "OrderPlaced: bytes left over: 1"),
        (avro("long"), b"\xff" * 10 + b"\x01", "a varint takes more than 10 bytes"),
        (avro("long"), b"\xff" * 9 + b"\x02", "a varint takes more than 64 bits"),
        (avro("bytes"), b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f", "length 4611686018427387903 goes beyond the data"),
        (avro({"type": "array", "items": "null"}), b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\x00", "4611686018427387904 items go beyond the data"),
        (avro({"type": "array", "items": "long"}), b"\x01\x7f\x00", "negative length -64"),
        (avro({"type": "record", "name": "A", "fields": [{"name": "a", "type": ["null", "A"]}]}), b"\x02" * 9999, "A: nested too deep"),
        (avro("int"), None, "expected bytes, got NoneType"),
    ],
)  # fmt: skip
def test_bytes_that_are_not_what_the_schema_says_are_refused_with_the_path(
    schema: Schema, data: bytes, message: str
) -> None:
    with pytest.raises(DecodeError) as error:
        compile_decoder(schema)(data, 0)

    assert message == str(error.value)


def record(*fields: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields)} | extra


def field(name: str, kind: Any, **extra: Any) -> dict[str, Any]:
    return {"name": name, "type": kind} | extra


AB, ABC = ({"type": "enum", "name": "E", "symbols": list(symbols)} for symbols in ("AB", "ABC"))
MILLIS, MICROS, NANOS, LOCAL_MICROS, LOCAL_NANOS = (
    {"type": "long", "logicalType": f"{kind}-{unit}"}
    for kind, unit in (
        ("timestamp", "millis"),
        ("timestamp", "micros"),
        ("timestamp", "nanos"),
        ("local-timestamp", "micros"),
        ("local-timestamp", "nanos"),
    )
)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
LOCAL = MOMENT.replace(tzinfo=None)


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


@pytest.mark.parametrize(
    ("writer", "value", "reader", "expected"),
    [
        ("int", 5, ["string", "double", "int"], 5),  # the same type goes before a promotion, as in Java
        (["bytes", "string"], "x", ["null", "bytes", "string"], "x"),
        ("long", 2**53, "float", float(2**53)),
        ("string", "é", "bytes", "é".encode()),
        (["int", "string"], "x", "string", "x"),
        (AB | {"name": "old.E"}, "B", AB | {"name": "new.E"}, "B"),
        (ABC, "C", AB | {"default": "A"}, "A"),
        (MILLIS, datetime(2026, 1, 2, tzinfo=UTC), MICROS, datetime(2026, 1, 2, tzinfo=UTC)),
        (NANOS, TimestampNanos.of(MOMENT, 999), MILLIS, MOMENT),
        (NANOS, TimestampNanos(-1), MICROS, datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        (MILLIS, MOMENT, NANOS, TimestampNanos.of(MOMENT)),
        (MICROS, MOMENT, NANOS, TimestampNanos.of(MOMENT)),
        (LOCAL_MICROS, LOCAL, LOCAL_NANOS, LocalTimestampNanos.of(LOCAL)),
        (LOCAL_NANOS, LocalTimestampNanos.of(LOCAL), LOCAL_MICROS, LOCAL),
        ("long", 1, MILLIS, datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)),
        (decimal(4, 2), Decimal("1.23"), decimal(9, 2), Decimal("1.23")),
        (record(field("a", "int"), field("b", "string")), {"a": 1, "b": "x"}, record(field("c", "long", aliases=["a"])), {"c": 1}),
        (record(field("a", "int")), {"a": 1}, record(field("b", "long", aliases=["a"]), field("a", "double")), {"b": 1, "a": 1.0}),
        (record(name="Old"), {}, record(field("a", {"type": "map", "values": "int"}, default={"k": 1}), aliases=["Old"]), {"a": {"k": 1}}),
        (record(field("r", ["null", "R"])), {"r": {"r": None}}, record(field("r", ["R", "null"])), {"r": {"r": None}}),
    ],
)  # fmt: skip
def test_a_reader_gets_what_the_specification_says(writer: Any, value: Any, reader: Any, expected: Any) -> None:
    decode = compile_decoder(avro(writer), avro(reader))

    assert (type(expected), expected) == (type(value := decode(compile_encoder(avro(writer))(value), 0)), value)


def test_a_default_that_can_change_is_made_anew_for_each_value() -> None:
    items = {"type": "array", "items": {"type": "array", "items": "int"}}
    decode = compile_decoder(avro(record()), avro(record(field("a", items, default=[[1]]))))
    decode(b"", 0)["a"][0].append(2)

    assert {"a": [[1]]} == decode(b"", 0)


@pytest.mark.parametrize(
    ("writer", "reader", "message"),
    [
        (record(field("a", record(name="In"))), record(field("a", record(field("b", "int"), name="In"))), "R.a.b: the reader expects this field, the writer never sends it, and there is no default"),
        ({"type": "array", "items": "string"}, {"type": "array", "items": "int"}, "[]: string can't be read as int"),
        (record(field("a", decimal(4, 2))), record(field("a", decimal(4, 1))), "R.a: bytes (decimal) can't be read as bytes (decimal)"),
        (NANOS, LOCAL_MICROS, "long (timestamp-nanos) can't be read as long (local-timestamp-micros)"),
        (["int", "boolean"], "string", "[int, boolean] can't be read as string"),
        (record(name="x.A"), record(name="x.B"), "A: record 'x.A' can't be read as record 'x.B'"),
        (record(), record(field("d", {"type": "int", "logicalType": "date"}, default=2**31 - 1)), "R: the default of d: no date: 2147483647"),
    ],
)  # fmt: skip
def test_a_pair_that_can_not_be_resolved_is_refused_before_any_data(writer: Any, reader: Any, message: str) -> None:
    with pytest.raises(DecodeError) as error:
        compile_decoder(avro(writer), avro(reader))

    assert message == str(error.value)


@pytest.mark.parametrize(
    ("writer", "reader", "good", "bad", "message"),
    [
        (["int", "string"], "long", 1, "x", "string can't be read as long"),
        (ABC, AB, "A", "C", "E: the reader's 'E' has no symbol 'C' and no default"),
        (decimal(4, 0), decimal(2, 0), Decimal(99), Decimal(100), "expected Decimal of up to 2 digits, 0 of them after the point, got bytes that are none"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_refused_only_when_met(
    writer: Any, reader: Any, good: Any, bad: Any, message: str
) -> None:
    encode, decode = compile_encoder(avro(writer)), compile_decoder(avro(writer), avro(reader))

    assert good == decode(encode(good), 0)
    with pytest.raises(DecodeError) as error:
        decode(encode(bad), 0)
    assert message == str(error.value)


@pytest.mark.parametrize("reader", ["R", "S"])
def test_blocks_that_say_their_size_are_read_and_skipped(reader: str) -> None:
    schema = avro(record(field("a", {"type": "array", "items": "string"}), field("b", "int")))
    only_b = avro(record(field("b", "int")))
    data = b"\x03\x08\x02x\x02y\x02\x02z\x00\x0a"  # two items in four bytes, one item, the end; then 5

    expected = {"a": ["x", "y", "z"], "b": 5} if reader == "R" else {"b": 5}
    assert expected == compile_decoder(schema, schema if reader == "R" else only_b)(data, 0)


@pytest.mark.parametrize("length", [n + d for n in (1, 64, 128, 8192, 16_384, 65_536, 2**20) for d in (-1, 0, 1)])
def test_arrays_and_maps_around_the_edges_of_the_tables_come_back(length: int) -> None:
    schema = avro({"type": "array", "items": "boolean"})
    many = [True] * length

    assert many == compile_decoder(schema)(compile_encoder(schema)(many), 0)
    if length <= 16_385:  # a map is slower, and its count is written by the same code
        of_maps = avro({"type": "map", "values": "null"})
        keys = {str(number): None for number in range(length)}
        assert keys == compile_decoder(of_maps)(compile_encoder(of_maps)(keys), 0)


@pytest.mark.parametrize("number", [2**bits + d for bits in range(63) for d in (-1, 0, 1)])
def test_numbers_around_every_power_of_two_are_written_as_fastavro_writes_them(number: int) -> None:
    encode, decode = compile_encoder(avro("long"), prefix=b"!"), compile_decoder(avro("long"))
    for value in (number, -number):
        out = io.BytesIO()
        fastavro.schemaless_writer(out, "long", value)

        assert b"!" + out.getvalue() == encode(value) == encode(value)
        assert value == decode(encode(value), 1)


@pytest.mark.parametrize(("kind", "bits"), [("int", 31), ("long", 63)])
def test_a_number_that_is_too_large_for_its_type_is_refused(kind: str, bits: int) -> None:
    encode, decode = compile_encoder(avro(kind)), compile_decoder(avro(kind))
    for value in (2**bits - 1, -(2**bits)):
        assert value == decode(encode(value), 0)
    for value in (2**bits, -(2**bits) - 1, 2**64, -(2**64), 2**70, -(2**200)):
        with pytest.raises(EncodeError, match=f"expected {kind} of {bits + 1} bits"):
            encode(value)


@pytest.mark.parametrize("size", [None, 6])
@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-0",
        "0.01",
        "-0.01",
        "1",
        "-1",
        "1.28",
        "-1.28",
        "1.29",
        "2.55",
        "2.56",
        "-2.56",
        "327.67",
        "327.68",
        "-327.68",
        "-327.69",
        "1E+1",
        "1.0",
        "1.230",
        "9999999.99",
        "-9999999.99",
    ],
)
def test_a_decimal_of_any_size_comes_back(text: str, size: int | None) -> None:
    kind = decimal(9, 2) if size is None else decimal(9, 2) | {"type": "fixed", "name": "F", "size": size}
    data = compile_encoder(avro(kind))(Decimal(text))
    number = int(Decimal(text) * 100)
    length = size or next(n for n in range(1, 9) if -(1 << 8 * n - 1) <= number < 1 << 8 * n - 1)
    before = b"" if size else bytes([2 * length])

    assert before + number.to_bytes(length, "big", signed=True) == data
    assert Decimal(text) == compile_decoder(avro(kind))(data, 0)


@pytest.mark.parametrize(
    "value",
    [Decimal(text) for text in ["10000000", "-10000000", "1E+999999", "1E+999999999", "0.001", "1E-999999999", "NaN", "sNaN", "Infinity", "-Infinity"]]
    + [1, True, 1.5, "1", None],
)  # fmt: skip
def test_what_is_no_decimal_of_a_type_is_refused(value: Any) -> None:
    with pytest.raises(EncodeError, match="expected Decimal of up to 9 digits, 2 of them after the point"):
        compile_encoder(avro(decimal(9, 2)))(value)


@pytest.mark.parametrize("number", [n + d for n in (0, 64, 8192) for d in (-1, 0, 1)])
def test_texts_around_the_edges_of_the_tables_come_back(number: int) -> None:
    text = "x" * number
    assert text == compile_decoder(avro("string"))(compile_encoder(avro("string"))(text), 0)


def test_values_nested_without_end_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["r"] = endless

    with pytest.raises(EncodeError, match=r"^R: nested too deep$"):
        compile_encoder(avro(record(field("r", ["null", "R"]))))(endless)
    assert ["nested too deep"] == [p.problem for p in problems(avro(record(field("r", ["null", "R"]))).root, endless)]


def test_a_wide_union_and_a_deep_schema_compile() -> None:
    wide = [record(field(f"f{n}", "int"), name=f"R{n}") for n in range(200)]
    deep, value = "int", 5
    for _ in range(60):
        deep, value = {"type": "array", "items": deep}, [value]  # type: ignore[assignment]  # each level is another type

    assert {"f150": 3} == compile_decoder(avro(wide))(compile_encoder(avro(wide))({"f150": 3}), 0)
    assert value == compile_decoder(avro(deep))(compile_encoder(avro(deep))(value), 0)


def test_the_source_of_a_codec_can_be_read() -> None:
    encode, decode = compile_encoder(ORDER), compile_decoder(ORDER)

    assert "def write_array" in encode.__source__  # type: ignore[attr-defined]  # a function's own attribute
    assert "id_" in decode.__source__  # type: ignore[attr-defined]  # the same


E1, E2 = ({"type": "enum", "name": f"j.E{n}", "symbols": ["X", "YZ"[n - 1]]} for n in (1, 2))
F1, F2 = ({"type": "fixed", "name": f"j.F{n}", "size": 4} for n in (1, 2))
R1, R2 = ({"type": "record", "name": f"j.R{n}", "fields": [{"name": "x", "type": "int"}]} for n in (1, 2))


@pytest.mark.parametrize(
    ("union", "json", "data"),
    [
        ([E1, E2], {"j.E2": "X"}, "0200"),
        (["string", E1], {"j.E1": "X"}, "0200"),
        ([E1, "string"], {"string": "X"}, "020258"),
        (["bytes", F1], {"j.F1": "abcd"}, "0261626364"),
        ([F1, F2], {"j.F2": "abcd"}, "0261626364"),
        (["double", "float"], {"float": 1.5}, "020000c03f"),
        (["int", "long"], {"long": 5}, "020a"),
        (["null", "string", R1, R2], {"j.R2": {"x": 1}}, "0602"),
        ([{"type": "map", "values": "int"}, R1], {"j.R1": {"x": 1}}, "0202"),
        (["null", "int", "long"], None, "00"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_tag_says_which_branch_a_value_is_of(union: Any, json: Any, data: str, wrapped: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    schema = avro(record(field("u", {"type": "array", "items": union}), name="W") if wrapped else union)
    value = {"u": [json]} if wrapped else json
    expected = bytes.fromhex(f"02{data}00" if wrapped else data)

    assert expected == compile_encoder(schema)(from_json(schema.root, value, tags=True))
    assert value == to_json(schema.root, compile_decoder(schema, tags=True)(expected, 0))


@given(data=st.data())
def test_json_gives_the_bytes_of_the_value_with_tags_and_without(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    value = data.draw(values(schema))
    encode, decode = compile_encoder(schema), compile_decoder(schema, tags=True)
    written = encode(value)

    assert written == encode(from_json(schema.root, to_json(schema.root, value), tags=True))
    assert written == encode(decode(written, 0))
    assert to_json(schema.root, value) == to_json(schema.root, decode(written, 0)) or "NaN" in repr(
        to_json(schema.root, value)
    )


@pytest.mark.parametrize("hours", [-8, 5])
def test_a_moment_that_its_zone_takes_out_of_all_years_is_refused(hours: int) -> None:
    edge = datetime(9999, 12, 31, 23, 59) if hours < 0 else datetime(1, 1, 1)  # noqa: DTZ001  # the zone comes next
    moment = edge.replace(tzinfo=timezone(timedelta(hours=hours)))

    with pytest.raises(EncodeError, match="expected aware datetime"):
        compile_encoder(avro(MICROS))(moment)
    assert edge.replace(tzinfo=UTC) == compile_decoder(avro(MICROS))(
        compile_encoder(avro(MICROS))(edge.replace(tzinfo=UTC)), 0
    )


@pytest.mark.parametrize("kind", ["float", "double"])
@pytest.mark.parametrize("value", [10**400, -(10**400), 2**70 + 1])
def test_an_int_that_no_float_holds_is_refused(kind: str, value: int) -> None:
    schema = avro(record(field("a", kind)))

    with pytest.raises(EncodeError, match=f"R.a: expected {kind}"):
        compile_encoder(schema)({"a": value})
    assert ["R.a"] == [problem.path for problem in problems(schema.root, {"a": value})]
