"""What holds for every compatibility rule: its cases, its page, and its silence where nothing changed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from tests.conftest import Files
from tests.strategies import schemas

from tallystick.compat.engine import Engine, Found
from tallystick.compat.pair import Change
from tallystick.compat.verdict import compat_rules
from tallystick.contract.load import load_workspace
from tallystick.contract.model import Contract, Key, Topic
from tallystick.rulekit.explain import examples, explain
from tallystick.rulekit.rule import Kind, Rule
from tallystick.schema.avro import parse_avro
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_types import ProtoMessage, ProtoNode, ProtoSchema
from tallystick.schema.types import Document, Place, Schema
from tallystick.schema.walk import nodes
from tallystick.schema.yaml_text import read_yaml

CASES = Path(__file__).parent / "rules"
RULES = list(compat_rules())
CHANGE_RULES = compat_rules().of(Kind.CHANGE)
HEADINGS = ["## Why it matters", "## Example", "## How to fix it"]
FOLDER = "contracts/commerce/order-placed"
CONTRACT = {
    "apiVersion": "v3.2.0",
    "kind": "DataContract",
    "id": "commerce.order-placed",
    "version": "1.0.0",
    "status": "active",
}
SCHEMA = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
CONSUMERS = [{"vendor": "tallystick", "property": "consumers", "value": [{"id": "billing"}]}]

FAMILIES = {
    "proto": r"PROTO[1-6][0-9]{2}",
    "avro": r"AVRO[1-5][0-9]{2}",
    "topic": r"TOPIC1[0-9]{2}",
    "release": r"DOC2[0-9]{2}",
}

# Change rules look one way only. Each of these is silent about the opposite change, and here is why.
ONE_WAY = {
    "AVRO111": "a default, where there was none, only helps readers",
    "AVRO112": "a default of the first branch is what every version of Avro takes",
    "AVRO114": "one more alias only helps readers",
    "AVRO116": "a doc is welcome",
    "AVRO118": "a tag more protects more",
    "AVRO119": "nobody goes by a property that was not there",
    "AVRO120": "a field that comes is nobody's yet",
    "AVRO203": "a default symbol, where there was none, only helps readers",
    "DOC201": "a change without enough of a new version, undone with a lower one, is what DOC202 says",
    "DOC205": "a mark more protects more",
    "DOC204": "a contract that promises more breaks nobody",
    "DOC202": "a version that goes up is what versions are for",
    "PROTO111": "a number that was not used before is free to use",
    "PROTO112": "a name that was not used before is free to use",
    "PROTO113": "to reserve a number when its field goes is what PROTO111 asks for",
    "PROTO118": "a required field that was in a oneof is what PROTO102 says",
    "PROTO124": "an option more protects more",
    "PROTO125": "a comment is welcome",
    "PROTO126": "nobody goes by an option that was not there",
    "PROTO127": "to reserve more is welcome",
    "PROTO128": "more room for extensions is welcome",
    "PROTO211": "a number that was not used before is free to use",
    "PROTO212": "a name that was not used before is free to use",
    "PROTO213": "a name more for a number is welcome",
    "PROTO216": "an enum that is added is welcome",
    "PROTO219": "a number and a name that come back from the reserved ones have rules of their own",
    "PROTO220": "a value that is gone is what PROTO211 and PROTO219 say",
    "PROTO131": "an option more is welcome",
    "PROTO218": "to reserve more is welcome",
    "PROTO311": "one that leaves a oneof is what PROTO312 says",
    "PROTO312": "one that joins a oneof is what PROTO311 says, or the registry",
    "PROTO313": "a oneof that is added is welcome",
    "PROTO515": "a public import only helps those who import the file",
    "PROTO130": "a number that is taken back from the reserved ones has a rule of its own",
    "PROTO611": "a service that is added is welcome",
    "PROTO612": "a method that is added is welcome",
    "DOC206": "what new readers can't read is refused",
    "DOC207": "to promise more is welcome",
    "DOC208": "a contract that comes back breaks nobody",
    "TOPIC108": "keeping messages for longer breaks nobody",
    "TOPIC107": "only the topic before has consumers that stay behind",
    "TOPIC103": "keeping more than is promised breaks no promise",
    "TOPIC106": "more replicas are more safety",
}


def cases_of(rule: Rule) -> dict[str, Any]:
    file = CASES / rule.module.split(".")[-2] / f"{rule.module.rpartition('.')[2]}.yaml"
    cases: dict[str, Any] = read_yaml(file.read_text(encoding="utf-8"), str(file))

    assert rule.code == cases.pop("rule")
    if rule.on in (Topic, Key, Contract):
        return cases
    if is_proto(rule.on):
        return cases
    return {name: {**c, "old": json.dumps(c["old"]), "new": json.dumps(c["new"])} for name, c in cases.items()}


def is_proto(on: type) -> bool:
    return issubclass(on, ProtoNode)


def proto(value: str | dict[str, str], label: str) -> ProtoSchema:
    """Return the schema of a case: one .proto file, or several by name, of which `main.proto` is the schema."""
    return parsed(label, tuple({"main.proto": value}.items() if isinstance(value, str) else value.items()))


@cache
def parsed(label: str, files: tuple[tuple[str, str], ...]) -> ProtoSchema:
    found, problems = read_protos({name: Document(f"{label}/{name}", with_syntax(text)) for name, text in files})

    assert [] == [str(problem) for problem in problems]
    file = found["main.proto"]
    # Which message the topic holds decides nothing here: the rules look at the file.
    root = file.messages[0] if file.messages else ProtoMessage(place=file.place, name="None")
    return ProtoSchema(file, root)


def with_syntax(text: str) -> str:
    return text if text.startswith(("syntax", "edition")) else f'syntax = "proto3";\n{text}'


def avro(text: str, label: str) -> Schema:
    return parse_avro(Document(label, text))


def topic(value: dict[str, Any], label: str) -> Topic:
    return Topic(
        place=Place(Document(label, "")),
        name=value.get("name", "orders"),
        partitions=value.get("partitions", 6),
        replication_factor=value.get("replicationFactor", 1),
        configs=value.get("configs", {}),
    )


def contract(value: dict[str, Any] | str) -> Contract:
    """Return the contract of a case: what it leaves out of contract.yaml is filled in, `avro` (or `proto`) and `key` are its schemas.

    A text is the schema alone, as pages have it, of a contract that somebody reads.
    """
    if isinstance(value, str):
        value = {"customProperties": CONSUMERS} | (
            {"avro": json.loads(value)} if value.startswith("{") else {"proto": value}
        )
    declared = {**CONTRACT, **value}
    text = declared.pop("proto", None)
    schema = declared.pop("avro", {**SCHEMA, "name": (declared.get("schema") or [SCHEMA])[0]["name"]})
    files = {"key.avsc": json.dumps(declared.pop("key"))} if "key" in declared else {}
    files |= {
        "contract.yaml": json.dumps(declared),
        **({"order.proto": text} if text else {"order.avsc": json.dumps(schema)}),
    }
    workspace = load_workspace(Files({f"{FOLDER}/{name}": text for name, text in files.items()}))

    assert () == workspace.problems
    return workspace.contracts[0]


def fire(rules: Sequence[Rule], old: Any, new: Any, on: type) -> list[Found]:
    """Return what rules say of a case of a rule that is about `on`."""
    engine = Engine(rules, RULES)
    if on is Topic:
        return engine.compare_things(topic(new, "new"), topic(old, "old"))
    if on is Key:
        was, now = (contract({"key": json.loads(v)} if isinstance(v, str) else v) for v in (old, new))
        return engine.compare_things(now.key, was.key)
    if on is Contract:
        was, now = contract(old), contract(new)
        things = [*engine.compare_things(now, was), *engine.compare_things(now.topic, was.topic)]
        return [*things, *engine.compare(now.schema, was.schema)]
    if is_proto(on):
        return engine.compare(proto(new, "new"), proto(old, "old"))
    return engine.compare(avro(new, "new"), avro(old, "old"))


ALL_CASES = [
    pytest.param(rule, case, id=f"{rule.code}-{name}") for rule in RULES for name, case in cases_of(rule).items()
]


@pytest.mark.parametrize(("rule", "case"), ALL_CASES)
def test_a_rule_fires_where_its_cases_say(rule: Rule, case: dict[str, Any]) -> None:
    found = fire([rule], case["old"], case["new"], rule.on)

    assert case["at"] == sorted({f.path for f in found})


@pytest.mark.parametrize(("rule", "case"), [case for case in ALL_CASES if "says" in case.values[1]])
def test_a_rule_says_what_its_cases_say(rule: Rule, case: dict[str, Any]) -> None:
    found = fire([rule], case["old"], case["new"], rule.on)

    assert [case["says"]] == [rule.message.format(**f.values) for f in found]


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

    assert fire([rule], old, new, rule.on)
    assert [] == fire([rule], old, fixed, rule.on)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_is_found_where_its_name_says(rule: Rule) -> None:
    assert rule.name.replace("-", "_") == rule.module.rpartition(".")[2] == rule.check.__name__
    assert re.fullmatch(FAMILIES[rule.module.split(".")[-2]], rule.code)
    assert re.findall("^## .*", explain(rule), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize(("rule", "case"), ALL_CASES)
def test_the_texts_of_a_finding_are_whole(rule: Rule, case: dict[str, Any]) -> None:
    """A message, a fix and the values that a rule yields name the same things."""
    templates = (rule.message, rule.fix, rule.fix_forward, rule.info)
    named = {name for text in templates for _, name, _, _ in Formatter().parse(text) if name}
    for found in fire([rule], case["old"], case["new"], rule.on):
        assert named | {"where"} == set(found.values) | {"where"}
        assert all("\n" not in text.format(**found.values) for text in templates)


@pytest.mark.parametrize(("rule", "case"), ALL_CASES)
def test_a_rule_is_silent_where_nothing_changed(rule: Rule, case: dict[str, Any]) -> None:
    assert [] == fire([rule], case["new"], case["new"], rule.on)


@pytest.mark.parametrize("rule", CHANGE_RULES, ids=lambda r: r.code)
def test_a_change_rule_sees_the_opposite_change_or_says_why_not(rule: Rule) -> None:
    """Pair rules need no such test: forward compatibility is backward compatibility the other way round."""
    failing = [case for case in cases_of(rule).values() if case["at"]]
    opposite = [bool(fire([rule], case["new"], case["old"], rule.on)) for case in failing]

    assert (rule.code not in ONE_WAY) == all(opposite)


def test_only_change_rules_look_one_way() -> None:
    assert set(ONE_WAY) <= {rule.code for rule in CHANGE_RULES}


def test_every_rule_over_every_case(snapshot: Any) -> None:
    """What else fires on a rule's cases: a change of one rule that moves another shows here."""
    fired = {
        parameters.id: sorted({f"{f.rule.code} {f.path}" for f in fire(RULES, case["old"], case["new"], rule.on)})
        for parameters in ALL_CASES
        for rule, case in [parameters.values]
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

    assert expected == {rule.mirrors for rule in RULES if rule.code.startswith("AVRO")} - {None}
    assert all(rule.kind is Kind.PAIR for rule in RULES if rule.mirrors)


def test_the_mirrored_kinds_are_all_that_confluents_registry_refuses_in_protobuf() -> None:
    expected = {
        "PACKAGE_CHANGED",
        "MESSAGE_REMOVED",
        "FIELD_KIND_CHANGED",
        "FIELD_SCALAR_KIND_CHANGED",
        "FIELD_NAMED_TYPE_CHANGED",
        "FIELD_NUMERIC_LABEL_CHANGED",
        "REQUIRED_FIELD_ADDED",
        "REQUIRED_FIELD_REMOVED",
        "ONEOF_FIELD_REMOVED",
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
        "FIELD_MOVED_TO_EXISTING_ONEOF",
    }

    assert expected == {rule.mirrors for rule in RULES if rule.code.startswith("PROTO")} - {None}


@given(schemas())
def test_a_schema_reads_itself(schema: Schema) -> None:
    assert [] == Engine(RULES, RULES).compare(schema, schema)
    assert Engine(RULES, RULES).can_read(schema, avro(schema.canonical, "again"))


@given(schemas())
def test_a_change_rule_is_silent_about_a_twin(schema: Schema) -> None:
    """The engine passes over what is the same, so the rules are asked here themselves."""
    twin = avro(schema.document.text, "twin")
    for (_, old), (_, new) in zip(nodes(schema), nodes(twin), strict=True):
        for rule in CHANGE_RULES:
            assert not isinstance(new, rule.on) or [] == list(rule.check(Change(old, new)))


@given(schemas(), schemas())
def test_any_two_schemas_can_be_compared(reader: Schema, writer: Schema) -> None:
    for found in Engine(RULES, RULES).compare(reader, writer):
        assert "" != found.rule.message.format(**found.values)
