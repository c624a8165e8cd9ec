"""Differential test over whole files: where no rule says anything, nothing is lost in bytes or in JSON, either way.

Files are text that protoc compiles, in proto2, proto3 and an edition: maps, nested messages, enums, oneofs, required
fields, extensions and the features that an edition sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tallystick.compat.verdict import judge_schemas
from tallystick.contract.modes import Mode
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_types import ProtoSchema
from tallystick.schema.types import Document

HEADS = {"proto2": 'syntax = "proto2";', "proto3": 'syntax = "proto3";', "2023": 'edition = "2023";'}
SCALARS = ("int32", "int64", "uint32", "sint64", "fixed32", "bool", "string", "bytes", "double")
TYPES = (*SCALARS, "E", "N")
SHAPES = ("single", "optional", "required", "repeated", "map", "oneof")
OPTIONS = ("", "features.field_presence = IMPLICIT", "features.repeated_field_encoding = EXPANDED")


@dataclass(frozen=True)
class Field:
    """A field as it is written. `option` is a feature, for editions alone."""

    name: str
    number: int
    type: str
    shape: str
    json: str = ""
    option: str = ""

    def text(self, syntax: str) -> str:
        """Return the field's line in a file of a syntax."""
        label = {"required": "required ", "repeated": "repeated ", "optional": "optional "}.get(self.shape, "")
        options = [f'json_name = "{self.json}"'] if self.json else []
        if syntax == "proto2" and self.shape == "single":
            label = "optional "
        if syntax == "proto3" and self.shape == "required":
            label = ""
        if syntax == "2023":
            options += self._features()
            label = label if self.shape == "repeated" else ""
        kind = f"map<string, {self.type}>" if self.shape == "map" else self.type
        shown = f" [{', '.join(options)}]" if options else ""
        return f"  {label if self.shape not in ('map', 'oneof') else ''}{kind} {self.name} = {self.number}{shown};"

    def _features(self) -> list[str]:
        if self.shape == "required":
            return ["features.field_presence = LEGACY_REQUIRED"]
        is_list = self.shape == "repeated" and self.type not in ("string", "bytes", "N")
        if ("IMPLICIT" in self.option and self.shape == "single" and self.type not in ("N", "E")) or (
            "EXPANDED" in self.option and is_list
        ):
            return [self.option]
        return []


@dataclass(frozen=True)
class File:
    """A file with a message M, a message N and an enum E, both of which M has fields of."""

    syntax: str
    fields: tuple[Field, ...]
    inner: tuple[Field, ...]
    enum: tuple[tuple[str, int], ...]
    is_closed: bool = False
    reserved: tuple[Field, ...] = ()

    def text(self) -> str:
        """Return the file."""
        values = "".join(f" {name} = {number};" for name, number in self.enum)
        closed = " option features.enum_type = CLOSED;" if self.is_closed and self.syntax == "2023" else ""
        quote = "" if self.syntax == "2023" else '"'
        kept = [f"  reserved {f.number}; reserved {quote}{f.name}{quote};" for f in self.reserved]
        alone = [f.text(self.syntax) for f in self.fields if f.shape != "oneof"]
        alone += [Field(f"always_{n}", n, kind, "single").text(self.syntax) for n, kind in ((101, "N"), (102, "E"))]
        choices = [f.text(self.syntax) for f in self.fields if f.shape == "oneof"]
        choice = ["  oneof choice {", *choices, "  }"] if choices else []
        inner = [f.text(self.syntax) for f in self.inner]
        lines = [HEADS[self.syntax], "package p;", "message M {", *kept, *alone, *choice, "}"]
        return "\n".join([*lines, "message N {", *inner, "}", f"enum E {{{closed}{values} }}", ""])


def compiled(text: str, label: str) -> tuple[ProtoSchema, Any]:
    """Return a file as a schema, and the class of its message M."""
    found, problems = read_protos({"main.proto": Document(f"{label}/main.proto", text)})

    assert [] == [str(problem) for problem in problems], text
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(found["main.proto"].described.descriptor.SerializeToString())
    made = message_factory.GetMessageClass(pool.FindMessageTypeByName("p.M"))
    return ProtoSchema(found["main.proto"], found["main.proto"].messages[0]), made


def fields(numbers: range, shapes: tuple[str, ...], types: tuple[str, ...]) -> st.SearchStrategy[tuple[Field, ...]]:
    one = st.tuples(st.sampled_from(types), st.sampled_from(shapes), st.sampled_from(OPTIONS))
    many = st.dictionaries(st.sampled_from(list(numbers)), one, min_size=1, max_size=4)
    return many.map(lambda d: tuple(Field(f"f_{n}", n, t, s, "", o) for n, (t, s, o) in sorted(d.items())))


F = descriptor_pb2.FieldDescriptorProto
EDGES: Mapping[int, list[Any]] = {
    F.TYPE_INT32: [0, 1, -1, 2**31 - 1, -(2**31)],
    F.TYPE_INT64: [0, 1, -1, 2**40, -(2**63)],
    F.TYPE_UINT32: [0, 1, 2**32 - 1],
    F.TYPE_SINT64: [0, 1, -1, 2**40, -(2**63)],
    F.TYPE_FIXED32: [0, 1, 2**32 - 1],
    F.TYPE_BOOL: [False, True],
    F.TYPE_DOUBLE: [0.0, -1.5, 1e300],
    F.TYPE_STRING: ["", "a", "é", "YWI="],
    F.TYPE_BYTES: [b"", b"a", b"\xff"],
    F.TYPE_ENUM: [],
}
VALUES = st.sampled_from(
    [
        (("E_ZERO", 0), ("E_ONE", 1), ("E_TWO", 2)),
        (("E_ZERO", 0), ("E_ONE", 1)),
        (("E_ZERO", 0), ("E_ONE", 1), ("E_MINUS", -1)),
    ]
)
FILES = st.builds(
    File,
    syntax=st.sampled_from(list(HEADS)),
    fields=fields(range(1, 7), SHAPES, TYPES),
    inner=fields(range(1, 4), ("single", "optional", "repeated"), SCALARS),
    enum=VALUES,
    is_closed=st.booleans(),
)


@st.composite
def changed(draw: st.DrawFn, file: File) -> File:
    """Return a file after one or two changes."""
    for _ in range(draw(st.integers(1, 2))):
        file = draw(st.sampled_from([_field, _inner, _added, _removed, _enum, _syntax]))(draw, file)
    return file


def _one(draw: st.DrawFn, among: tuple[Field, ...], shapes: tuple[str, ...]) -> tuple[Field, ...]:
    index = draw(st.integers(0, len(among) - 1))
    field = among[index]
    change: Mapping[str, Any] = draw(
        st.sampled_from(
            [
                {"type": draw(st.sampled_from(SCALARS))},
                {"shape": draw(st.sampled_from(shapes))},
                {"name": f"{field.name}_x"},
                {"name": field.name.replace("_", "")},
                {"json": f"j{field.number}"},
                {"option": draw(st.sampled_from(OPTIONS))},
                {"number": field.number + 20},
            ]
        )
    )
    return (*among[:index], replace(field, **change), *among[index + 1 :])


def _field(draw: st.DrawFn, file: File) -> File:
    return replace(file, fields=_one(draw, file.fields, SHAPES)) if file.fields else file


def _inner(draw: st.DrawFn, file: File) -> File:
    return replace(file, inner=_one(draw, file.inner, ("single", "optional", "repeated")))


def _added(draw: st.DrawFn, file: File) -> File:
    number = max((f.number for f in (*file.fields, *file.reserved)), default=0) + 1
    shape = draw(st.sampled_from(SHAPES))
    return replace(file, fields=(*file.fields, Field(f"f_{number}", number, draw(st.sampled_from(TYPES)), shape)))


def _removed(draw: st.DrawFn, file: File) -> File:
    if not file.fields:
        return file
    *others, last = file.fields
    reserved = (*file.reserved, last) if draw(st.booleans()) else file.reserved
    return replace(file, fields=tuple(others), reserved=reserved)


def _enum(draw: st.DrawFn, file: File) -> File:
    return replace(file, enum=draw(VALUES)) if draw(st.booleans()) else replace(file, is_closed=not file.is_closed)


def _syntax(draw: st.DrawFn, file: File) -> File:
    return replace(file, syntax=draw(st.sampled_from(list(HEADS))))


@st.composite
def filled(draw: st.DrawFn, message: Any, *, depth: int = 0) -> Any:
    """Set the fields of a message to random values; required ones always."""
    for field in message.DESCRIPTOR.fields:
        if not field.is_required and not draw(st.booleans()):
            continue
        entry = field.message_type if field.message_type and field.message_type.GetOptions().map_entry else None
        held = getattr(message, field.name)
        if entry is not None:
            value = entry.fields_by_name["value"]
            for key in draw(st.lists(st.sampled_from(["", "a"]), max_size=2, unique=True)):
                if value.message_type:
                    draw(filled(held[key], depth=depth + 1))
                else:
                    held[key] = draw(scalars(value))
        elif field.message_type and field.is_repeated:
            for _ in range(draw(st.integers(0, 2))):
                draw(filled(held.add(), depth=depth + 1))
        elif field.message_type:
            held.SetInParent()
            draw(filled(held, depth=depth + 1))
        elif field.is_repeated:
            held.extend(draw(st.lists(scalars(field), max_size=2)))
        else:
            setattr(message, field.name, draw(scalars(field)))
    return message


def scalars(field: Any) -> st.SearchStrategy[Any]:
    """Return values of a scalar field: the edges of its type."""
    if field.enum_type is not None:
        known = [value.number for value in field.enum_type.values]
        return st.sampled_from(known if field.enum_type.is_closed else [*known, 77])
    return st.sampled_from(EDGES[field.type])


def facts(message: Any, numbers: set[int]) -> dict[int, Any]:
    """Return what a message holds, by numbers, and whether each is set where that can be told."""
    found: dict[int, Any] = {}
    for field in message.DESCRIPTOR.fields:
        if field.number not in numbers:
            continue
        held = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            is_message = field.message_type.fields_by_name["value"].message_type
            found[field.number] = {key: _plain(held[key]) if is_message else held[key] for key in held}
        elif field.is_repeated:
            found[field.number] = [_plain(item) for item in held]
        else:
            found[field.number] = _plain(held), field.has_presence and message.HasField(field.name)
    return found


def _plain(value: Any) -> Any:
    if not hasattr(value, "DESCRIPTOR"):
        return value
    return facts(value, set(value.DESCRIPTOR.fields_by_number))


def shared(one: Any, other: Any) -> set[int]:
    return set(one.DESCRIPTOR.fields_by_number) & set(other.DESCRIPTOR.fields_by_number)


@given(st.data())
@settings(max_examples=150)
def test_where_nothing_is_said_nothing_is_lost(data: st.DataObject) -> None:
    old_file = data.draw(FILES)
    new_file = data.draw(changed(old_file))
    (old, old_class), (new, new_class) = compiled(old_file.text(), "old"), compiled(new_file.text(), "new")
    found = [finding.code for finding in judge_schemas(new, [("v1", old)], Mode.FULL)]
    event("said" if found else "silent")
    if found:
        return
    for writer, reader in ((old_class, new_class), (new_class, old_class)):
        sent = data.draw(filled(writer()))
        both = shared(sent, reader)

        # Parsers that refuse what they do not know refuse each new field: a level can't promise them anything.
        text = json_format.MessageToJson(sent)
        got = reader.FromString(sent.SerializeToString()), json_format.Parse(text, reader(), ignore_unknown_fields=True)

        assert [facts(sent, both)] * 2 == [facts(one, both) for one in got]
        assert all(one.IsInitialized() for one in got)


# Errors that are about code, or about a change that comes after this one: no message shows them.
NOT_IN_DATA = {
    "PROTO115": "the name is gone from code alone",
    "PROTO212": "a name that is free harms who takes it next",
}


def candidates(make: Any) -> Iterator[Any]:
    """Yield messages that have one field set, to each of the edges of its type, or none, or all; required ones always."""
    least = make()
    for field in make.DESCRIPTOR.fields:
        if field.is_required:
            _put(least, field, _edges(field)[0])
    yield least
    full = make()
    for field in make.DESCRIPTOR.fields:
        _put(full, field, _edges(field)[-1])
    yield full
    for field in make.DESCRIPTOR.fields:
        for value in _edges(field):
            message = make()
            message.CopyFrom(least)
            _put(message, field, value)
            yield message


def _edges(field: Any) -> list[Any]:
    if field.message_type and field.message_type.GetOptions().map_entry:
        return [{"a": value} for value in _edges(field.message_type.fields_by_name["value"])]
    if field.message_type:
        inner = message_factory.GetMessageClass(field.message_type)
        return list(candidates(inner))
    if field.enum_type is not None:
        known = [value.number for value in field.enum_type.values]
        return known if field.enum_type.is_closed else [*known, 77]
    return EDGES[field.type]


def _put(message: Any, field: Any, value: Any) -> None:
    held = getattr(message, field.name)
    if isinstance(value, dict):
        for key, one in value.items():
            if hasattr(one, "DESCRIPTOR"):
                held[key].CopyFrom(one)
            else:
                held[key] = one
    elif field.is_repeated:
        held.extend([value, value])
    elif field.message_type:
        held.CopyFrom(value)
    else:
        setattr(message, field.name, value)


def is_shown(writer: Any, reader: Any) -> bool:
    """Say whether a message of the writer reads otherwise, or not at all, in bytes or in JSON."""
    for sent in candidates(writer):
        try:
            read = (
                reader.FromString(sent.SerializeToString()),
                json_format.Parse(json_format.MessageToJson(sent), reader()),
            )
        except (DecodeError, json_format.ParseError, UnicodeDecodeError):
            return True
        numbers = set(sent.DESCRIPTOR.fields_by_number)
        # Most parsers refuse a message without a required field; Python's says so when it is asked.
        if any(facts(sent, numbers) != facts(got, numbers) or not got.IsInitialized() for got in read):
            return True
    return False


@given(st.data())
@settings(max_examples=150)
def test_where_an_error_is_said_a_message_shows_it(data: st.DataObject) -> None:
    old_file = data.draw(FILES)
    new_file = data.draw(changed(old_file))
    (old, old_class), (new, new_class) = compiled(old_file.text(), "old"), compiled(new_file.text(), "new")
    errors = {finding.code for finding in judge_schemas(new, [("v1", old)], Mode.FULL) if finding.blocks}
    event("error" if errors else "none")
    if errors - set(NOT_IN_DATA):
        assert is_shown(old_class, new_class) or is_shown(new_class, old_class), errors


HEAD = 'syntax = "proto3"; package p; '
E = "enum E { ZERO = 0; PAID = 1; LOST = 2; }"
JSON_LOSSES = [
    ("PROTO111", "int64 a = 1; int64 b = 2;", "int64 a = 1;", '{"b": "5"}'),
    ("PROTO112", "int64 a = 1; int64 b = 2;", "int64 a = 1; reserved 2;", '{"b": "5"}'),
    ("PROTO130", "int64 a = 1; int64 b = 2;", 'int64 a = 1; reserved 2; reserved "b";', '{"b": "5"}'),
    ("PROTO116", "int64 note = 1;", "int64 remark = 1;", '{"note": "5"}'),
    ("PROTO117", "optional int64 a = 1;", "int64 a = 1;", '{"a": "0"}'),
    ("PROTO119", "string a = 1;", "repeated string a = 1;", '{"a": "x"}'),
    ("PROTO119", "repeated string a = 1;", "string a = 1;", '{"a": ["x"]}'),
    ("PROTO211", f"E a = 1; }} {E} message X {{", "E a = 1; } enum E { ZERO = 0; PAID = 1; } message X {", '{"a": "LOST"}'),
    ("PROTO213", f"E a = 1; }} {E} message X {{", f"E a = 1; }} {E.replace('LOST', 'GONE')} message X {{", '{"a": "LOST"}'),
    ("PROTO215", f"repeated E a = 1; }} {E} message X {{", f"repeated E a = 1; }} {E.replace('ZERO', 'NONE')} message X {{", '{"a": ["ZERO"]}'),
    ("PROTO302", "int64 a = 1; int64 b = 2;", "oneof c { int64 a = 1; int64 b = 2; }", '{"a": "5", "b": "6"}'),
    ("PROTO411", "int64 a = 1;", "int32 a = 1;", '{"a": "4294967297"}'),
    ("PROTO412", "int32 a = 1;", "uint32 a = 1;", '{"a": -1}'),
    ("PROTO413", "bytes a = 1;", "string a = 1;", '{"a": "YWI="}'),
    ("PROTO414", "string a = 1;", "bytes a = 1;", '{"a": "abcd"}'),
    ("PROTO415", f"E a = 1; }} {E} message X {{", f"int32 a = 1; }} {E} message X {{", '{"a": "PAID"}'),
    ("PROTO417", f"E a = 1; }} {E} enum F {{ F_ZERO = 0; }} message X {{", f"F a = 1; }} {E} enum F {{ F_ZERO = 0; }} message X {{", '{"a": "PAID"}'),
]  # fmt: skip
NO_JSON_LOSS = [
    ("PROTO114", "int64 a = 1;", "int64 a = 2;", '{"a": "5"}'),
    ("PROTO214", f"E a = 1; }} {E} message X {{", f"E a = 1; }} {E.replace('2', '3')} message X {{", '{"a": "LOST"}'),
    ("PROTO115", "int64 order_id = 1;", "int64 orderId = 1;", '{"orderId": "5"}'),
]


def said_and_read(old: str, new: str, text: str) -> tuple[set[str], dict[str, Any] | None, dict[str, Any] | None]:
    """Return what the rules say of two bodies of M, and what is in a JSON text to the old one and to the new one."""
    (was, old_class), (now, new_class) = (
        compiled(f"{HEAD} message M {{ {body} }}", label) for body, label in ((old, "old"), (new, "new"))
    )
    sent = json_format.Parse(text, old_class())
    try:
        got = json_format.Parse(json_format.MessageToJson(sent), new_class())
    except json_format.ParseError:
        got = None
    codes = {finding.code for finding in judge_schemas(now, [("v1", was)], Mode.FULL)}
    return codes, by_name(sent), None if got is None else by_name(got)


def by_name(message: Any) -> dict[str, Any]:
    return {field.json_name: str(value) for field, value in message.ListFields()}


@pytest.mark.parametrize(("code", "old", "new", "text"), JSON_LOSSES, ids=lambda v: v if v.startswith("PROTO") else "")
def test_what_a_page_says_json_loses_a_message_loses(code: str, old: str, new: str, text: str) -> None:
    codes, sent, got = said_and_read(old, new, text)

    assert code in codes
    assert sent != got


@pytest.mark.parametrize(("code", "old", "new", "text"), NO_JSON_LOSS, ids=lambda v: v if v.startswith("PROTO") else "")
def test_what_a_page_says_json_keeps_a_message_keeps(code: str, old: str, new: str, text: str) -> None:
    codes, sent, got = said_and_read(old, new, text)

    assert code in codes
    assert got is not None
    assert set(sent or ()) == set(got)
