"""What is a message in Protobuf's JSON mapping: tables by kind, and google.protobuf.json_format as the second opinion."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from hypothesis import given
from hypothesis import strategies as st
from tests.proto_strategies import proto_files

from tallystick.errors import EncodeError
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_schema import proto_schema
from tallystick.schema.protobuf_types import ProtoDocument, ProtoEnum, ProtoField, ProtoMessage, ProtoSchema
from tallystick.schema.types import Document
from tallystick.values.leaf import shown
from tallystick.values.proto_json import check_json

WELL_KNOWN = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"]
IMPORTS = "".join(f'import "google/protobuf/{name}.proto";\n' for name in WELL_KNOWN)
ALL = f"""
syntax = "proto3";
package acme;
{IMPORTS}
message All {{
  int32 int_32 = 1; uint32 uint_32 = 2; int64 int_64 = 3; uint64 uint_64 = 4; sint64 sint = 5; fixed32 fixed = 6;
  float single = 7; double real = 8; bool flag = 9; string text = 10; bytes raw = 11; State state = 12;
  google.protobuf.Timestamp at = 13; google.protobuf.Duration took = 14; google.protobuf.FieldMask mask = 15;
  google.protobuf.Struct object = 16; google.protobuf.Value value = 17; google.protobuf.ListValue list = 18;
  google.protobuf.Any any = 19; google.protobuf.Empty empty = 20; google.protobuf.NullValue nothing = 21;
  google.protobuf.Int64Value long = 22; google.protobuf.StringValue words = 23; google.protobuf.BoolValue maybe = 24;
  google.protobuf.BytesValue data = 25; google.protobuf.FloatValue ratio = 26;
  All inner = 27; repeated All inners = 28; repeated int64 numbers = 29;
  repeated google.protobuf.Value values = 30; repeated google.protobuf.NullValue nothings = 31;
  map<string, All> by_name = 32; map<int32, string> by_number = 33; map<bool, State> by_flag = 34;
  map<uint64, google.protobuf.Value> by_id = 35;
  oneof choice {{ string left = 36; google.protobuf.Value right = 37; All both = 38; }}
  string odd_name = 39 [json_name = "odd name"];
}}
enum State {{ STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }}
"""
OLD = """
syntax = "proto2";
package acme;
message Old {
  required string id = 1; optional State state = 2; optional group Line = 3 { required int32 quantity = 1; }
  extensions 100 to 200;
  extend Old { optional bool inside = 101; }
}
message Other { extensions 100 to 200; }
enum State { OPEN = 1; CLOSED = 2; SHUT = 2; option allow_alias = true; }
extend Old { optional int64 weight = 100; repeated Old more = 102; }
extend Other { optional int64 height = 100; }
"""


def schema_of(text: str, main: str) -> ProtoSchema:
    files, problems = read_protos({"test.proto": Document("test.proto", text)})

    assert [] == problems
    return proto_schema(files["test.proto"], main)


NEW_SCHEMA, OLD_SCHEMA = schema_of(ALL, "All"), schema_of(OLD, "Old")


def problem(schema: ProtoSchema, value: Any) -> str | None:
    """Return what is wrong with a value; None if it is a message."""
    try:
        check_json(schema, value)
    except EncodeError as error:
        return str(error)
    return None


def second_opinion(schema: ProtoSchema, value: Any) -> bool:
    """Say whether json_format takes a value, and makes a whole message of it."""
    pool = descriptor_pool.DescriptorPool()
    for file in reversed(list(schema.file.closure())):
        document = file.place.document
        assert isinstance(document, ProtoDocument)
        pool.AddSerializedFile(document.descriptor.SerializeToString())
    made = message_factory.GetMessageClass(pool.FindMessageTypeByName(schema.root.name))()
    try:
        json_format.ParseDict(copy.deepcopy(value), made, descriptor_pool=pool)
    except (json_format.ParseError, KeyError, AttributeError, TypeError, ValueError, OverflowError):
        return False  # it is meant to raise ParseError only, and raises the others for some values
    return bool(made.IsInitialized())


ANY = "type.googleapis.com"
GOOD: list[dict[str, Any]] = [
    {},
    {"int32": -(2**31), "uint32": 2**32 - 1, "int64": -(2**63), "uint64": 2**64 - 1, "sint": 2**63 - 1},
    {"int32": "-5", "uint32": "7", "int64": "9223372036854775807", "uint64": "18446744073709551615", "fixed": "1"},
    {"int32": 1.0, "uint32": 1e2, "int64": "1e2", "uint64": "10.0"},
    {"single": 3.5, "real": "1e300"},
    {"single": "NaN", "real": "-Infinity"},
    {"single": 3.4028234e38, "real": 7, "ratio": "Infinity"},
    {"flag": True, "text": "\U0001f600 é", "raw": "YWI="},
    {"raw": "-_-_"},
    {"raw": "+/8"},
    {"raw": ""},
    {"state": "STATE_OPEN"},
    {"state": 1},
    {"state": 7},
    {"at": "2026-03-02T09:15:02Z"},
    {"at": "0001-01-01T00:00:00Z"},
    {"at": "9999-12-31T23:59:59.999999999Z"},
    {"at": "2026-03-02T09:15:02.5+05:30"},
    {"at": "2024-02-29T00:00:00-08:00"},
    {"took": "1.5s"},
    {"took": "-315576000000s"},
    {"took": "0.000000001s"},
    {"mask": ""},
    {"mask": "id,customer.firstName"},
    {"object": {"a": [1, None, {"b": True}]}, "list": [1, "a", None, []], "value": {"c": 1.5}},
    {"value": None, "values": [None, 1], "byId": {"7": None}},
    {"nothing": None},
    {"nothing": "NULL_VALUE"},
    {"nothing": 0},
    {"long": "7", "words": "a", "maybe": False, "data": "YWI", "ratio": 1},
    {"long": None, "int32": None, "inners": None, "byName": None, "at": None},
    {"any": {}},
    {"any": {"@type": f"{ANY}/acme.All", "int32": 1}},
    {"any": {"@type": f"{ANY}/google.protobuf.Duration", "value": "1s"}},
    {"any": {"@type": f"{ANY}/google.protobuf.Value", "value": None}},
    {"any": {"@type": f"{ANY}/google.protobuf.Any", "value": {"@type": f"{ANY}/google.protobuf.Empty"}}},
    {"empty": {}},
    {"int_32": 1, "uint32": 2, "odd name": "a"},
    {"odd_name": "a"},
    {"inner": {"inners": [{}, {"numbers": ["1", 2]}]}},
    {"byName": {"": {}, "a b": {"text": "x"}}, "byNumber": {"-1": "a"}, "byFlag": {"true": 1, "false": "STATE_OPEN"}},
    {"left": "a"},
    {"left": None, "both": {}},
    {"right": None},
]
BAD: list[tuple[dict[str, Any], str]] = [
    ({"int32": 2**31}, "All.int32: expected int32, a whole number from -2147483648 to 2147483647, got 2147483648"),
    ({"uint32": -1}, "All.uint32: expected uint32, a whole number from 0 to 4294967295, got -1"),
    ({"int64": "9223372036854775808"}, "All.int64: expected int64"),
    ({"int64": 10**400}, "All.int64: expected int64"),
    ({"int64": 10**5000}, "All.int64: expected int64"),
    ({"int64": "1e400000000"}, "All.int64: expected int64"),
    ({"int64": f"1e{'9' * 30}"}, "All.int64: expected int64"),
    ({"int32": 1.5}, "All.int32: expected int32"),
    ({"int32": "0.5"}, "All.int32: expected int32"),
    ({"int32": ""}, "All.int32: expected int32"),
    ({"int32": " 1"}, "All.int32: expected int32"),
    ({"int32": True}, "All.int32: expected int32"),
    ({"int32": float("inf")}, "All.int32: expected int32"),
    ({"int32": []}, "All.int32: expected int32"),
    ({"single": 1e39}, "All.single: too large for a float: 1e+39"),
    ({"real": 10**400}, "All.real: too large for a double"),
    ({"real": "one"}, "All.real: expected double, a number, 'NaN', 'Infinity' or '-Infinity', got 'one'"),
    ({"flag": "true"}, "All.flag: expected true or false, got 'true'"),
    ({"flag": 1}, "All.flag: expected true or false, got 1"),
    ({"text": 1}, "All.text: expected string, got 1"),
    ({"text": "\ud800"}, "All.text: expected string without lone surrogates"),
    ({"raw": 7}, "All.raw: expected bytes in base64, got 7"),
    ({"raw": "YWJjZ"}, "All.raw: expected bytes in base64"),
    ({"state": "OPEN"}, "All.state: expected one of STATE_UNSPECIFIED, STATE_OPEN, got 'OPEN'"),
    ({"state": 2**31}, "All.state: expected int32"),
    ({"state": []}, "All.state: expected one of STATE_UNSPECIFIED, STATE_OPEN, got []"),
    ({"at": 20260302}, "All.at: expected a time such as '2026-03-02T09:15:02.5Z', got 20260302"),
    ({"at": "2026-02-30T00:00:00Z"}, "All.at: expected a time"),
    ({"at": "2026-03-02T09:15:02"}, "All.at: expected a time"),
    ({"at": "2026-03-02 09:15:02Z"}, "All.at: expected a time"),
    ({"at": "2026-03-02T09:15:02z"}, "All.at: expected a time"),
    ({"at": "0000-01-01T00:00:00Z"}, "All.at: expected a time"),
    ({"at": "2026-03-02T09:15:02.1234567890Z"}, "All.at: expected a time"),
    ({"took": "1.5"}, "All.took: expected a duration in seconds such as '1.5s', got '1.5'"),
    ({"took": "315576000001s"}, "All.took: expected a duration"),
    ({"took": 1}, "All.took: expected a duration"),
    ({"mask": "first_name"}, "All.mask: expected names of fields in lowerCamelCase"),
    ({"mask": ["id"]}, "All.mask: expected names of fields in lowerCamelCase"),
    ({"object": []}, "All.object: expected an object, got []"),
    ({"list": {}}, "All.list: expected a list, got {}"),
    ({"value": {"a": 10**400}}, "All.value['a']: too large for a double"),
    ({"value": ["\ud800"]}, "All.value[0]: expected string without lone surrogates"),
    ({"long": {"value": 1}}, "All.long: expected int64"),
    ({"words": 1}, "All.words: expected string, got 1"),
    ({"any": {"int32": 1}}, "All.any: expected '@type' as in 'type.googleapis.com/acme.Order', got None"),
    ({"any": {"@type": f"{ANY}/acme.Nope"}}, "All.any: nothing that the schema imports defines 'acme.Nope'"),
    ({"any": {"@type": f"{ANY}/acme.All", "int": 1}}, "All.any.int: there is no such field"),
    ({"any": {"@type": f"{ANY}/google.protobuf.Duration"}}, "All.any: expected '@type' and 'value' and nothing else"),
    ({"empty": {"a": 1}}, "All.empty.a: there is no such field"),
    ({"nope": 1}, "All.nope: there is no such field"),
    ({"[acme.weight]": 1}, "All['[acme.weight]']: there is no such field"),
    ({"inner": "a"}, "All.inner: expected All as an object, got 'a'"),
    ({"inners": {}}, "All.inners: expected a list, got {}"),
    ({"inners": [None]}, "All.inners[0]: null is no value inside a list or a map"),
    ({"numbers": [1, "x"]}, "All.numbers[1]: expected int64"),
    ({"byName": {"a b": {"text": 1}}}, "All.byName['a b'].text: expected string, got 1"),
    ({"byName": {"a": None}}, "All.byName['a']: null is no value inside a list or a map"),
    ({"byNumber": {"a": "x"}}, "All.byNumber['a']: expected int32"),
    ({"byNumber": {"1": 1}}, "All.byNumber['1']: expected string, got 1"),
    ({"byNumber": []}, "All.byNumber: expected an object, for a map, got []"),
    ({"byFlag": {"True": 1}}, "All.byFlag['True']: expected 'true' or 'false' as the key, got 'True'"),
    ({"odd name": 1}, "All['odd name']: expected string, got 1"),
    ({"left": "a", "both": {}}, "All.both: 'left' and 'both' are both set, and the oneof 'choice' takes one"),
]
LAXER: list[tuple[dict[str, Any], str]] = [
    # What json_format takes and the page does not know, or what other parsers read otherwise.
    ({"int32": 1, "int_32": 2}, "All.int_32: 'int32' and 'int_32' are the same field"),
    ({"state": "1"}, "All.state: expected one of"),
    ({"state": True}, "All.state: expected one of"),
    ({"int32": "+1"}, "All.int32: expected int32"),
    ({"int32": "01"}, "All.int32: expected int32"),
    ({"int32": "1_0"}, "All.int32: expected int32"),
    ({"int32": "\t1"}, "All.int32: expected int32"),
    ({"real": " 1"}, "All.real: expected double"),
    ({"real": "1_0"}, "All.real: expected double"),
    ({"raw": "Y W!I="}, "All.raw: expected bytes in base64"),
    ({"inner": []}, "All.inner: expected All as an object, got []"),
    ({"inner": ""}, "All.inner: expected All as an object, got ''"),
    ({"empty": []}, "All.empty: expected Empty as an object, got []"),
    ({"any": {"@type": "acme.All"}}, "All.any: expected '@type'"),
    ({"any": {"@type": f"{ANY}/google.protobuf.Duration", "value": "1s", "b": 1}}, "All.any: expected '@type' and"),
    ({"byNumber": {"1": "a", "1e0": "b"}}, "All.byNumber['1e0']: '1' and '1e0' are the same key"),
    ({"took": "+1s"}, "All.took: expected a duration"),
    ({"took": "1_0s"}, "All.took: expected a duration"),
    ({"int64": "1e-400000000"}, "All.int64: expected int64"),
    ({"real": "1e400"}, "All.real: expected double"),
    ({"real": True}, "All.real: expected double"),
    ({"state": 1.5}, "All.state: expected int32"),
    ({"took": "0.0000000001s"}, "All.took: expected a duration"),
    ({"left": "a", "right": None}, "All.right: 'left' and 'right' are both set, and the oneof 'choice' takes one"),
    ({"mask": "a,,b"}, "All.mask: expected names"),
    ({"mask": "a b"}, "All.mask: expected names"),
]
STRICTER: list[dict[str, Any]] = [
    # NullValue is null in JSON, wherever it stands.
    {"nothings": [None]},
    # The largest float, as others write it: it is the nearest to this number.
    {"single": 3.4028235e38},
]


@pytest.mark.parametrize("value", GOOD, ids=shown)
def test_a_message_is_taken(value: dict[str, Any]) -> None:
    assert problem(NEW_SCHEMA, value) is None
    assert second_opinion(NEW_SCHEMA, value)


@pytest.mark.parametrize(("value", "says"), BAD, ids=shown)
def test_what_is_no_message_is_refused_with_its_path(value: dict[str, Any], says: str) -> None:
    assert str(problem(NEW_SCHEMA, value)).startswith(says)
    assert not second_opinion(NEW_SCHEMA, value)


@pytest.mark.parametrize(("value", "says"), LAXER, ids=shown)
def test_what_parsers_read_in_different_ways_is_refused(value: dict[str, Any], says: str) -> None:
    assert str(problem(NEW_SCHEMA, value)).startswith(says)
    assert second_opinion(NEW_SCHEMA, value)


@pytest.mark.parametrize("value", STRICTER, ids=shown)
def test_what_the_page_takes_and_json_format_does_not_is_taken(value: dict[str, Any]) -> None:
    assert problem(NEW_SCHEMA, value) is None
    assert not second_opinion(NEW_SCHEMA, value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"id": "a"}, None),
        ({"id": "a", "state": "SHUT", "line": {"quantity": 1}}, None),
        ({"id": "a", "state": 2}, None),
        ({"id": "a", "[acme.weight]": "7", "[acme.Old.inside]": True, "[acme.more]": [{"id": "b"}]}, None),
        ({}, "Old.id: missing, and it is required"),
        ({"id": None}, "Old.id: missing, and it is required"),
        ({"id": "a", "line": {}}, "Old.line.quantity: missing, and it is required"),
        ({"id": "a", "[acme.more]": [{}]}, "Old['[acme.more]'][0].id: missing, and it is required"),
        ({"id": "a", "state": 3}, "Old.state: expected one of 1 (OPEN), 2 (CLOSED), 2 (SHUT), got 3"),
        ({"id": "a", "[acme.weight]": "x"}, "Old['[acme.weight]']: expected int64"),
        ({"id": "a", "[acme.height]": 7}, "Old['[acme.height]']: there is no such field"),
        ({"id": "a", "weight": 7}, "Old.weight: there is no such field"),
        ([], "Old: expected Old as an object, got []"),
        (None, "Old: expected Old as an object, got None"),
    ],
    ids=shown,
)
def test_required_fields_groups_closed_enums_and_extensions_of_proto2(value: Any, says: str | None) -> None:
    found = problem(OLD_SCHEMA, value)

    assert (found is None) if says is None else str(found).startswith(says)
    assert second_opinion(OLD_SCHEMA, value) == (says is None) or value == []


@pytest.mark.parametrize("key", ["inner", "value"])
def test_nesting_has_an_end(key: str) -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {key: deep}

    assert "nested deeper than 100" in str(problem(NEW_SCHEMA, deep))


def values_of(schema: ProtoSchema) -> st.SearchStrategy[Any]:
    """Make JSON that may be a message: right names, mostly, and values of any kind."""
    return st.deferred(lambda: _message(schema.root, 3))


_SCALARS: list[Any] = [0, 1, -1, 7, 2**31, -(2**31), 2**32, 2**63, 2**64, 10**400, 1.0, 0.5, 1e39, -1e300]
_SCALARS += [True, False, "", "1", "-1", "1e2", "0.5", "-0", "9223372036854775807", "NaN", "Infinity", "true"]
_SCALARS += ["YWI=", "YWI", "-_8", "x y", "1e999", "0x10", "nan", "inf", "Yé", None, [], {}]


def _scalars(kind: str) -> list[Any]:
    """Return values for a kind of which none is in LAXER."""
    if kind == "bytes":
        return [value for value in _SCALARS if value not in ("0.5", "x y", "Yé")]
    if kind in ("float", "double"):
        return [value for value in _SCALARS if type(value) is not bool and value not in ("1e999", "nan", "inf")]
    return _SCALARS


def _message(kind: ProtoMessage, depth: int) -> st.SearchStrategy[Any]:
    names = [name for field in kind.fields for name in sorted({field.name, field.json_name})]
    chosen = st.lists(st.sampled_from(names), unique_by=lambda n: _field(kind, n).number, max_size=4) if names else None
    if chosen is None:
        return st.just({})
    made = chosen.flatmap(lambda given: st.fixed_dictionaries({n: _value(_field(kind, n), depth) for n in given}))
    return made.flatmap(lambda value: st.sampled_from([value] * 20 + [{**value, "unheard_of": 1}]))


def _field(kind: ProtoMessage, name: str) -> ProtoField:
    return next((one for one in kind.fields if one.json_name == name), None) or kind.by_name[name]


def _value(field: ProtoField, depth: int) -> st.SearchStrategy[Any]:
    if field.entry is not None:
        keys = st.sampled_from(["1", "-1", "true", "a", "9223372036854775807"])
        return st.dictionaries(keys, _one(field.entry[1], depth), max_size=2)
    one = _one(field, depth)
    return st.lists(one, max_size=2) | st.none() | st.just(7) if field.is_repeated else one


def _one(field: ProtoField, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(field.type, ProtoMessage):
        return _message(field.type, depth - 1) if depth else st.just({})
    if isinstance(field.type, ProtoEnum):
        names = [one.name for one in field.type.values]
        return st.sampled_from([*names, *names, 0, 1, 5, -1, 2**31, "nope", None])
    return st.sampled_from(_fitting(field.kind)) | st.sampled_from(_scalars(field.kind))


def _fitting(kind: str) -> list[Any]:
    """Return values that a scalar takes."""
    if kind == "bool":
        return [True, False]
    if kind in ("string", "bytes"):
        return ["", "YWI=", "YWI"]
    return [0, 1, "1", "1e2", 7.0]


@given(proto_files(), st.data())
def test_json_format_agrees(file: Any, data: st.DataObject) -> None:
    schema = schema_of(file.text, "M0")
    value = data.draw(values_of(schema))

    assert second_opinion(schema, value) == (problem(schema, value) is None), problem(schema, value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text() | st.sampled_from(["inner", "value", "byName", "any", "@type"]), inner)
        ),
    )
)
def test_no_value_makes_a_traceback(value: Any) -> None:
    assert isinstance(problem(NEW_SCHEMA, value), str | None)
