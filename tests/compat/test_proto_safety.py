"""Differential test: what the rules call safe, protobuf's runtime decodes to the same values."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError
from hypothesis import event, given
from hypothesis import strategies as st

from tallystick.compat.engine import Engine
from tallystick.compat.proto_fields import GROUPS
from tallystick.compat.verdict import compat_rules
from tallystick.rulekit.rule import Severity
from tallystick.schema.protobuf_builder import Builder
from tallystick.schema.protobuf_types import ProtoSchema
from tallystick.schema.types import Document

F = descriptor_pb2.FieldDescriptorProto
RULES = list(compat_rules())
ERRORS = [rule for rule in RULES if rule.severity is Severity.ERROR]
NUMBERS = ["int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64"]
KINDS = [*NUMBERS, "bool", "enum", "string", "bytes", "float", "double"]
SHAPES = ["single", "repeated", "oneof", "optional"]
ENUMS = [(0, 1), (0, 1, 2), (0, 2, -1)]
TEXTS = {
    "string": st.sampled_from(["", "a", "é"]),
    "bytes": st.sampled_from([b"", b"a", b"\xff", b"\xc3\x28"]),
    "bool": st.booleans(),
    "float": st.sampled_from([0.0, -1.5, 2.0**31]),
    "double": st.sampled_from([0.0, -1.5, 1e300]),
}


def file_of(fields: dict[int, tuple[str, str]], syntax: str, enum: tuple[int, ...]) -> Any:
    """Return a file with a message M of fields by number: each a type and a shape."""
    file = descriptor_pb2.FileDescriptorProto(name="main.proto", package="p", syntax=syntax)
    values = file.enum_type.add(name="E").value
    for number in enum:
        values.add(name=f"V{number}".replace("-", "_"), number=number)
    message = file.message_type.add(name="M")
    if any(shape == "oneof" for _, shape in fields.values()):
        message.oneof_decl.add(name="choice")
    for number, (kind, shape) in fields.items():
        label = F.LABEL_REPEATED if shape == "repeated" else F.LABEL_OPTIONAL
        type_ = F.Type.Value(f"TYPE_{kind.upper()}")
        field = message.field.add(name=f"f{number}", json_name=f"f{number}", number=number, label=label, type=type_)
        if kind == "enum":
            field.type_name = ".p.E"
        if shape == "oneof":
            field.oneof_index = 0
        if shape == "optional" and syntax == "proto3":
            field.proto3_optional = True
    return with_hidden_oneofs(message, file)


def with_hidden_oneofs(message: Any, file: Any) -> Any:
    """Return the file with a oneof for each proto3 `optional`, after all others, as protoc makes them."""
    for field in message.field:
        if field.proto3_optional:
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{field.name}")
    return file


def schema_of(file: Any, label: str) -> ProtoSchema:
    built = Builder().file(file, Document(f"{label}/main.proto", str(file)))
    return ProtoSchema(built, built.messages[0])


def class_of(file: Any) -> Any:
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("p.M"))


def refused(reader: Any, writer: Any) -> set[str]:
    """Return the rules that close the gate for a new file and an old one."""
    found = Engine(ERRORS, RULES).compare(schema_of(reader, "new"), schema_of(writer, "old"))
    return {f.rule.code for f in found}


def values_of(kind: str, enum: tuple[int, ...], *, is_open: bool) -> st.SearchStrategy[Any]:
    if kind in TEXTS:
        return TEXTS[kind]
    if kind == "enum":
        return st.sampled_from([*enum, 77, -5] if is_open else list(enum))
    bits = 64 if "64" in kind else 32
    below = 0 if kind.startswith(("u", "fixed")) else -(2 ** (bits - 1))
    above = 2**bits - 1 if below == 0 else 2 ** (bits - 1) - 1
    edges = [0, 1, 2, -1, 2**31 - 1, 2**31, -(2**31), 2**32 + 1, below, above]
    return st.sampled_from([edge for edge in edges if below <= edge <= above])


def read(message: Any, number: int) -> Any:
    """Return what a field holds, text as bytes: to compare a string with bytes."""
    field = message.DESCRIPTOR.fields_by_number[number]
    value = getattr(message, field.name)
    items = list(value) if field.is_repeated else [value]
    plain = [item.encode() if isinstance(item, str) else item for item in items]
    return plain if field.is_repeated else plain[0]


FIELD = st.tuples(st.sampled_from(KINDS), st.sampled_from(SHAPES))
FIELDS = st.dictionaries(st.integers(1, 3), FIELD, min_size=1)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Any, Any, dict[int, Any]]:
    """Return the file of a writer, that of a reader, and values for the writer's fields."""
    fields, syntax = draw(FIELDS), draw(st.sampled_from(["proto2", "proto3"]))
    enum = draw(st.sampled_from(ENUMS))
    changed = dict(fields)
    for number in draw(st.sets(st.integers(1, 4), max_size=2)):
        kind, shape = fields.get(number, ("int32", "single"))
        # Most changes within a group, where the registry is silent and the proof is needed.
        near = sorted(next(kinds for kinds in GROUPS.values() if kind in kinds))
        change = [[(other, shape) for other in near], [(other, shape) for other in KINDS], [(kind, s) for s in SHAPES]]
        changed[number] = draw(st.sampled_from(change).flatmap(st.sampled_from))
    for number in draw(st.sets(st.integers(1, 3), max_size=1)):
        changed.pop(number, None)
    other_syntax = draw(st.sampled_from([syntax, syntax, syntax, "proto2", "proto3"]))
    writer = file_of(fields, syntax, enum)
    reader = file_of(changed, other_syntax, draw(st.sampled_from([enum, *ENUMS])))
    values = {}
    for number, (kind, shape) in fields.items():
        one = values_of(kind, enum, is_open=syntax == "proto3")
        values[number] = draw(st.lists(one, max_size=3) if shape == "repeated" else one)
    return writer, reader, values


def written(writer: Any, values: dict[int, Any]) -> Any:
    message = class_of(writer)()
    for number, value in values.items():
        name = f"f{number}"
        if isinstance(value, list):
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)
    return message


@given(versions())
def test_what_the_rules_call_safe_decodes_to_the_same_values(case: tuple[Any, Any, dict[int, Any]]) -> None:
    writer, reader, values = case
    codes = refused(reader, writer)
    event("refused" if codes else "safe")
    if codes:
        return
    sent = written(writer, values)
    got = class_of(reader).FromString(sent.SerializeToString())
    both = set(sent.DESCRIPTOR.fields_by_number) & set(got.DESCRIPTOR.fields_by_number)

    assert {n: read(sent, n) for n in both} == {n: read(got, n) for n in both}


BREAKING = [
    ("int64", "int32", 2**32 + 1, "PROTO411"),
    ("uint64", "uint32", 2**64 - 1, "PROTO411"),
    ("int32", "bool", 2, "PROTO411"),
    ("int64", "enum", 2**32, "PROTO411"),
    ("sint64", "sint32", 2**40, "PROTO411"),
    ("int32", "uint32", -1, "PROTO412"),
    ("int32", "uint64", -1, "PROTO412"),
    ("uint32", "int32", 2**31, "PROTO412"),
    ("uint64", "int64", 2**63, "PROTO412"),
    ("fixed32", "sfixed32", 2**31, "PROTO412"),
    ("sfixed64", "fixed64", -1, "PROTO412"),
    ("bytes", "string", b"\xff", "PROTO413"),
    ("uint32", "enum", 2**31, "PROTO416"),
    ("int64", "sint64", -1, "PROTO402"),
    ("float", "fixed32", 1.5, "PROTO402"),
]


@pytest.mark.parametrize(("was", "now", "value", "code"), BREAKING)
def test_what_the_rules_call_breaking_has_a_message_that_breaks(was: str, now: str, value: Any, code: str) -> None:
    writer, reader = (file_of({1: (kind, "single")}, "proto3", (0, 1)) for kind in (was, now))
    sent = written(writer, {1: value})
    try:
        got = read(class_of(reader).FromString(sent.SerializeToString()), 1)
    except DecodeError:
        got = None

    assert code in refused(reader, writer)
    assert value != got


@pytest.mark.parametrize(("was", "now"), [(was, now) for was, now, _, code in BREAKING if code != "PROTO402"])
def test_a_registry_lets_pass_what_safety_rules_are_about(was: str, now: str) -> None:
    writer, reader = (schema_of(file_of({1: (kind, "single")}, "proto3", (0, 1)), kind) for kind in (was, now))

    assert Engine(ERRORS, RULES).can_read(reader, writer)
