"""YAML as its 1.2 specification means it."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.errors import InvalidYaml
from tallystick.schema.yaml_text import positions, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("true", True),
        ("~", None),
        ("", None),
        ("1.0.0", "1.0.0"),
        ("1.5", 1.5),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2026-01-31", "2026-01-31"),
        ("-.inf", float("-inf")),
        ("1e3", 1000.0),
        ("'1'", "1"),
        ("=", "="),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: Any) -> None:
    assert value == read_yaml(text, "f.yaml")
    assert type(value) is type(read_yaml(text, "f.yaml"))


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("a: 1\na: 2", 2, 1, "the key 'a' stands twice in one mapping"),
        ("a: [1, 2", 2, 1, "did not find expected ',' or ']'"),
        ("a: !!python/object/apply:os.getcwd []", 1, 4, "could not determine a constructor for the tag"),
        ("{[1]: 2}", 1, 2, "expected a plain key"),
        ("a: &x [1]\nb: *x", 2, 4, "aliases are not allowed"),
        ("a: &x [*x]", 1, 8, "aliases are not allowed"),
    ],
)
def test_what_yaml_must_not_say_is_refused_at_its_place(text: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(InvalidYaml) as caught:
        read_yaml(text, "f.yaml")

    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.message.startswith(problem)


def test_positions_are_those_of_keys_and_items() -> None:
    expected = {"": (1, 1), "/a": (1, 1), "/b": (2, 1), "/b/0": (3, 5), "/b/0/c": (3, 5), "/b/1": (4, 5)}

    assert expected == positions("a: 1\nb:\n  - c: x\n  - d\n", "f.yaml")
