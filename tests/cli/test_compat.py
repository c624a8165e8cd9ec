"""`tally compat`: bare files, no contract, no git."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.main import main

Output = Callable[[], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that writes a record with some fields, and returns its path."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, *fields: dict[str, Any]) -> str:
        (tmp_path / name).write_text(json.dumps({"type": "record", "name": "R", "fields": fields}), encoding="utf-8")
        return name

    return write


A, B, C = ({"name": name, "type": "string"} for name in "abc")


@pytest.mark.parametrize(
    ("level", "code"),
    [("NONE", 0), ("BACKWARD", 1), ("FORWARD", 0), ("FULL", 1), ("backward_transitive", 1), ("FORWARD_TRANSITIVE", 0)],
)
def test_the_level_decides(write: Callable[..., str], output: Output, level: str, code: int) -> None:
    assert code == main(["compat", write("v1.avsc", A), write("v2.avsc", A, B), "--level", level])
    assert f"1 schema against 1 earlier file at {level.upper()}" in output()


def test_a_transitive_level_looks_at_every_file(write: Callable[..., str], output: Output) -> None:
    optional = {**C, "default": ""}
    files = [write("v1.avsc", A), write("v2.avsc", A, B), write("v3.avsc", A, B, optional)]

    assert 0 == main(["compat", *files])
    assert 1 == main(["compat", *files, "--level", "BACKWARD_TRANSITIVE"])
    assert "breaks: new readers, on messages of v1.avsc\n" in output()


def test_a_file_that_is_no_schema_is_a_finding(write: Callable[..., str], output: Output, tmp_path: Path) -> None:
    (tmp_path / "broken.avsc").write_text('{"type": "record"', encoding="utf-8")

    assert 1 == main(["compat", write("v1.avsc", A), "broken.avsc"])
    assert "broken.avsc:1:18  FILE102  the text ends too early" in output()


def test_two_files_are_needed(write: Callable[..., str], output: Output) -> None:
    assert 2 == main(["compat", write("v1.avsc", A)])
    assert "Usage: tally compat" in output()


def test_a_file_that_is_not_there_is_wrong_usage(output: Callable[[], str]) -> None:
    assert 2 == main(["compat", "no-such-file.avsc", "neither.avsc"])
    assert "no-such-file.avsc" in output()


def test_an_absolute_path_is_as_good(write: Callable[..., str], output: Output, tmp_path: Path) -> None:
    old, new = (str(tmp_path / write(name, A)) for name in ("v1.avsc", "v2.avsc"))

    assert 0 == main(["compat", old, new])
    assert output().startswith("1 schema against 1 earlier file")


def test_changes_are_told_of_at_every_level(write: Callable[..., str], output: Output) -> None:
    files = [
        write("v1.avsc", {**A, "doc": "What it is."}, {**B, "default": "x"}),
        write("v2.avsc", A, {**B, "default": "y"}),
    ]

    assert 1 == main(["compat", *files, "--level", "NONE"])
    assert "AVRO111" in output()


def test_types_are_found_beside_a_schema_and_where_one_says(
    write: Callable[..., str], output: Output, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    for name, fields in (("Money.avsc", [A]), ("shared/Place.avsc", [B])):
        text = json.dumps({"type": "record", "name": Path(name).stem, "fields": fields})
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [
        write("v1.avsc", {"name": "cost", "type": "Money"}),
        write("v2.avsc", {"name": "cost", "type": "Money"}, {"name": "to", "type": ["null", "Place"], "default": None}),
    ]

    assert 1 == main(["compat", *files])
    assert "unknown type 'Place'" in output()
    assert 0 == main(["compat", *files, "--types", "shared"])
    assert 0 == main(["compat", *files, "--types", "shared/Place.avsc"])


MONEY = 'syntax = "proto3";\npackage shop.v1;\nmessage Money {\n  int64 units = 1;\n}\n'
PAID = (
    'syntax = "proto3";\npackage shop.v1;\nimport "google/protobuf/timestamp.proto";\nimport "shared/money.proto";\n'
    "message Paid {\n  string id = 1;\n  Money amount = 2;\n  google.protobuf.Timestamp at = 3;\n}\n"
)


@pytest.fixture
def protos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], None]:
    """Return a function that writes files by name."""
    monkeypatch.chdir(tmp_path)

    def write(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")

    return write


Protos = Callable[[Mapping[str, str]], None]


def test_proto_files_are_compared_with_what_they_import(protos: Protos, output: Output) -> None:
    protos({f"{at}/shop/paid.proto": PAID for at in ("old", "new")})
    protos({"old/shared/money.proto": MONEY, "new/shared/money.proto": MONEY.replace("int64", "double")})

    assert 0 == main(["compat", "old/shop/paid.proto", "old/shop/paid.proto", "--level", "FULL"])
    assert "1 schema against 1 earlier file at FULL: 0 errors, 0 warnings" in output()
    assert 1 == main(["compat", "old/shop/paid.proto", "new/shop/paid.proto"])
    shown = output()
    assert (
        "new/shared/money.proto:4:3  PROTO402  the writer sends 'Paid.amount.units' (field 1) as int64, "
        "and the reader's double has other bytes\n"
        "    breaks: new readers, on messages of old/shop/paid.proto\n"
        "    was: old/shared/money.proto:4:3\n"
    ) in shown
    assert "registry: would refuse" in shown


def test_proto_files_need_not_have_the_same_name(protos: Protos, output: Output) -> None:
    protos({"shared/money.proto": MONEY, "v1.proto": PAID, "v2.proto": PAID.replace("string id = 1;", "bool id = 1;")})

    assert 0 == main(["compat", "v1.proto", "v1.proto"])
    assert 1 == main(["compat", "v1.proto", "v2.proto"])
    assert "\nv2.proto:6:3  PROTO402" in f"\n{output()}"


def test_a_release_is_compared_with_its_own_references(protos: Protos, output: Output) -> None:
    protos({"v1/paid.proto": PAID, "v1/references/shared/money.proto": MONEY})
    protos({"shop/paid.proto": PAID, "shared/money.proto": MONEY.replace("int64", "double")})

    assert 1 == main(["compat", "v1/paid.proto", "shop/paid.proto"])
    assert "was: v1/references/shared/money.proto:4:3" in output()


def test_messages_of_a_proto_file_are_compared_whichever_a_topic_holds(protos: Protos, output: Output) -> None:
    several = 'syntax = "proto3";\nmessage A {}\nmessage B {\n  message A {}\n  string id = 1;\n}\n'
    protos({"v1.proto": several, "v2.proto": several.replace("string", "double")})

    assert 1 == main(["compat", "v1.proto", "v2.proto"])
    assert "v2.proto:5:3  PROTO402" in output()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "new/paid.proto:4:1  FILE110  there is no file 'shared/money.proto' to import\n    fix: put it below"),
        ({"shared/money.proto": "message"}, "shared/money.proto:1:8  FILE110  "),
        ({"shared/money.proto": 'import "new/paid.proto";'}, "FILE110  it imports itself: "),
    ],
)
def test_what_is_wrong_with_an_import_is_a_finding(
    protos: Protos, output: Output, files: Mapping[str, str], expected: str
) -> None:
    protos({"old.proto": 'syntax = "proto3";\nmessage Paid {}\n', "new/paid.proto": PAID, **files})

    assert 1 == main(["compat", "old.proto", "new/paid.proto"])
    assert expected in output()


def test_what_only_a_comment_imports_is_not_looked_at(protos: Protos, output: Output) -> None:
    text = 'syntax = "proto3";\n// import "broken.proto";\n// import "../up.proto";\nmessage A {}\n'
    protos({"v1.proto": text, "v2.proto": text, "broken.proto": "message"})

    assert 0 == main(["compat", "v1.proto", "v2.proto"])
    assert "0 errors" in output()


def test_two_languages_are_not_compared(write: Callable[..., str], protos: Protos, output: Output) -> None:
    protos({"v2.proto": MONEY})

    assert 2 == main(["compat", write("v1.avsc", A), "v2.proto"])
    assert output() == (
        "error: 'v1.avsc' is in Avro and 'v2.proto' is in Protobuf: no reader of the one takes messages of the other\n"
        "  fix: compare files of one language\n"
    )
