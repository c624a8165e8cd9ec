"""`tally compat`: bare files, no contract, no git."""

from __future__ import annotations

import json
from collections.abc import Callable
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
    optional = {**B, "default": ""}
    files = [write("v1.avsc", A), write("v2.avsc", A, optional), write("v3.avsc", A, B)]

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
