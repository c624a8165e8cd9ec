"""Contracts in Protobuf that generators get wrong: the files of a workspace."""

from __future__ import annotations

CONTRACT = (
    "{{apiVersion: v3.2.0, kind: DataContract, id: {id}, version: 1.0.0, status: active, schema: [{{name: {main}}}],"
    " customProperties: [{{vendor: tallystick, property: consumers, value: [{{id: me, fields: {fields}}}]}}]}}"
)
# What the consumer `me` reads; of the others it reads all.
READ = {
    "nasty.nested": ["inner.deeper.kind", "kinds"],
    "nasty.inner-main": ["head"],
    "nasty.choices": ["text", "at", "count"],
    "nasty.maps": ["a", "d"],
    "nasty.proto2": ["line.sku", "level"],
    "nasty.editions": ["b", "c.e"],
    "nasty.imports": ["two.b.a", "marked", "bases"],
    "nasty.keywords": ["in"],
    "nasty.no-package": ["kind"],
    "nasty.same-kind": ["u"],
}

# By the id of the contract: which message the topic holds, and the .proto file beside it.
NASTY = {
    "nasty.nested": (
        "Outer",
        """
        syntax = "proto3"; package nasty.nested;
        message Outer {
          message Inner { message Deeper { Kind kind = 1; Outer outer = 2; } Deeper deeper = 1; }
          enum Kind { NONE = 0; SOME = 1; }
          Inner inner = 1; repeated Inner.Deeper all = 2; map<string, Kind> kinds = 3;
        }""",
    ),
    "nasty.inner-main": (
        "Payload",
        """
        syntax = "proto3"; package tests.inner;
        message First { string a = 1; }
        message Envelope { message Head { string id = 1; } message Payload { Head head = 1; First first = 2; } }""",
    ),
    "nasty.names": (
        "None",
        """
        syntax = "proto3"; package nasty.names;
        message None { List from = 1; string class = 2; int32 self = 3; bytes DESCRIPTOR_ = 4; True true = 5; }
        message List { repeated int64 list = 1; string str = 2; bool bool = 3; int32 int = 4; string Final = 5; }
        enum True { True_UNSPECIFIED = 0; None_ = 1; }
        message Final { string TOPIC = 1; }
        message Producer { string name = 1; }""",
    ),
    "nasty.descriptor-field": (
        "Described",
        'syntax = "proto3"; package nasty.described; message Described { string DESCRIPTOR = 1; string lambda = 2; }',
    ),
    "nasty.choices": (
        "Choice",
        """
        syntax = "proto3"; package nasty.choices;
        import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
        import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto"; import "google/protobuf/any.proto";
        import "google/protobuf/field_mask.proto"; import "google/protobuf/empty.proto";
        message Choice {
          oneof one { string text = 1; google.protobuf.Empty nothing = 2; google.protobuf.Timestamp at = 3; }
          google.protobuf.Duration lasted = 4; google.protobuf.Struct free = 5; google.protobuf.Int64Value count = 6;
          google.protobuf.Any any = 7; google.protobuf.FieldMask mask = 8; optional bool maybe = 9;
        }""",
    ),
    "nasty.maps": (
        "Maps",
        """
        syntax = "proto3"; package nasty.maps;
        message Maps { map<int32, bytes> a = 1; map<bool, Maps> b = 2; map<fixed64, double> c = 3; map<string, E> d = 4; }
        enum E { E_ZERO = 0; E_ONE = 1; }""",
    ),
    "nasty.proto2": (
        "Old",
        """
        syntax = "proto2"; package nasty.old;
        message Old {
          required string id = 1; optional int32 count = 2 [default = 7]; repeated group Line = 3 { required string sku = 1; }
          optional Level level = 4 [default = HIGH]; optional bytes raw = 5 [default = "\\\\001x"]; extensions 100 to 199;
          optional double ratio = 6 [default = inf];
        }
        enum Level { LOW = -1; HIGH = 5; }
        extend Old { optional string note = 100; }""",
    ),
    "nasty.editions": (
        "Edited",
        """
        edition = "2023"; package nasty.edited; option features.field_presence = IMPLICIT;
        message Edited {
          string a = 1; int32 b = 2 [features.field_presence = EXPLICIT]; Sub c = 3 [features.message_encoding = DELIMITED];
          repeated int32 d = 4 [features.repeated_field_encoding = EXPANDED]; message Sub { string e = 1; }
        }""",
    ),
    "nasty.third": (
        "Second",
        """
        syntax = "proto3"; package tests.third;
        message First { string a = 1; } message Two { string b = 1; }
        message Third { message One { string c = 1; } message Second { Two two = 1; } }""",
    ),
    "nasty.imports": (
        "Imports",
        """
        syntax = "proto3"; package nasty.imports; import "shared/public/public.proto"; import "shared/a/same.proto";
        import "shared/b/same.proto"; import "shared/dashed-name.proto"; import "shared/options/options.proto";
        message Imports {
          shared.base.Base base = 1; shared.a.Same one = 2; shared.b.Same two = 3; shared.dashed.Dashed three = 4;
          string marked = 5 [(shared.options.mark).text = "x"]; map<string, shared.base.Base> bases = 6;
        }""",
    ),
    "nasty.keywords": (
        "Thing",
        'syntax = "proto3"; package class.import.None; message Thing { .class.import.None.Thing again = 1; int32 in = 2; }',
    ),
    "nasty.no-package": (
        "Bare",
        'syntax = "proto3"; message Bare { int32 number = 1; BareKind kind = 2; } enum BareKind { BK = 0; }',
    ),
    "nasty.same-kind": (
        "Same",
        'syntax = "proto3"; package nasty.same; message Same { sint64 n = 1; float f = 2; uint32 u = 3; }',
    ),
    "nasty.empty": ("Empty", 'syntax = "proto3"; package nasty.empty; message Empty {}'),
    "class.import": ("Reserved", 'syntax = "proto3"; package nasty.reserved; message Reserved { string a = 1; }'),
}
SHARED = {
    "shared/base/base.proto": 'syntax = "proto3"; package shared.base; message Base { string id = 1; }',
    "shared/public/public.proto": """
        syntax = "proto3"; package shared.public_; import public "shared/base/base.proto"; message Public { string a = 1; }""",
    "shared/a/same.proto": 'syntax = "proto3"; package shared.a; message Same { int32 a = 1; }',
    "shared/b/same.proto": 'syntax = "proto3"; package shared.b; import "shared/a/same.proto"; message Same { shared.a.Same b = 1; }',
    "shared/dashed-name.proto": 'syntax = "proto3"; package shared.dashed; message Dashed { string a = 1; }',
    "shared/options/options.proto": """
        syntax = "proto3"; package shared.options; import "google/protobuf/descriptor.proto";
        message Mark { string text = 1; } extend google.protobuf.FieldOptions { Mark mark = 50123; }""",
}


def workspace() -> dict[str, str]:
    """Return the files of all these contracts, by path."""
    files = {f"contracts/{path}": text for path, text in SHARED.items()}
    for id_, (main, text) in NASTY.items():
        folder = f"contracts/{id_.replace('.', '/')}"
        files[f"{folder}/contract.yaml"] = CONTRACT.format(id=id_, main=main, fields=READ.get(id_, []))
        files[f"{folder}/{id_.partition('.')[2]}.proto"] = text
    return files
