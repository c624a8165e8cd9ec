"""Files that are broken, huge or malicious: each gets a finding with a code and a place, and never a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, Project

from tallystick.cli.main import main

Output = Callable[[], str]
FOLDER = "contracts/commerce/order-placed"
READING = (ROOT / "contracts/iot/sensor-reading/sensor_reading.avdl").read_text(encoding="utf-8")


def record(*fields: dict[str, Any], name: str = "A") -> str:
    return json.dumps({"type": "record", "name": name, "fields": list(fields)})


def field(kind: Any, **more: Any) -> dict[str, Any]:
    return {"name": "a", "type": kind} | more


def nested(levels: int) -> str:
    """Return arrays within arrays, as text: json.dumps would not go that deep."""
    return '{"type": "array", "items": ' * levels + '"int"' + "}" * levels


DEEP = record(
    field(
        {
            "type": "array",
            "items": {"type": "map", "values": ["null", json.loads(record(field("int", default="x"), name="B"))]},
        }
    )
)
TWICE = record(field("int"), field("long"))
NAMED_TWICE = record(field(json.loads(record())), {"name": "b", "type": json.loads(record(name="A"))}, name="B")
BROKEN = [
    pytest.param("a.avsc", b'"\xff"', "1:2  FILE101  byte 0xff is not UTF-8", id="not UTF-8"),
    pytest.param("a.avdl", b"protocol P {\n  // \xff\n}", "2:6  FILE101  byte 0xff is not UTF-8", id="IDL not UTF-8"),
    pytest.param("a.avsc", b"\xef\xbb\xbf{}", "1:1  FILE101  begins with a byte-order mark", id="a byte-order mark"),
    pytest.param(
        "a.avdl", b"\xef\xbb\xbfschema int;", "1:1  FILE101  begins with a byte-order mark", id="IDL with one"
    ),
    pytest.param("a.avsc", TWICE.encode(), "1:75  FILE104  field 'a' stands twice in 'A'", id="a field twice"),
    pytest.param("a.avsc", NAMED_TWICE.encode(), "1:155  FILE104  'A' is defined twice", id="a type twice"),
    pytest.param(
        "a.avdl",
        b"protocol P {\n  record A {}\n  record A {}\n}",
        "3:10  FILE104  'A' is defined twice",
        id="a type twice in IDL",
    ),
    pytest.param("a.avsc", nested(10_000).encode(), "1:5410  FILE102  nested more than 200 levels", id="10,000 levels"),
    pytest.param(
        "a.avdl",
        b"schema " + b"array<" * 10_000 + b"int" + b">" * 10_000 + b";",
        "1:608  FILE109  nested more than 100 levels",
        id="10,000 levels of IDL",
    ),
    pytest.param(
        "a.avsc", DEEP.encode(), "1:200  FILE104  the default of field 'a' must be int", id="a default deep inside"
    ),
    pytest.param("a.avsc", b'{"type": "fixed",\n<<<<<<< HEAD\n', "2:1  FILE102  a git conflict", id="a merge"),
]


@pytest.mark.parametrize(("name", "content", "problem"), BROKEN)
def test_a_broken_file_is_a_finding_of_compat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output, name: str, content: bytes, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    Path("good.avsc").write_text('"int"', encoding="utf-8")

    assert 1 == main(["compat", "good.avsc", name])
    assert output().startswith(f"{name}:{problem}")


@pytest.mark.parametrize(("name", "content", "problem"), BROKEN)
def test_a_broken_file_is_a_finding_of_check(
    project: Project, output: Output, name: str, content: bytes, problem: str
) -> None:
    project.schema.unlink()
    (project.schema.parent / name).write_bytes(content)

    assert 1 == project.tally("check")
    assert output().startswith(f"{FOLDER}/{name}:{problem}")


def shared(project: Project, **files: str) -> None:
    """Write schemas that no contract is about, and make the contract's schema need x.A."""
    for name, text in files.items():
        (project.root / f"contracts/shared/money/{name}.avsc").write_text(text, encoding="utf-8")
    project.schema.write_text(record(field("x.A"), name="meridian.commerce.OrderPlaced"), encoding="utf-8")


def test_a_name_that_two_files_have_is_a_finding(project: Project, output: Output) -> None:
    shared(project, one=record(name="x.A"), two=record(field("int"), name="x.A"))

    assert 1 == project.tally("check")
    assert "/order_placed.avsc:1:86  FILE104  'x.A' is defined in 2 files: " in output()


def test_files_that_need_each_other_are_a_finding(project: Project, output: Output) -> None:
    shared(project, A=record(field("x.B"), name="x.A"), B=record(field("x.A"), name="x.B"))

    assert 1 == project.tally("check")
    assert "/shared/money/A.avsc:1:60  FILE104  these files need each other: " in output()


def test_idl_files_that_import_each_other_are_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    for one, other in ("AB", "BA"):
        text = f'schema {one};\nimport idl "{other}.avdl";\nrecord {one} {{ {other} other; }}\n'
        Path(f"{one}.avdl").write_text(text, encoding="utf-8")

    assert 1 == main(["compat", "A.avdl", "B.avdl"])
    assert "A.avdl:3:12  FILE104  these files need each other: A.avdl needs B.avdl needs A.avdl" in output()


def test_an_enum_of_a_million_symbols_is_too_large_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    symbols = [f"S{number}" for number in range(10**6)]
    Path("a.avsc").write_text(json.dumps({"type": "enum", "name": "E", "symbols": symbols}), encoding="utf-8")

    assert 1 == main(["compat", "a.avsc", "a.avsc"])
    assert output().startswith("a.avsc:1:1  FILE101  10,888,932 bytes; the limit is 8,388,608\n")


def test_an_enum_of_a_million_symbols_is_read_as_idl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    symbols = ",".join(f"S{number:x}" for number in range(10**6))
    Path("a.avdl").write_text(f"schema E; enum E {{{symbols}}}", encoding="utf-8")

    assert 0 == main(["compat", "a.avdl", "a.avdl"])
    assert "0 errors, 0 warnings" in output()


@pytest.mark.parametrize("length", range(40, len(READING) - 2, 97))
def test_idl_that_was_cut_off_is_a_finding_within_the_file(project: Project, output: Output, length: int) -> None:
    project.schema.unlink()
    cut = READING[:length]
    project.schema.with_suffix(".avdl").write_text(cut, encoding="utf-8")

    assert 1 == project.tally("check")
    found = re.match(rf"{FOLDER}/order_placed\.avdl:(\d+):(\d+)  FILE109  ", output())
    assert found is not None
    assert (int(found[1]), int(found[2])) <= (cut.count("\n") + 1, len(cut) - cut.rfind("\n"))


def test_a_commit_that_does_not_exist_is_wrong_usage(project: Project, output: Output) -> None:
    assert 2 == project.tally("check", "--against", "git:no-such-branch")
    assert output().startswith("error: git knows no commit 'no-such-branch'\n")


def test_an_unfinished_merge_of_a_contract_is_called_one(project: Project, output: Output) -> None:
    project.replace(project.contract, "status: active\n", "<<<<<<< HEAD\nstatus: active\n=======\n>>>>>>> main\n")

    assert 1 == project.tally("check")
    assert f"{FOLDER}/contract.yaml:6:1  FILE103  a git conflict marker" in output()


def test_an_unknown_key_is_shown_at_the_key(project: Project, output: Output) -> None:
    project.replace(project.contract, "status: active\n", "status: active\nowner: me\n")

    assert 1 == project.tally("check")
    assert f"{FOLDER}/contract.yaml:7:1  FILE105  owner: there is no such key" in output()
