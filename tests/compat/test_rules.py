"""What holds for every compatibility rule: its cases, its page, and its silence where nothing changed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.strategies import schemas

from tallystick.compat.engine import Engine, Found
from tallystick.compat.verdict import compat_rules
from tallystick.contract.model import Topic
from tallystick.rulekit.explain import examples, explain
from tallystick.rulekit.rule import Kind, Rule
from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document, Place, Schema
from tallystick.schema.yaml_text import read_yaml

CASES = Path(__file__).parent / "rules"
RULES = list(compat_rules())
HEADINGS = ["## Why it matters", "## Example", "## How to fix it"]


def cases_of(rule: Rule) -> dict[str, Any]:
    file = CASES / rule.module.split(".")[-2] / f"{rule.module.rpartition('.')[2]}.yaml"
    cases: dict[str, Any] = read_yaml(file.read_text(encoding="utf-8"), str(file))

    assert rule.code == cases.pop("rule")
    if rule.on is Topic:
        return cases
    return {name: {**c, "old": json.dumps(c["old"]), "new": json.dumps(c["new"])} for name, c in cases.items()}


def avro(text: str, label: str) -> Schema:
    return parse_avro(Document(label, text))


def topic(value: dict[str, Any], label: str) -> Topic:
    return Topic(
        place=Place(Document(label, "")),
        name=value.get("name", "orders"),
        partitions=value["partitions"],
        replication_factor=value.get("replicationFactor", 1),
    )


def fire(rules: Sequence[Rule], old: Any, new: Any, *, on_topic: bool) -> list[Found]:
    engine = Engine(rules, RULES)
    if on_topic:
        return engine.compare_things(topic(new, "new"), topic(old, "old"))
    return engine.compare(avro(new, "new"), avro(old, "old"))


ALL_CASES = [
    pytest.param(rule, case, id=f"{rule.code}-{name}") for rule in RULES for name, case in cases_of(rule).items()
]


@pytest.mark.parametrize(("rule", "case"), ALL_CASES)
def test_a_rule_fires_where_its_cases_say(rule: Rule, case: dict[str, Any]) -> None:
    found = fire([rule], case["old"], case["new"], on_topic=rule.on is Topic)

    assert case["at"] == sorted({f.path for f in found})


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_has_a_case_that_fails_and_one_that_passes(rule: Rule) -> None:
    cases = cases_of(rule)

    assert {bool(case["at"]) for case in cases.values()} == {True, False}
    assert {True: "fails", False: "passes"} == {bool(c["at"]): n.partition("_")[0] for n, c in cases.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_the_example_on_a_rules_page_is_true(rule: Rule) -> None:
    blocks = examples(rule.page)
    old, new, fixed = (
        read_yaml(text, label) if language == "yaml" else text
        for label, (language, text) in ((label, blocks[label]) for label in ("old", "new", "fixed"))
    )

    assert fire([rule], old, new, on_topic=rule.on is Topic)
    assert [] == fire([rule], old, fixed, on_topic=rule.on is Topic)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_is_found_where_its_name_says(rule: Rule) -> None:
    assert rule.name.replace("-", "_") == rule.module.rpartition(".")[2] == rule.check.__name__
    assert re.fullmatch(r"(AVRO|TOPIC)[1-9][0-9][0-9]", rule.code)
    assert re.findall("^## .*", explain(rule), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize(("rule", "case"), ALL_CASES)
def test_the_texts_of_a_finding_are_whole(rule: Rule, case: dict[str, Any]) -> None:
    for found in fire([rule], case["old"], case["new"], on_topic=rule.on is Topic):
        for template in (rule.message, rule.fix, rule.fix_forward, rule.info):
            template.format(**found.values)


def test_every_rule_over_every_case(snapshot: Any) -> None:
    """What else fires on a rule's cases: a change of one rule that moves another shows here."""
    fired = {
        parameters.id: sorted(
            {f"{f.rule.code} {f.path}" for f in fire(RULES, case["old"], case["new"], on_topic=on_topic)}
        )
        for parameters in ALL_CASES
        for rule, case in [parameters.values]
        for on_topic in [rule.on is Topic]
    }

    assert fired == snapshot


def test_the_mirrored_names_are_all_that_apache_avro_has() -> None:
    expected = {
        "NAME_MISMATCH",
        "FIXED_SIZE_MISMATCH",
        "MISSING_ENUM_SYMBOLS",
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "TYPE_MISMATCH",
        "MISSING_UNION_BRANCH",
    }

    assert expected == {rule.mirrors for rule in RULES} - {None}
    assert all(rule.kind is Kind.PAIR for rule in RULES if rule.mirrors)


@given(schemas())
def test_a_schema_reads_itself(schema: Schema) -> None:
    assert [] == Engine(RULES, RULES).compare(schema, schema)
    assert Engine(RULES, RULES).can_read(schema, avro(schema.canonical, "again"))
