"""What the registry says of pairs of .proto files: one table, at least one pair for each kind of difference it knows."""

from __future__ import annotations

import pytest
from tests.compat.test_rules import with_syntax

from tallystick.compat.engine import Engine
from tallystick.compat.verdict import compat_rules
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_types import ProtoMessage, ProtoSchema
from tallystick.schema.types import Document

RULES = [rule for rule in compat_rules() if rule.mirrors]
P2 = 'syntax = "proto2"; '
E23 = 'edition = "2023"; '

# The kind of difference that the pair is about, before, after.
COMPATIBLE = [
    ("MESSAGE_ADDED", "message Order {}", "message Order {} message Refund {}"),
    ("MESSAGE_ADDED", "message Order {}", "message Order { message Line {} }"),
    ("MESSAGE_MOVED", "message Order {} message Refund {}", "message Refund {} message Order {}"),
    ("MESSAGE_MOVED", "message A { message B {} message C {} }", "message A { message C {} message B {} }"),
    ("ENUM_ADDED", "message Order {}", "message Order {} enum State { NEW = 0; }"),
    ("ENUM_REMOVED", "message Order {} enum State { NEW = 0; }", "message Order {}"),
    ("ENUM_CONST_ADDED", "enum State { NEW = 0; }", "enum State { NEW = 0; PAID = 1; }"),
    ("ENUM_CONST_CHANGED", "enum State { NEW = 0; PAID = 1; }", "enum State { NEW = 0; SETTLED = 1; }"),
    ("ENUM_CONST_REMOVED", "enum State { NEW = 0; PAID = 1; }", "enum State { NEW = 0; }"),
    ("FIELD_ADDED", "message Order {}", "message Order { string note = 3; }"),
    ("FIELD_ADDED", P2 + "message Order {}", P2 + "message Order { optional string note = 3; }"),
    ("FIELD_ADDED", "message Order {}", "message Order { map<string, int64> notes = 3; }"),
    ("FIELD_ADDED", "message Order {}", "message Order { repeated Line lines = 3; } message Line {}"),
    ("FIELD_REMOVED", "message Order { string note = 3; }", "message Order {}"),
    ("FIELD_REMOVED", "message Order { map<string, int64> notes = 3; }", "message Order {}"),
    ("FIELD_REMOVED", "message Order { string note = 3; }", "message Order { string note = 4; }"),
    ("FIELD_NAME_CHANGED", "message Order { string note = 3; }", "message Order { string remark = 3; }"),
    ("FIELD_NAME_CHANGED", "message A { string b = 1; string c = 2; }", "message A { string c = 1; string b = 2; }"),
    (
        "FIELD_STRING_OR_BYTES_LABEL_CHANGED",
        "message Order { optional string note = 3; }",
        "message Order { repeated string note = 3; }",
    ),
    (
        "FIELD_STRING_OR_BYTES_LABEL_CHANGED",
        P2 + "message Order { optional bytes note = 3; }",
        P2 + "message Order { required string note = 3; }",
    ),
    ("ONEOF_ADDED", "message Order {}", "message Order { oneof how { string card = 3; string iban = 4; } }"),
    ("ONEOF_ADDED", "message Order { string card = 3; }", "message Order { oneof how { string card = 3; } }"),
    ("ONEOF_REMOVED", "message Order { oneof how { string card = 3; string iban = 4; } }", "message Order {}"),
    ("ONEOF_REMOVED", "message A { oneof b { int32 c = 1; } }", "message A { oneof d { int32 c = 1; } }"),
    (
        "ONEOF_FIELD_ADDED",
        "message Order { oneof how { string card = 3; } }",
        "message Order { oneof how { string card = 3; string iban = 4; } }",
    ),
    (
        "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
        "message Order { oneof how { string card = 3; string iban = 4; } }",
        "message Order { string card = 3; oneof how { string iban = 4; } }",
    ),
    # Scalars of one group share their bytes, and what has no word before it has no label that could change.
    ("NONE", "message Order { int32 total = 3; }", "message Order { uint64 total = 3; }"),
    ("NONE", "message Order { bool gift = 3; }", "message Order { State gift = 3; } enum State { NEW = 0; }"),
    ("NONE", "message Order { sint32 total = 3; }", "message Order { sint64 total = 3; }"),
    ("NONE", "message Order { string note = 3; }", "message Order { bytes note = 3; }"),
    ("NONE", "message Order { fixed32 total = 3; }", "message Order { sfixed32 total = 3; }"),
    ("NONE", "message Order { fixed64 total = 3; }", "message Order { sfixed64 total = 3; }"),
    ("NONE", "message Order { map<int32, bool> a = 3; }", "message Order { map<int64, int32> a = 3; }"),
    ("NONE", "message Order { int32 total = 3; }", "message Order { repeated int32 total = 3; }"),
    ("NONE", "message Order { int32 total = 3; }", "message Order { optional int32 total = 3; }"),
    ("NONE", "message A { B b = 1; } message B {}", "message A { repeated B b = 1; } message B {}"),
    ("NONE", P2 + "message A { required string b = 1; }", P2 + "message A { oneof c { string b = 1; } }"),
    ("NONE", P2 + "message A { optional int32 b = 1 [default = 1]; }", P2 + "message A { optional int32 b = 1; }"),
    ("NONE", "message A { reserved 2; }", "message A { int32 b = 2; }"),
    ("NONE", "message A { oneof b { int32 c = 1; } }", "message A { oneof b { uint32 c = 1; } }"),
    ("NONE", E23 + "message A {}", E23 + "message A { string b = 1 [features.field_presence = LEGACY_REQUIRED]; }"),
    ("NONE", "message A {} service S { rpc Get(A) returns (A); }", "message A {}"),
    (
        "NONE",
        P2 + "message A { extensions 9; } extend A { optional int32 b = 9; }",
        P2 + "message A { extensions 9; } extend A { optional float b = 9; }",
    ),
    (
        "NONE",
        "message A { oneof b { int32 c = 1; } oneof d { int32 e = 2; } }",
        "message A { oneof b { int32 c = 1; int32 e = 2; } }",
    ),
]

# The same, and where the registry finds it.
INCOMPATIBLE = [
    ("PACKAGE_CHANGED", "#/", 'syntax = "proto3"; package shop.v1;', 'syntax = "proto3"; package shop.v2;'),
    ("PACKAGE_CHANGED", "#/", 'syntax = "proto3"; package shop;', "message Order {}"),
    ("PACKAGE_CHANGED", "#/", "message Order {}", 'syntax = "proto3"; package shop; message Order {}'),
    ("MESSAGE_REMOVED", "#/Refund", "message Order {} message Refund {}", "message Order {}"),
    ("MESSAGE_REMOVED", "#/Order/Line", "message Order { message Line {} }", "message Order {}"),
    ("FIELD_KIND_CHANGED", "#/Order/3", "message Order { string a = 3; }", "message Order { Order a = 3; }"),
    ("FIELD_KIND_CHANGED", "#/Order/3", "message Order { Order a = 3; }", "message Order { int64 a = 3; }"),
    (
        "FIELD_KIND_CHANGED",
        "#/Order/3",
        "message Order { map<string, string> a = 3; }",
        "message Order { string a = 3; }",
    ),
    (
        "FIELD_KIND_CHANGED",
        "#/Order/3",
        "message Order { map<string, Order> a = 3; }",
        "message Order { map<string, string> a = 3; }",
    ),
    ("FIELD_SCALAR_KIND_CHANGED", "#/Order/3", "message Order { int64 a = 3; }", "message Order { sint64 a = 3; }"),
    ("FIELD_SCALAR_KIND_CHANGED", "#/Order/3", "message Order { string a = 3; }", "message Order { int32 a = 3; }"),
    ("FIELD_SCALAR_KIND_CHANGED", "#/Order/3", "message Order { float a = 3; }", "message Order { double a = 3; }"),
    ("FIELD_SCALAR_KIND_CHANGED", "#/Order/3", "message Order { fixed32 a = 3; }", "message Order { fixed64 a = 3; }"),
    ("FIELD_SCALAR_KIND_CHANGED", "#/Order/3", "message Order { int32 a = 3; }", "message Order { sint32 b = 3; }"),
    (
        "FIELD_SCALAR_KIND_CHANGED",
        "#/A/B/1",
        "message A { message B { bool c = 1; } }",
        "message A { message B { bytes c = 1; } }",
    ),
    (
        "FIELD_SCALAR_KIND_CHANGED",
        "#/Order/how/4",
        "message Order { oneof how { string card = 4; } }",
        "message Order { oneof how { double card = 4; } }",
    ),
    (
        "FIELD_SCALAR_KIND_CHANGED",
        "#/Order/4",
        "message Order { oneof how { string card = 4; } }",
        "message Order { double card = 4; }",
    ),
    (
        "FIELD_SCALAR_KIND_CHANGED",
        "#/Order/3",
        "message Order { map<string, int32> a = 3; }",
        "message Order { map<string, float> a = 3; }",
    ),
    (
        "FIELD_SCALAR_KIND_CHANGED",
        "#/Order/3",
        "message Order { map<string, int32> a = 3; }",
        "message Order { map<int32, int32> a = 3; }",
    ),
    (
        "FIELD_NAMED_TYPE_CHANGED",
        "#/A/1",
        "message A { B b = 1; } message B {} message C {}",
        "message A { C b = 1; } message B {} message C {}",
    ),
    (
        "FIELD_NAMED_TYPE_CHANGED",
        "#/A/1",
        "message A { message B {} B b = 1; } message B {}",
        "message A { message B {} .B b = 1; } message B {}",
    ),
    (
        "FIELD_NUMERIC_LABEL_CHANGED",
        "#/Order/3",
        P2 + "message Order { optional int32 a = 3; }",
        P2 + "message Order { repeated int32 a = 3; }",
    ),
    (
        "FIELD_NUMERIC_LABEL_CHANGED",
        "#/Order/3",
        P2 + "message Order { required bool a = 3; }",
        P2 + "message Order { optional bool a = 3; }",
    ),
    (
        "FIELD_NUMERIC_LABEL_CHANGED",
        "#/Order/3",
        "message Order { optional double a = 3; }",
        "message Order { repeated double a = 3; }",
    ),
    (
        "REQUIRED_FIELD_ADDED",
        "#/Order/3",
        P2 + "message Order {}",
        P2 + "message Order { required string a = 3; }",
    ),
    (
        "REQUIRED_FIELD_ADDED",
        "#/Order/3",
        P2 + "message Order { oneof how { string a = 3; } }",
        P2 + "message Order { required string a = 3; }",
    ),
    (
        "REQUIRED_FIELD_REMOVED",
        "#/Order/3",
        P2 + "message Order { required string a = 3; }",
        P2 + "message Order {}",
    ),
    (
        "ONEOF_FIELD_REMOVED",
        "#/Order/how/4",
        "message Order { oneof how { string card = 3; string iban = 4; } }",
        "message Order { oneof how { string card = 3; } }",
    ),
    (
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
        "#/Order/how",
        "message Order { string card = 3; string iban = 4; }",
        "message Order { oneof how { string card = 3; string iban = 4; } }",
    ),
    (
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
        "#/Order/how",
        "message Order { string card = 3; string iban = 4; oneof how { string cash = 5; } }",
        "message Order { oneof how { string card = 3; string iban = 4; string cash = 5; } }",
    ),
    (
        "FIELD_MOVED_TO_EXISTING_ONEOF",
        "#/Order/how",
        "message Order { string card = 3; oneof how { string iban = 4; } }",
        "message Order { oneof how { string card = 3; string iban = 4; } }",
    ),
    (
        "FIELD_MOVED_TO_EXISTING_ONEOF",
        "#/Order/way",
        "message Order { string card = 3; oneof how { string iban = 4; } }",
        "message Order { oneof way { string card = 3; string iban = 4; } }",
    ),
]
KINDS = 26  # that Confluent's registry knows; NONE is not one of them

MAIN = 'syntax = "proto3"; import "money.proto"; message Order { Money total = 3; }'


def test_the_table_has_every_kind_of_difference() -> None:
    kinds = {kind for kind, *_ in (*COMPATIBLE, *INCOMPATIBLE)} - {"NONE"}

    assert KINDS == len(kinds)
    assert {rule.mirrors for rule in RULES if rule.code.startswith("PROTO")} == {kind for kind, *_ in INCOMPATIBLE}


@pytest.mark.parametrize(("kind", "old", "new"), COMPATIBLE)
def test_the_registry_takes_it(kind: str, old: str, new: str) -> None:
    assert [] == differences({"main.proto": old}, {"main.proto": new}), kind


@pytest.mark.parametrize(("kind", "where", "old", "new"), INCOMPATIBLE)
def test_the_registry_refuses_it(kind: str, where: str, old: str, new: str) -> None:
    assert (kind, where) in differences({"main.proto": old}, {"main.proto": new})


def test_an_imported_message_is_compared_where_it_is_used() -> None:
    """By its contents, at its own name; and the field that has it is refused, too."""
    old = {"main.proto": MAIN, "money.proto": "message Money { int64 units = 1; }"}
    new = {"main.proto": MAIN, "money.proto": "message Money { string units = 1; }"}

    assert [
        ("FIELD_NAMED_TYPE_CHANGED", "#/Order/3"),
        ("FIELD_SCALAR_KIND_CHANGED", "#/Money/1"),
    ] == differences(old, new)


def test_forward_is_backward_the_other_way_round() -> None:
    """What was added is what the earlier reader lacks."""
    old, new = {"main.proto": "message Order {}"}, {"main.proto": "message Order {} message Refund {}"}

    assert [] == differences(old, new)
    assert [("MESSAGE_REMOVED", "#/Refund")] == differences(new, old)


def differences(old: dict[str, str], new: dict[str, str]) -> list[tuple[str | None, str]]:
    """Return what the registry says to a new reader of an old writer."""
    found = Engine(RULES, RULES).compare(_schema("new", new), _schema("old", old))
    return [(one.rule.mirrors, one.location) for one in found]


def _schema(label: str, files: dict[str, str]) -> ProtoSchema:
    found, problems = read_protos(
        {name: Document(f"{label}/{name}", with_syntax(text)) for name, text in files.items()}
    )

    assert () == tuple(problems)
    file = found["main.proto"]
    return ProtoSchema(file, file.messages[0] if file.messages else ProtoMessage(place=file.place, name="None"))
