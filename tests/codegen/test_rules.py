"""The rules of a contract, as generated clients have them."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import Any

import pytest
from tests.conftest import Project

from tallystick.runtime.rules import TypedRule

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: shop.parcel
version: 1.0.0
status: active
schema:
  - name: Parcel
    quality:
      - id: rule
        description: Parcels have
          a weight.
        type: custom
        engine: confluent-cel
        implementation: {kind: CONDITION, type: CEL, expr: 'message.weight > 0  // "grams"', MORE}
"""
SCHEMA = '{"type": "record", "name": "Parcel", "fields": [{"name": "weight", "type": "int"}]}'
EXPR = 'message.weight > 0  // "grams"'


def rules_of(project: Project, more: str, monkeypatch: pytest.MonkeyPatch) -> tuple[TypedRule, ...]:
    folder = project.root / "contracts/shop/parcel"
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(CONTRACT.replace("MORE", more), encoding="utf-8")
    (folder / "parcel.avsc").write_text(SCHEMA, encoding="utf-8")
    package = f"made_{uuid.uuid4().hex}"

    assert 0 == project.tally("generate", "--package", package, "--out", "lib")

    monkeypatch.syspath_prepend(str(project.root / "lib"))
    made: Any = import_module(f"{package}.shop")
    rules: tuple[TypedRule, ...] = made.PARCEL.rules
    return rules


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ("mode: WRITE", {"on_write": True, "on_read": False}),
        ("mode: READ", {"on_write": False, "on_read": True}),
        ("mode: WRITEREAD", {"on_write": True, "on_read": True}),
        ("mode: WRITEREAD, onFailure: 'ERROR,NONE'", {"on_write": True, "on_read": False}),
        ("mode: WRITEREAD, onFailure: 'NONE, DLQ'", {"on_write": False, "on_read": True}),
        ("mode: WRITE, onFailure: DLQ", {"on_write": True, "on_read": False}),
    ],
)
def test_a_rule_is_asked_in_its_modes(
    project: Project, monkeypatch: pytest.MonkeyPatch, more: str, asked: dict[str, bool]
) -> None:
    [rule] = rules_of(project, more, monkeypatch)

    assert TypedRule(name="rule", expr=EXPR, doc="Parcels have a weight.", **asked) == rule


@pytest.mark.parametrize(
    "more", ["mode: WRITE, disabled: true", "mode: WRITE, onFailure: NONE", "mode: WRITEREAD, onFailure: 'NONE,NONE'"]
)
def test_a_rule_that_stops_nobody_is_left_out(project: Project, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    assert () == rules_of(project, more, monkeypatch)
