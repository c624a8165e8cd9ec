"""The registry's text of a .proto file: valid, with all options, and the same for files that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proto_strategies import Edit, Proto, edits, proto_files

from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_text import registry_text
from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.types import Document

OPTIONS = r"""
syntax = "proto2";
package acme;
import "google/protobuf/descriptor.proto";
enum Level { LOW = 0; HIGH = -3; }
message Meta {
  repeated string tags = 1;
  optional group G = 2 { required int32 z = 1; }
  map<string, Meta> by_name = 3;
  extensions 100 to max;
  extend Meta { optional Meta deep = 100; repeated int64 ns = 101 [packed = true]; }
}
extend google.protobuf.FieldOptions {
  optional bool pii = 50000;
  optional Meta meta = 50001;
  repeated string tag = 50002;
  optional float ratio = 50003;
  optional bytes raw = 50004;
  optional Level level = 50005;
  repeated Meta metas = 50006;
  optional uint64 big = 50007;
}
extend google.protobuf.MessageOptions { optional Meta about = 50001; }
message Set { option message_set_wire_format = true; extensions 4 to max; }
message Nearly { option message_set_wire_format = true; extensions 4 to 536870911, 536870913 to 536870920; }
"""
ORDER = r"""
syntax = "proto2";
package acme.shop;
import public "options.proto";
import "google/protobuf/any.proto";
option java_package = "a\"b\\c\n\001é";
option go_package = "g";
/* Dropped. */
message Order {
  option no_standard_descriptor_accessor = true;
  option (about) = {
    tags: "é\"\n" G { z: -4 } by_name { key: "k" value { tags: "x" } } by_name { key: "a" value { } }
    [acme.Meta.deep] { [acme.Meta.ns]: [1, 2] }
  };
  required string id = 9 [
    (pii) = true, default = "q\"\\\n\0011é", json_name = "ID", (acme.tag) = "a", (acme.tag) = "b", (ratio) = -inf,
    (acme.raw) = "\000\377\"\\z", (level) = HIGH, (metas) = {tags: "1"}, (metas) = {}, (big) = 18446744073709551615
  ];
  optional bytes bytes_ = 1 [default = "\000\"'\\\3771"];
  optional float f = 2 [default = -inf];
  optional double d = 3 [default = nan, (ratio) = 1e-7];
  optional bool b = 5 [default = true];
  optional Level l = 6 [default = HIGH];
  optional int64 i = 7 [default = -9223372036854775808];
  map<string, Order> kids = 20;
  message N {}
  map<int32, bytes> bs = 22 [deprecated = true];
  repeated group Gr = 24 { optional int32 q = 1; message Deep {} extensions 10, 12 to 14; }
  oneof choice { string s = 30; group Og = 31 { option deprecated = true; optional int32 q = 1; } N n = 32; }
  reserved 10 to 12, 8;
  reserved 1000 to max;
  reserved "zz", "old";
  extensions 500 to 510 [verification = UNVERIFIED];
  extensions 600 to 610 [declaration = { number: 600 full_name: ".acme.foo" type: ".acme.Level" repeated: true }];
  extend Order { optional group Eg = 500 { optional bool x = 1; } optional int32 e2 = 501; }
  message Z {}
  repeated int32 p = 50 [packed = true];
  optional string _lead = 51; optional string two__un_derscores_ = 52; optional string Cap_S = 53; optional string a1_2b = 54;
  enum K { option allow_alias = true; A = 0; B = 0 [deprecated = true]; C = -5; reserved -10 to -6, 7 to max; reserved "X"; }
}
service Shop {
  option deprecated = true;
  rpc A(Order) returns (stream Lone);
  rpc B(stream google.protobuf.Any) returns (Order) { option idempotency_level = NO_SIDE_EFFECTS; }
}
message Lone {}
extend Order { optional group Top = 505 {} }
message After {}
"""
OTHERS = {
    "three.proto": """
syntax = "proto3";
message A {
  optional int32 a = 1; int32 b = 2; oneof o { string c = 3; int32 d = 4; }
  repeated int32 p = 5 [packed = false]; optional A self = 6; map<string, sint32> m = 7;
}
enum E { Z = 0; }
""",
    "edition.proto": """
edition = "2023";
package ed;
import "google/protobuf/cpp_features.proto";
import "options.proto";
option features.field_presence = IMPLICIT;
option features.(pb.cpp).string_type = VIEW;
message E {
  string a = 1; int32 b = 2 [features.field_presence = EXPLICIT, (acme.meta).tags = "x"];
  E e = 3 [features.message_encoding = DELIMITED]; reserved foo, bar; map<string, E> m = 4;
  int32 r = 5 [features.field_presence = LEGACY_REQUIRED]; repeated int32 x = 6 [features.repeated_field_encoding = EXPANDED];
}
enum En { option features.enum_type = CLOSED; A = 1; reserved Q; }
""",
    "edition_2024.proto": """
edition = "2024"; package ed24; import option "options.proto";
export message E { string a = 1 [(acme.pii) = true]; local message I {} } local enum X { X_A = 0; }
""",
}
EVERYTHING = {"options.proto": OPTIONS, "order.proto": ORDER, **OTHERS}


def read(texts: Mapping[str, str]) -> Mapping[str, ProtoFile]:
    """Return the files, all of which must compile."""
    files, problems = read_protos({name: Document(name, text) for name, text in texts.items()})

    assert [] == [str(problem) for problem in problems]
    return files


def said(file: ProtoFile) -> Any:
    """Return the descriptor of a file without what its text does not keep: comments, and the order of what is sorted."""
    found = FileDescriptorProto.FromString(file.described.descriptor.SerializeToString(deterministic=True))
    found.ClearField("source_code_info")
    public = sorted(found.dependency[i] for i in found.public_dependency)
    found.dependency.sort()
    found.public_dependency[:] = [list(found.dependency).index(name) for name in public]
    _sort(found.message_type, found.enum_type)
    return found


def _sort(messages: Any, enums: Any) -> None:
    for one in [*messages, *enums]:
        one.reserved_range.sort(key=lambda reserved: reserved.start)
        one.reserved_name.sort()
    for message in messages:
        _sort(message.nested_type, message.enum_type)


def test_the_text_of_a_file_compiles_to_the_same_descriptor_and_has_the_same_text() -> None:
    files = read(EVERYTHING)
    texts = {name: registry_text(files[name]) for name in EVERYTHING}
    again = read(texts)

    assert {name: said(files[name]) for name in texts} == {name: said(again[name]) for name in texts}
    assert texts == {name: registry_text(again[name]) for name in texts}


def test_options_of_every_type_stand_in_the_text_sorted_by_name() -> None:
    text = registry_text(read(EVERYTHING)["order.proto"])

    assert (
        r'required string id = 9 [default = "q\"\\\n\0011é", json_name = "ID", (.acme.big) = 18446744073709551615,'
        r' (.acme.level) = HIGH, (.acme.metas) = { tags: "1" }, (.acme.metas) = { }, (.acme.pii) = true,'
        r' (.acme.ratio) = -inf, (.acme.raw) = "\000\377\"\\z", (.acme.tag) = "a", (.acme.tag) = "b"];'
    ) in text


def test_comments_spaces_names_and_the_order_of_imports_and_options_make_no_other_text() -> None:
    tidy = """
syntax = "proto3";
package acme;
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
option go_package = "g";
option java_package = "j";
message A { reserved 3; reserved 7; B b = 1; google.protobuf.Any any = 2 [deprecated = true, json_name = "x"]; }
message B {}
"""
    wild = """
option java_package = "j"; option go_package = 'g'; // no matter
"""
    wild = f"""/* A */ syntax='proto3'; package acme; import 'google/protobuf/empty.proto'; {wild}
import "google/protobuf/any.proto"; message A {{ .acme.B b = 1; .google.protobuf.Any any = 0x2
  [json_name="x", deprecated=true]; reserved 7, 3; }} message B {{ }}"""
    files = read({"a.proto": tidy}), read({"a.proto": wild})

    assert registry_text(files[0]["a.proto"]) == registry_text(files[1]["a.proto"])


@given(
    st.lists(st.integers(0, 9), min_size=8, max_size=8).flatmap(
        lambda ns: st.tuples(*(proto_files(f"p{i}.x{n}") for i, n in enumerate(ns)))
    )
)
@settings(max_examples=25)
def test_any_file_is_said_again_by_its_text(protos: tuple[Proto, ...]) -> None:
    files = read({f"{i}.proto": proto.text for i, proto in enumerate(protos)})
    names = [f"{i}.proto" for i in range(len(protos))]
    again = read({name: registry_text(files[name]) for name in names})

    assert [said(files[name]) for name in names] == [said(again[name]) for name in names]
    assert [registry_text(files[name]) for name in names] == [registry_text(again[name]) for name in names]


@given(st.tuples(*(edits(proto_files(f"p{i}")) for i in range(5))))
@settings(max_examples=15)
def test_an_edited_file_compiles_and_has_another_text(made: tuple[Edit, ...]) -> None:
    before = read({f"{i}.proto": edit.before.text for i, edit in enumerate(made)})
    after = read({f"{i}.proto": edit.after.text for i, edit in enumerate(made)})

    assert [] == [
        edit for i, edit in enumerate(made) if registry_text(before[f"{i}.proto"]) == registry_text(after[f"{i}.proto"])
    ]
