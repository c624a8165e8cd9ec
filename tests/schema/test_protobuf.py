""".proto files: what their nodes say, and what is wrong with those that protoc does not take, at line and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proto_strategies import Proto, proto_files

from tallystick.errors import InvalidProto
from tallystick.schema.protobuf import proto_positions, read_protos
from tallystick.schema.protobuf_schema import proto_schema
from tallystick.schema.protobuf_types import Presence, ProtoEnum, ProtoField, ProtoFile, ProtoMessage
from tallystick.schema.types import Document

P2, P3, E23 = 'syntax = "proto2";\n', 'syntax = "proto3";\n', 'edition = "2023";\n'
OPTIONS = """
package acme;
import "google/protobuf/descriptor.proto";
message Note { repeated string words = 1; map<string, Note> by_name = 2; bytes raw = 3; }
enum Level { LOW = 0; HIGH = 1; }
extend google.protobuf.FieldOptions { bool pii = 50000; Note note = 50001; repeated Level levels = 50002; }
"""


def parsed(texts: Mapping[str, str], **how: Any) -> tuple[Mapping[str, ProtoFile], list[str]]:
    """Return the files that compile, and each problem as `file:line:column message`."""
    files, problems = read_protos({name: Document(name, text) for name, text in texts.items()}, **how)
    return files, [f"{one.file}:{one.line}:{one.column} {one.message}" for one in problems]


def file_of(text: str, **others: str) -> ProtoFile:
    files, problems = parsed({"a.proto": text, **{f"{name}.proto": other for name, other in others.items()}})

    assert [] == problems
    return files["a.proto"]


def message_of(text: str, **others: str) -> ProtoMessage:
    return file_of(text, **others).messages[0]


def field_of(text: str, **others: str) -> ProtoField:
    return message_of(text, **others).fields[0]


@pytest.mark.parametrize(
    ("text", "presence"),
    [
        (P2 + "message A { optional int32 a = 1; }", "explicit"),
        (P2 + "message A { required int32 a = 1; }", "required"),
        (P2 + "message A { repeated int32 a = 1; }", "repeated"),
        (P2 + "message A { oneof o { int32 a = 1; } }", "explicit"),
        (P3 + "message A { int32 a = 1; }", "implicit"),
        (P3 + "message A { optional int32 a = 1; }", "explicit"),
        (P3 + "message A { A a = 1; }", "explicit"),
        (P3 + "message A { oneof o { int32 a = 1; } }", "explicit"),
        (P3 + "message A { map<int32, A> a = 1; }", "repeated"),
        (E23 + "message A { int32 a = 1; }", "explicit"),
        (E23 + "message A { int32 a = 1 [features.field_presence = IMPLICIT]; }", "implicit"),
        (E23 + "message A { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; }", "required"),
        (E23 + "option features.field_presence = IMPLICIT;\nmessage A { int32 a = 1; }", "implicit"),
        (E23 + "option features.field_presence = IMPLICIT;\nmessage A { A a = 1; }", "explicit"),
        ('edition = "2024"; message A { int32 a = 1; }', "explicit"),
    ],
)
def test_presence_follows_label_syntax_and_features(text: str, presence: str) -> None:
    assert Presence(presence) == field_of(text).presence


@pytest.mark.parametrize(
    ("text", "kind", "type_name"),
    [
        (P3 + "message A { sfixed64 a = 1; }", "sfixed64", "sfixed64"),
        (P3 + "package p; message A { A a = 1; }", "message", "p.A"),
        (P3 + "package p; message A { B.C a = 1; } message B { enum C { D = 0; } }", "enum", "p.B.C"),
        (P3 + "message A { map<string, A> a = 1; }", "message", "map<string, A>"),
        (P2 + "message A { optional group B = 1 { required int32 c = 1; } }", "group", "A.B"),
        (E23 + "message A { A a = 1 [features.message_encoding = DELIMITED]; }", "group", "A"),
        (
            E23 + "option features.message_encoding = DELIMITED; message A { map<string, A> a = 1; }",
            "message",
            "map<string, A>",
        ),
    ],
)
def test_a_field_knows_its_type(text: str, kind: str, type_name: str) -> None:
    field = field_of(text)

    assert (kind, type_name) == (field.kind, field.type_name)


def test_the_value_of_a_map_is_never_delimited() -> None:
    field = field_of(E23 + "option features.message_encoding = DELIMITED;\nmessage A { map<string, A> a = 1; }")

    assert isinstance(field.type, ProtoMessage)
    assert ["string", "message"] == [one.kind for one in field.type.fields]


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        (P2 + "message A { repeated int32 a = 1; }", False),
        (P2 + "message A { repeated int32 a = 1 [packed = true]; }", True),
        (P3 + "message A { repeated int32 a = 1; }", True),
        (P3 + "message A { repeated int32 a = 1 [packed = false]; }", False),
        (P3 + "message A { repeated string a = 1; }", False),
        (P3 + "message A { int32 a = 1; }", False),
        (E23 + "message A { repeated int32 a = 1 [features.repeated_field_encoding = EXPANDED]; }", False),
        (E23 + "message A { repeated int32 a = 1; }", True),
    ],
)
def test_packing_follows_syntax_options_and_features(text: str, packed: bool) -> None:  # noqa: FBT001  # a table's column
    assert packed == field_of(text).is_packed


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        (P2 + "enum E { A = 0; }", True),
        (P3 + "enum E { A = 0; }", False),
        (E23 + "enum E { A = 0; }", False),
        (E23 + "enum E { option features.enum_type = CLOSED; A = 1; }", True),
    ],
)
def test_an_enum_is_open_or_closed(text: str, closed: bool) -> None:  # noqa: FBT001  # a table's column
    assert closed == file_of(text).enums[0].is_closed


def test_a_message_has_its_oneofs_reserved_numbers_and_nested_types() -> None:
    message = message_of(
        P2 + "message A { reserved 3, 10 to 12; reserved 100 to max; reserved 'x', 'y'; extensions 50 to 60;"
        " oneof o { int32 a = 1; string b = 2; } message In { enum E { Z = 0; } } extend A { optional int32 e = 50; } }"
    )

    assert ((3, 3), (10, 12), (100, 2**29 - 1)) == message.reserved.ranges
    assert {"x", "y"} == message.reserved.names
    assert ((50, 60),) == message.extension_ranges.ranges
    assert [("o", ["a", "b"])] == [(one.name, [field.name for field in one.fields]) for one in message.oneofs]
    assert ["A.In", "A.In.E"] == [message.messages[0].name, message.messages[0].enums[0].name]
    assert [("e", "A")] == [(one.name, one.extends) for one in message.extensions]


def test_an_optional_of_proto3_is_in_no_oneof() -> None:
    message = message_of(P3 + "message A { optional int32 a = 1; oneof o { int32 b = 2; } }")

    assert [None, "o"] == [field.oneof for field in message.fields]
    assert ["o"] == [one.name for one in message.oneofs]


def test_an_enum_has_aliases_and_reserved_numbers_of_any_sign() -> None:
    enum = file_of(
        P2 + "enum E { option allow_alias = true; A = 0; B = 0; C = -1; reserved -9 to -5, 7 to max; }"
    ).enums[0]

    assert isinstance(enum, ProtoEnum)
    assert (True, ["A", "B"], ["C"]) == (enum.allows_alias, enum.named(0), enum.named(-1))
    assert ((-9, -5), (7, 2**31 - 1)) == enum.reserved.ranges


def test_defaults_and_json_names_are_as_protoc_says_them() -> None:
    message = message_of(
        P2 + 'message A { optional string a_b = 1 [default = "é\\n"]; optional bytes c = 2 [json_name = "C"]; }'
    )

    assert [("é\n", "aB"), (None, "C")] == [(field.default, field.json_name) for field in message.fields]


def test_options_are_read_with_custom_ones_of_every_type() -> None:
    text = P3 + 'import "o.proto"; message A { int32 a = 1 [deprecated = true, (acme.pii) = true, (acme.levels) = HIGH,'
    text += ' (acme.note) = { words: ["x", "y"] by_name { key: "k" value { words: "z" } } raw: "\\377" }]; }'

    assert {
        "deprecated": True,
        "(acme.pii)": True,
        "(acme.levels)": ["HIGH"],
        "(acme.note)": {"words": ["x", "y"], "by_name": {"k": {"words": ["z"]}}, "raw": "\xff"},
    } == field_of(text, o=P3 + OPTIONS).properties


def test_what_is_imported_for_its_options_only_is_an_import_and_read() -> None:
    text = 'edition = "2024"; import option "o.proto"; message A { int32 a = 1 [(acme.pii) = true]; }'
    file = file_of(text, o=P3 + OPTIONS)

    assert ["o.proto"] == [one.name for one in file.imports]
    assert {"(acme.pii)": True} == file.messages[0].fields[0].properties


def test_files_that_give_one_number_to_two_options_are_read_by_their_own() -> None:
    option = (
        'package %s; import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { %s x = 50000; }'
    )
    uses = 'import "%s.proto"; message %s { int32 a = 1 [(%s.x) = %s]; }'
    texts = {"a.proto": P3 + option % ("a", "bool"), "b.proto": P3 + option % ("b", "string")}
    texts |= {"A.proto": P3 + uses % ("a", "A", "a", "true"), "B.proto": P3 + uses % ("b", "B", "b", '"s"')}
    both = P3 + 'import "a.proto"; import "b.proto";'
    files, problems = parsed({**texts, "both.proto": both, "more.proto": P3 + 'import "both.proto";'})

    assert {"(a.x)": True} == files["A.proto"].messages[0].fields[0].properties
    assert {"(b.x)": "s"} == files["B.proto"].messages[0].fields[0].properties
    assert [
        "both.proto:1:1 two extensions that it imports or defines have the same number",
        "more.proto:1:1 it imports 'both.proto', which has errors",
    ] == problems


def test_imports_services_and_well_known_types_are_read() -> None:
    text = (
        P3
        + 'import public "b.proto"; import "google/protobuf/any.proto"; service S { rpc M(stream B) returns (google.protobuf.Any); }'
    )
    file = file_of(text, b=P3 + "message B {}")
    method = file.services[0].methods[0]

    assert [("b.proto", True), ("google/protobuf/any.proto", False)] == [
        (one.name, one.is_public) for one in file.imports
    ]
    assert ("B", "google.protobuf.Any", True, False) == (
        method.takes,
        method.returns,
        method.takes_stream,
        method.returns_stream,
    )
    assert {"a.proto", "b.proto", "google/protobuf/any.proto"} == {one.name for one in file.closure()}


def test_places_and_comments_are_found_behind_tabs_and_wide_characters_and_line_ends() -> None:
    text = P3.replace("\n", "\r\n") + "// An A.\r\nmessage A {\r\n\t/* é𝄞 */\tint32 a = 1; // the é\r\n}\r\n"
    message = message_of(text)
    field = message.fields[0]
    document = file_of(text).described

    assert ("An A.", "é𝄞") == (message.doc, field.doc)
    assert (4, 11) == proto_positions(document)[field.place.pointer]


BAD: Mapping[str, tuple[Mapping[str, str], list[str]]] = {
    "a missing import": (
        {"a.proto": P3 + 'import "no.proto";\nmessage A { no.X x = 1; }', "b.proto": P3},
        ["a.proto:2:1 there is no file 'no.proto' to import"],
    ),
    "an import cycle": (
        {"a.proto": P3 + 'import "b.proto";', "b.proto": P3 + 'import "a.proto";', "c.proto": P3 + 'import "a.proto";'},
        [
            "a.proto:2:1 it imports itself: a.proto -> b.proto -> a.proto",
            "b.proto:2:1 it imports 'a.proto', which has errors",
            "c.proto:2:1 it imports 'a.proto', which has errors",
        ],
    ),
    "an import of itself": (
        {"a.proto": P3 + 'import "a.proto";'},
        ["a.proto:2:1 it imports itself: a.proto -> a.proto"],
    ),
    "a well-known name": (
        {"google/protobuf/any.proto": P3, "b.proto": P3 + 'import "google/protobuf/any.proto";'},
        ["google/protobuf/any.proto:1:1 files below google/protobuf/ are protoc's own: no other may stand there"],
    ),
    "a syntax error behind CRLF and a tab": (
        {"a.proto": P3 + "message A {\r\n\tint32 x = ;\r\n}"},
        ["a.proto:3:12 Expected field number."],
    ),
    "an unknown type behind wide characters": (
        {"a.proto": P3 + "/* öö */\tmessage A {\r\n\t/*é*/\tNope x = 1;\r\n}"},
        ['a.proto:3:8 "Nope" is not defined.'],
    ),
    "a name that is not ASCII": (
        {"a.proto": P3 + "message Ä { string ü = 1; }"},
        [
            "a.proto:2:9 only comments and strings may have characters that are not ASCII",
            "a.proto:2:20 only comments and strings may have characters that are not ASCII",
        ],
    ),
    "a comment without an end": ({"a.proto": P3 + "/* A"}, ["a.proto:2:1 The comment that starts here has no end."]),
    "a control character": (
        {"a.proto": P3 + "message A\x00{}"},
        ["a.proto:2:10 Invalid control characters encountered in text."],
    ),
    "a lone surrogate": (
        {"a.proto": P3 + "// \ud800"},
        ["a.proto:1:1 its text has a lone surrogate, which no UTF-8 has"],
    ),
    "messages nested too deep": (
        {"a.proto": P3 + "message M {" * 1000 + "}" * 1000},
        [
            "a.proto:2:342 Reached maximum recursion limit for nested messages.",
            "a.proto:2:12001 Reached end of input in message definition (missing '}').",
        ],
    ),
    "an option of a type that is nowhere": (
        {
            "a.proto": P3
            + 'import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { Nope n = 50000; }'
        },
        ['a.proto:2:82 "Nope" is not defined.'],
    ),
    "a number twice": (
        {"a.proto": P3 + "message A { int32 a = 1;\n int32 b = 1; }"},
        ['a.proto:3:12 Field number 1 has already been used in "A" by field "a". Next available field number is 2.'],
    ),
    "a type in two files": (
        {"a.proto": P3 + "message A {}", "b.proto": P3 + "message A {}", "c.proto": P3 + "message C {}"},
        ["b.proto:2:9 it defines 'A', and so does 'a.proto'", "a.proto:2:9 it defines 'A', and so does 'b.proto'"],
    ),
    "a type in two files, with all that is in it": (
        {
            "a.proto": P3 + "// message A is theirs.\n\nmessage B {}\nmessage A { int32 x = 1; message I {} }",
            "b.proto": P3 + "message A {\n  int32 x = 1; message I { int32 y = 1; } }",
        },
        ["b.proto:2:9 it defines 'A', and so does 'a.proto'", "a.proto:5:9 it defines 'A', and so does 'b.proto'"],
    ),
    "an enum's value in two files": (
        {"a.proto": P3 + "enum A { X = 0; }", "b.proto": P3 + "enum B { X = 0; }"},
        ["b.proto:2:10 it defines 'X', and so does 'a.proto'", "a.proto:2:10 it defines 'X', and so does 'b.proto'"],
    ),
    "a path below a file": (
        {"a.proto": P3, "a.proto/b.proto": P3},
        ["a.proto/b.proto:1:1 'a.proto/b.proto' stands below 'a.proto', which is a file, too"],
    ),
    "an edition of the future": ({"a.proto": 'edition = "2099";'}, ['a.proto:1:11 Unknown edition "2099".']),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_what_protoc_does_not_take_is_a_finding_at_its_place(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    texts, expected = BAD[case]
    files, problems = parsed(texts)

    assert sorted(expected) == sorted(problems)
    assert {name for name in texts if not any(one.startswith(f"{name}:") for one in expected)} <= {*files, "b.proto"}
    assert ("", "") == capfd.readouterr()


@pytest.mark.parametrize(
    "name",
    [
        "../x.proto",
        "/x.proto",
        "a\nb.proto",
        "a\x00.proto",
        "a/../b.proto",
        "./a.proto",
        "a//b.proto",
        "C:/x.proto",
        "a\\b.proto",
        "",
        ".",
        "..",
        chr(0xD800) + ".proto",
        "a\u2028.proto",
        "a" * 300 + ".proto",
    ],
)
def test_a_hostile_name_is_a_finding_and_the_other_files_compile(name: str) -> None:
    files, problems = read_protos({name: Document("given", P3), "b.proto": Document("b.proto", P3)})

    assert ["b.proto"] == list(files)
    assert [f"{name!r} is not a path that a .proto file can be imported by"] == [one.message for one in problems]


@pytest.mark.parametrize(
    "name", ["-x.proto", "--plugin=x.proto", "@x.proto", "a b.proto", "é.proto", "a,b=c%.proto", "plain"]
)
def test_an_unusual_name_is_a_name(name: str) -> None:
    files, problems = parsed({name: P3 + "message A {}", "b.proto": P3 + f'import "{name}"; message B {{ A a = 1; }}'})

    assert ([], {name, "b.proto"}) == (problems, set(files))


@pytest.mark.parametrize("path", ["../b.proto", "/b.proto", "./b.proto", "x//b.proto", "", "google/protobuf/no.proto"])
def test_an_import_finds_nothing_outside_of_the_files(path: str) -> None:
    _, problems = parsed({"a.proto": P3 + f'import "{path}";', "b.proto": P3})

    assert [f"a.proto:2:1 there is no file '{path}' to import"] == problems


def test_a_file_without_syntax_that_reads_like_proto3_is_told_so() -> None:
    _, problems = read_protos({"a.proto": Document("a.proto", "message A { int32 a = 1; }")})

    assert ['begin the file with syntax = "proto3"; it is read as proto2'] == [one.fix for one in problems]


def test_an_enum_of_200_000_values_is_read() -> None:
    enum = file_of(P3 + "enum E {\n" + "".join(f"V{i} = {i};\n" for i in range(200_000)) + "}").enums[0]

    assert 200_000 == len(enum.values)


def test_what_takes_too_long_is_a_finding() -> None:
    files, problems = parsed({"a.proto": P3, "b.proto": P3}, deadline=0.0)

    assert ({}, [f"{name}.proto:1:1 protoc had too little time to compile it" for name in "ab"]) == (files, problems)


def test_a_file_that_protoc_breaks_down_over_is_found_among_others() -> None:
    deep = "r {" * 500 + "x: 1" + "}" * 500
    option = 'import "google/protobuf/descriptor.proto"; message R { optional R r = 1; optional int32 x = 2; }'
    option += f" extend google.protobuf.FileOptions {{ optional R r = 50000; }} option (r) = {{ {deep} }};"
    files, problems = parsed({"deep.proto": P2 + option, **{f"{i}.proto": P3 for i in range(9)}})

    assert {f"{i}.proto" for i in range(9)} == set(files)
    assert ["deep.proto:1:1"] == [one.partition(" ")[0] for one in problems]


@given(proto_files(), st.integers(0, 10_000), st.text(max_size=8))
@settings(max_examples=40)
def test_a_file_with_a_typo_is_read_or_a_finding_inside_of_it(proto: Proto, at: int, typo: str) -> None:
    at %= len(proto.text)
    text = proto.text[:at] + typo + proto.text[at + 1 :]
    files, problems = read_protos({"a.proto": Document("a.proto", text)})
    lines = text.split("\n")

    assert bool(problems) != ("a.proto" in files)
    assert [] == [one for one in problems if one.line > len(lines) or one.column > len(lines[one.line - 1]) + 1]


def test_a_message_inside_another_is_named_by_as_much_of_its_name_as_it_takes() -> None:
    text = 'syntax = "proto3"; package x; message A { message Leaf {} } message B { message Leaf {} A.Leaf a = 1; }'
    found, _ = read_protos({"b.proto": Document("b.proto", text)})

    assert "x.B.Leaf" == proto_schema(found["b.proto"], "B.Leaf").root.name
    with pytest.raises(InvalidProto):
        proto_schema(found["b.proto"], "Leaf")
