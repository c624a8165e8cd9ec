"""The registry verdict beside what other programs do: Apache Avro's own checker, and readers that really read."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.strategies import avro as parsed
from tests.strategies import readers, schemas, values

from tallystick.compat.engine import Engine
from tallystick.compat.verdict import compat_rules
from tallystick.errors import DecodeError, EncodeError, InvalidAvro
from tallystick.rulekit.rule import Kind
from tallystick.schema.canonical import registry_text
from tallystick.schema.same import Sameness
from tallystick.schema.types import ArrayType, EnumType, FixedType, MapType, RecordType, Schema, Type, UnionType
from tallystick.wire.avro import compile_decoder, compile_encoder

PAIR_RULES = compat_rules().of(Kind.PAIR)
ENGINE = Engine(PAIR_RULES, PAIR_RULES)
KINDS = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]


@st.composite
def mutants(draw: st.DrawFn, schema: Schema) -> Schema:
    """Make schemas like another one, with one to three changes that may or may not break."""
    value = json.loads(schema.document.text)
    for _ in range(draw(st.integers(1, 3))):
        value = _mutated(draw, value)
    try:
        return parsed(value)
    except InvalidAvro:  # a type that was used again is gone, or stands twice in a union
        assume(condition=False)
        raise


def _mutated(draw: st.DrawFn, kind: Any) -> Any:
    """Change a type here, or somewhere below."""
    below = list(_below(kind))
    if below and draw(st.booleans()):
        holder, key = draw(st.sampled_from(below))
        holder[key] = _mutated(draw, holder[key])
        return kind
    match kind:
        case list():
            return draw(st.sampled_from([kind[1:] or kind, kind[::-1], kind[0]]))
        case {"type": "record", "fields": fields}:
            added = {"name": f"g{len(fields)}", "type": "int"} | ({"default": 1} if draw(st.booleans()) else {})
            changed = draw(st.sampled_from([fields[1:], [*fields, added], fields[::-1]]))
            return kind | {"fields": changed}
        case {"type": "enum", "symbols": symbols}:
            more = {"symbols": [*symbols, "Z"]} | ({"default": symbols[0]} if draw(st.booleans()) else {})
            return kind | draw(st.sampled_from([{"symbols": symbols[1:] or symbols}, more, {"name": "Renamed"}]))
        case {"type": "fixed", "size": size}:
            return {"type": "fixed", "name": kind["name"], "size": size + 1}
        case str() if kind in KINDS:
            return draw(st.sampled_from([*KINDS, ["null", kind]]))
        case _:
            return draw(st.sampled_from([kind, "string"]))


def _below(kind: Any) -> Any:
    match kind:
        case list():
            yield from ((kind, index) for index in range(len(kind)))
        case {"type": "record", "fields": fields}:
            yield from ((field, "type") for field in fields if "default" not in field)
        case {"type": "array"}:
            yield kind, "items"
        case {"type": "map"}:
            yield kind, "values"


def _bare(value: Any) -> Any:
    """Take logical types out: to a registry they are not there."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in ("logicalType", "precision", "scale")}
    return value


BARE = schemas().map(lambda schema: parsed(_bare(json.loads(schema.document.text))))
PAIRS = BARE.flatmap(lambda writer: mutants(writer).map(lambda reader: (reader, writer)))


def theirs(schema: Schema) -> Any:
    """Return a schema as the avro package reads it."""
    return avro.schema.parse(schema.canonical)


@settings(max_examples=300)
@given(PAIRS)
def test_the_verdict_is_apache_avros(pair: tuple[Schema, Schema]) -> None:
    """The avro package's checker is a port of Java's SchemaCompatibility. Where it raises, it has no verdict."""
    for reader, writer in (pair, pair[::-1]):
        answer = ReaderWriterCompatibilityChecker().get_compatibility(theirs(reader), theirs(writer))

        assert ENGINE.can_read(reader, writer) is (answer.compatibility is SchemaCompatibilityType.compatible)


@settings(max_examples=300)
@given(PAIRS, st.data())
def test_what_is_called_readable_is_read(pair: tuple[Schema, Schema], data: st.DataObject) -> None:
    """Whatever the writer sends, the reader's decoder takes; but for bytes that are no text, read as text (AVRO415)."""
    for reader, writer in (pair, pair[::-1]):
        if ENGINE.can_read(reader, writer) and _has_values(writer.root):
            encoded = compile_encoder(writer)(data.draw(values(writer)))
            try:
                compile_decoder(writer, reader)(encoded, 0)
            except DecodeError as error:
                assert "the text is not UTF-8" == error.problem  # noqa: PT017  # most of the time there is no error


def _has_values(kind: Type, inside: frozenset[Type] = frozenset()) -> bool:
    """Say whether a type has any value: a record within itself, with no way out, has none."""
    match kind:
        case RecordType(fields=fields):
            return kind not in inside and all(_has_values(field.type, inside | {kind}) for field in fields)
        case UnionType(branches=branches):
            return any(_has_values(branch, inside) for branch in branches)
        case _:
            return True


# Where a reader's and a writer's types that meet are such, the library may refuse the pair, though it is readable.
# docs/avro-libraries.md has the reasons.
AVRO_REFUSES: dict[str, Callable[[Any, Any], bool]] = {
    "text as bytes": lambda reader, writer: (reader.kind, writer.kind) == ("bytes", "string"),
    "bytes as text": lambda reader, writer: (reader.kind, writer.kind) == ("string", "bytes"),
    "a default for symbols": lambda reader, writer: (
        reader.kind == writer.kind == "enum" and not set(writer.symbols) <= set(reader.symbols)
    ),
    "items of another type": lambda reader, writer: (
        reader.kind == writer.kind == "array" and not Sameness()(reader.items, writer.items)
    ),
    "values of another type": lambda reader, writer: (
        reader.kind == writer.kind == "map" and not Sameness()(reader.values, writer.values)
    ),
    "from a union to none": lambda reader, writer: writer.kind == "union" != reader.kind,
}


def _takes_bytes_by_default(reader: Any, writer: Any) -> bool:
    """Say whether a reader takes bytes from a default: both libraries get these wrong."""
    if not isinstance(reader, RecordType) or not isinstance(writer, RecordType):
        return False
    new = [registry_text(field.type) for field in reader.fields if writer.find(field) is None]
    return any(kind in text for text in new for kind in ('"bytes"', '"fixed"'))


def _meeting(reader: Any, writer: Any, seen: frozenset[tuple[Any, Any]] = frozenset()) -> Iterator[tuple[Any, Any]]:
    """Yield the types of two schemas that meet when messages are resolved; of unions, each branch with each."""
    if (reader, writer) in seen:
        return
    seen |= {(reader, writer)}
    yield reader, writer
    below: list[tuple[Any, Any]] = []
    match reader, writer:
        case _, UnionType(branches=branches):
            below = [(reader, branch) for branch in branches]
        case UnionType(branches=branches), _:
            below = [(branch, writer) for branch in branches]
        case RecordType(), RecordType():
            found = ((field, writer.find(field)) for field in reader.fields)
            below = [(field.type, other.type) for field, other in found if other is not None]
        case ArrayType(), ArrayType():
            below = [(reader.items, writer.items)]
        case MapType(), MapType():
            below = [(reader.values, writer.values)]
    for ours, theirs in below:
        yield from _meeting(ours, theirs, seen)


@settings(max_examples=200)
@given(PAIRS | BARE.flatmap(lambda w: st.tuples(readers(w), st.just(w))), st.data())
def test_libraries_read_what_is_called_readable(pair: tuple[Schema, Schema], data: st.DataObject) -> None:
    for reader, writer in (pair, pair[::-1]):
        if not ENGINE.can_read(reader, writer) or not _has_values(writer.root):
            continue
        encoded = compile_encoder(writer)(data.draw(values(writer)))
        both = json.loads(writer.canonical), json.loads(reader.canonical)
        try:
            ours = compile_decoder(writer, reader)(encoded, 0)
        except DecodeError:  # bytes that are no text: test_what_is_called_readable_is_read allows no other
            continue
        by_avro = _read_by_avro(encoded, *both)
        meeting = list(_meeting(reader.root, writer.root))
        assume(not any(_takes_bytes_by_default(*types) for types in meeting))
        excused = any(is_refused(*pair) for is_refused in AVRO_REFUSES.values() for pair in meeting)

        assert _is_same(ours, _read_by_fastavro(encoded, *both))
        assert (excused and by_avro is REFUSED) or (by_avro is not REFUSED and _is_same(ours, by_avro))


def _is_same(ours: Any, theirs: Any) -> bool:
    """Compare values. The avro package leaves an int an int where the reader wants a float."""
    match ours:
        case dict():
            return ours.keys() == theirs.keys() and all(_is_same(ours[key], theirs[key]) for key in ours)
        case list():
            return len(ours) == len(theirs) and all(map(_is_same, ours, theirs))
        case float():
            return ours == float(theirs)
        case _:
            return bool(ours == theirs)


@settings(max_examples=300)
@given(PAIRS)
def test_what_is_called_unreadable_has_a_message_that_is_not_read(pair: tuple[Schema, Schema]) -> None:
    for reader, writer in (pair, pair[::-1]):
        if _has_values(writer.root) and not ENGINE.can_read(reader, writer):
            messages = [compile_encoder(writer)(value) for value in _each_way(writer.root)]

            assert any(_fails(writer, reader, message) for message in messages)


def _fails(writer: Schema, reader: Schema, message: bytes) -> bool:
    try:
        compile_decoder(writer, reader)(message, 0)
    except DecodeError:
        return True
    return False


LARGE = {"null": None, "boolean": True, "int": 2**31 - 1, "long": 2**63 - 1, "float": 0.5, "double": 1e300}


def _each_way(kind: Type, inside: tuple[Type, ...] = ()) -> list[Any]:
    """Return values that take each branch and each symbol, one at a time; a record stands in itself once."""
    match kind:
        case UnionType(branches=branches):
            return [value for branch in branches for value in _each_way(branch, inside)]
        case RecordType(fields=fields):
            if inside.count(kind) > 1:
                return []
            each = {field.name: _each_way(field.type, (*inside, kind)) for field in fields}
            if not all(each.values()):
                return []
            first = {name: found[0] for name, found in each.items()}
            return [first, *(first | {name: value} for name, found in each.items() for value in found[1:])]
        case EnumType(symbols=symbols):
            return list(symbols)
        case ArrayType(items=items):
            return [[], *([value] for value in _each_way(items, inside))]
        case MapType(values=held):
            return [{}, *({"k": value} for value in _each_way(held, inside))]
        case FixedType(size=size):
            return [bytes(size)]
        case _:
            return [LARGE.get(kind.kind, "x" if kind.kind == "string" else b"x")]


@pytest.mark.parametrize(
    ("reader", "writer", "value"),
    [
        ("int", "long", 2**40),
        ("string", "int", 7),
        ({"type": "fixed", "name": "F", "size": 2}, {"type": "fixed", "name": "F", "size": 3}, b"abc"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, {"type": "enum", "name": "E", "symbols": ["A", "B"]}, "B"),
        (["null", "int"], ["null", "string"], "x"),
        (
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]},
            {"type": "record", "name": "R", "fields": []},
            {},
        ),
        (
            {"type": "record", "name": "R", "fields": []},
            {"type": "record", "name": "S", "fields": []},
            {},
        ),
    ],
)
def test_each_error_type_has_a_message_that_really_fails(reader: Any, writer: Any, value: Any) -> None:
    """One for each of Apache Avro's six error types, and one more for a number that is narrowed."""
    encoded = compile_encoder(parsed(writer))(value)

    assert not ENGINE.can_read(parsed(reader), parsed(writer))
    with pytest.raises(DecodeError):
        compile_decoder(parsed(writer), parsed(reader))(encoded, 0)


REFUSED = "refused"


def _record(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def _read_by_fastavro(encoded: bytes, writer: Any, reader: Any) -> Any:
    try:
        return fastavro.schemaless_reader(io.BytesIO(encoded), writer, reader)
    except fastavro.read.SchemaResolutionError:
        return REFUSED


def _read_by_avro(encoded: bytes, writer: Any, reader: Any) -> Any:
    schemas_of_both = [avro.schema.parse(json.dumps(side)) for side in (writer, reader)]
    try:
        return avro.io.DatumReader(*schemas_of_both).read(avro.io.BinaryDecoder(io.BytesIO(encoded)))
    except AvroException:
        return REFUSED


# Writer, reader, the value sent; then what fastavro, the avro package and tallystick read. docs/avro-libraries.md has
# the same rows, with the section of the specification that each is about.
A_AND_B = _record("R", {"name": "a", "type": "int"}, {"name": "b", "type": "int"})
ONE_SYMBOL = {"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}
DIFFERENCES = {
    "text as bytes": ("string", "bytes", "x", b"x", REFUSED, b"x"),
    "bytes as text": ("bytes", "string", b"x", "x", REFUSED, "x"),
    "a default for symbols": (ONE_SYMBOL | {"symbols": ["A", "B"]}, ONE_SYMBOL, "B", "A", REFUSED, "A"),
    "items of another type": (
        {"type": "array", "items": "boolean"},
        {"type": "array", "items": ["null", "boolean"]},
        [True],
        [True],
        REFUSED,
        [True],
    ),
    "values of another type": (
        {"type": "map", "values": "boolean"},
        {"type": "map", "values": ["null", "boolean"]},
        {},
        {},
        REFUSED,
        {},
    ),
    "from a union to none": (["int"], "int", 1, 1, REFUSED, 1),
    "a type's alias": (_record("S"), _record("R") | {"aliases": ["S"]}, {}, {}, REFUSED, {}),
    "another namespace": (_record("x.R"), _record("y.R"), {}, {}, REFUSED, {}),
    "a default of bytes": (
        _record("R"),
        _record("R", {"name": "a", "type": "bytes", "default": "\xff"}),
        {},
        {"a": "\xff"},
        {"a": b"\xc3\xbf"},
        {"a": b"\xff"},
    ),
    "a union's first match": (["null", "long"], ["null", "double", "long"], 2**53 + 1, 2.0**53, 2**53 + 1, 2**53 + 1),
    "an alias beside the name": (
        A_AND_B,
        _record("R", {"name": "b", "type": "int", "aliases": ["a"]}),
        {"a": 1, "b": 2},
        {"b": 1},
        {"b": 2},
        {"b": 2},
    ),
}


@pytest.mark.parametrize(
    ("writer", "reader", "value", "by_fastavro", "by_avro", "by_us"), DIFFERENCES.values(), ids=DIFFERENCES
)
def test_libraries_still_differ_as_written_down(
    writer: Any, reader: Any, value: Any, by_fastavro: Any, by_avro: Any, by_us: Any
) -> None:
    encoded = compile_encoder(parsed(writer))(value)
    got = compile_decoder(parsed(writer), parsed(reader))(encoded, 0)

    assert ENGINE.can_read(parsed(reader), parsed(writer))
    assert by_us == got
    assert by_fastavro == _read_by_fastavro(encoded, writer, reader)
    assert by_avro == _read_by_avro(encoded, writer, reader)


@pytest.mark.parametrize("value", [True, 2**40])
def test_fastavro_still_writes_what_is_no_int(value: int) -> None:
    written = io.BytesIO()
    fastavro.schemaless_writer(written, "int", value)

    assert written.getvalue()
    with pytest.raises(EncodeError):
        compile_encoder(parsed("int"))(value)
