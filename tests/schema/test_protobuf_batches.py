"""Many sets of .proto files in few runs of protoc: none sees another's files, and none suffers from another."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_batches import ProtoBatches
from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.types import Document

HEAD = 'syntax = "proto3";\n'
A = HEAD + "package a;\nmessage A { int32 id = 1; }"
A2 = HEAD + "package a;\nmessage A { int64 id = 1; }"
USES_A = HEAD + 'import "a.proto";\nmessage User { a.A a = 1; }'
BROKEN = HEAD + "message Broken {"
OPTION = HEAD + 'package %s; import "google/protobuf/descriptor.proto";'
OPTION += " extend google.protobuf.FieldOptions { string note = 50000; } message M { int32 i = 1 [(note) = 'é']; }"
SETS: Mapping[str, Mapping[str, str]] = {
    "a": {"a.proto": A},
    "the same again": {"a.proto": A},
    "the same name, another text": {"a.proto": A2},
    "another name, the same type": {"b.proto": A},
    "an import of its own": {"a.proto": A, "user.proto": USES_A},
    "an import of another set": {"other.proto": USES_A.replace("User", "Other")},
    "broken": {"broken.proto": BROKEN, "good.proto": HEAD + "message Good {}"},
    "broken import": {"x/broken.proto": BROKEN, "x/user.proto": HEAD + 'import "x/broken.proto";'},
    "defined twice by itself": {"one.proto": HEAD + "message Twice {}", "two.proto": HEAD + "message Twice {}"},
    "a value of an enum": {"e1.proto": HEAD + "enum E1 { UNKNOWN = 0; }"},
    "the same value of an enum": {"e2.proto": HEAD + "enum E2 { UNKNOWN = 0; }"},
    "a type like a package": {"p.proto": HEAD + "message a { }"},
    "an option": {"o1.proto": OPTION % "o1"},
    "an option of the same number": {"o2.proto": OPTION % "o2"},
    "a path below a file": {"a.proto/deep.proto": HEAD + "message Deep {}"},
    "hostile": {"../up.proto": HEAD, "google/protobuf/any.proto": HEAD},
    "nothing": {},
}


def documents(texts: Mapping[str, str], folder: str) -> dict[str, Document]:
    return {name: Document(f"{folder}/{name}", text) for name, text in texts.items()}


def facts(files: Mapping[str, ProtoFile]) -> dict[str, list[tuple[str, str, list[str]]]]:
    """Return what tells files apart: where each stands, and where the types of its fields do."""
    return {
        name: [
            (file.described.path, message.name, [f"{one.type_name} {one.properties}" for one in message.fields])
            for message in file.messages
        ]
        for name, file in files.items()
    }


@given(st.permutations(sorted(SETS)))
@settings(max_examples=5)
def test_a_set_reads_the_same_as_it_does_alone(order: list[str]) -> None:
    batches = ProtoBatches()
    handles = {name: batches.add(documents(SETS[name], name)) for name in order}

    for name, handle in handles.items():
        files, problems = read_protos(documents(SETS[name], name))

        assert facts(files) == facts(batches.files(handle)), name
        assert {str(problem) for problem in problems} == {str(problem) for problem in batches.problems(handle)}, name


def test_what_is_added_after_a_question_is_compiled_at_the_next() -> None:
    batches = ProtoBatches()
    first = batches.add(documents({"a.proto": A}, "first"))

    assert ["a.proto"] == list(batches.files(first))

    second = batches.add(documents({"a.proto": A2}, "second"))

    assert ["int64"] == [one.kind for one in batches.files(second)["a.proto"].messages[0].fields]
    assert ["int32"] == [one.kind for one in batches.files(first)["a.proto"].messages[0].fields]


def test_sets_share_the_files_that_are_the_same_in_path_and_text() -> None:
    batches = ProtoBatches()
    shared = documents({"a.proto": A}, "contracts")
    one = batches.add(shared)
    two = batches.add({**shared, **documents({"user.proto": USES_A}, "contracts")})
    released = batches.add(documents({"a.proto": A}, "contracts/history/1.0.0"))

    assert batches.files(one)["a.proto"] is batches.files(two)["a.proto"]
    assert batches.files(two)["user.proto"].imports[0].file is batches.files(one)["a.proto"]
    assert "contracts/history/1.0.0/a.proto" == batches.files(released)["a.proto"].described.path


@pytest.mark.parametrize("versions", [1, 4])
def test_versions_of_many_contracts_take_a_run_each(versions: int, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    from tallystick.schema import protobuf_batches  # the module whose calls are counted

    compiled = protobuf_batches.compiled
    monkeypatch.setattr(protobuf_batches, "compiled", lambda texts: runs.append(len(texts)) or compiled(texts))
    batches = ProtoBatches()
    for version in range(versions):
        for i in range(20):
            text = f"{HEAD}package p{i};\n/* message X {{ */ message Order {{ string s{version} = 1; }}\n"
            batches.add(documents({f"p{i}.proto": text}, str(version)))

    assert 20 * versions == sum(len(batches.files(handle)) for handle in range(20 * versions))
    assert [20] * versions == runs
