"""What holds for every lint rule: its cases, its page, its name; and this repository's own contract passes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT, Files
from tests.strategies import schemas

from tallystick.contract.load import load_workspace, open_workspace
from tallystick.contract.model import Contract
from tallystick.lint import names
from tallystick.lint.engine import lint, lint_rules
from tallystick.rulekit.explain import examples, explain
from tallystick.rulekit.finding import Finding
from tallystick.rulekit.rule import Kind, Rule
from tallystick.schema.types import Place, Schema
from tallystick.schema.yaml_text import read_yaml

RULES = list(lint_rules())
CASES = Path(__file__).parent / "rules"
HEADINGS = ["## Why it matters", "## Example", "## How to fix it"]
FOLDER = "contracts/commerce/order-placed"
CONTRACT = "apiVersion: v3.2.0\nkind: DataContract\nid: commerce.order-placed\nversion: 1.0.0\nstatus: active\n"
JSON = ("{", "[", '"')
SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long", "doc": "The id."}]}'


def load(
    contract: str = CONTRACT,
    schema: str = SCHEMA,
    examples: dict[str, str] | None = None,
    shared: dict[str, str] | None = None,
) -> Contract:
    """Return the contract that some files make: a schema that is not JSON is a .proto file."""
    file = "s.avsc" if schema.startswith(JSON) else "s.proto"
    files = {f"{FOLDER}/contract.yaml": contract, f"{FOLDER}/{file}": with_syntax(schema)}
    files |= {f"{FOLDER}/examples/{name}": text for name, text in (examples or {}).items()}
    files |= {f"contracts/{name}": with_syntax(text) for name, text in (shared or {}).items()}
    workspace = load_workspace(Files(files))

    assert () == workspace.problems
    return workspace.contracts[0]


def with_syntax(text: str) -> str:
    """Return a schema as it stands in a file: a .proto file that says nothing else is proto3, but for one that begins with a comment."""
    return text if text.startswith((*JSON, "syntax", "edition", "//")) else f'syntax = "proto3";\n{text}'


def contract_of_page(language: str, text: str) -> Contract:
    """Return a contract with an example of a page in it: YAML is the contract, a type the schema, JSON an example."""
    if language == "proto":
        return load(**files_of_page(text))
    if language == "yaml":
        return load(contract=text)
    if language == "text":  # a list of files
        return load(examples={Path(line).name: '{"id": 17}' for line in text.splitlines() if "/examples/" in line})
    return load(schema=text) if '"type"' in text else load(examples={"valid-small.json": text})


def files_of_page(text: str) -> dict[str, Any]:
    """Return contract, schema and shared files of an example: each of the last has its name in a comment before it."""
    schema, *named = re.split(r"^// (\S+\.proto)\n", text, flags=re.MULTILINE)
    contract = f"{CONTRACT}schema: [{{name: Order}}]\n" if "message Order {" in schema else CONTRACT
    return {"contract": contract, "schema": schema, "shared": dict(zip(named[::2], named[1::2], strict=True))}


def contract_of_case(case: dict[str, Any]) -> Contract:
    """Return the contract of a case: what it says of `contract`, `schema` (or `proto`, and `shared` files) and `examples`."""
    contract = {**read_yaml(CONTRACT, "usual"), **case.get("contract", {})}
    schema = case.get("proto") or (json.dumps(case["schema"]) if "schema" in case else SCHEMA)
    given = {name: json.dumps(value) for name, value in case.get("examples", {}).items()}
    return load(json.dumps(contract), schema, given, case.get("shared"))


def cases_of(rule: Rule) -> dict[str, Any]:
    file = CASES / rule.module.split(".")[-2] / f"{rule.module.rpartition('.')[2]}.yaml"
    cases: dict[str, Any] = read_yaml(file.read_text(encoding="utf-8"), str(file))

    assert rule.code == cases.pop("rule")
    return cases


def found_by(rule: Rule, contract: Contract) -> list[Finding]:
    return [finding for finding in lint(contract) if finding.code == rule.code]


def where(finding: Finding) -> str:
    """Return the place of a finding: `s.avsc/fields/0`, and in a .proto file its path by names."""
    assert isinstance(finding.now, Place)
    file = finding.now.document.path.removeprefix(f"{FOLDER}/")
    return file + (finding.path.rstrip("/") if file.endswith(".proto") else finding.now.pointer)


ALL_CASES = [
    pytest.param(rule, case, id=f"{rule.code}-{name}") for rule in RULES for name, case in cases_of(rule).items()
]


@pytest.mark.parametrize(("rule", "case"), ALL_CASES)
def test_a_rule_fires_where_its_cases_say(rule: Rule, case: dict[str, Any]) -> None:
    found = found_by(rule, contract_of_case(case))

    assert case["at"] == sorted(map(where, found))
    assert all(case.get("says", "") in f"{f.message}: {f.fix}" for f in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_has_a_case_that_fails_and_one_that_passes(rule: Rule) -> None:
    cases = cases_of(rule)

    assert {"fails", "passes"} == {name.partition("_")[0] for name in cases}
    assert all(name.startswith("fails" if case["at"] else "passes") for name, case in cases.items())


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_the_example_on_a_rules_page_is_true(rule: Rule) -> None:
    blocks = examples(rule.page)

    assert found_by(rule, contract_of_page(*blocks["new"]))
    assert [] == found_by(rule, contract_of_page(*blocks["fixed"]))


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_is_found_where_its_name_says(rule: Rule) -> None:
    assert rule.name.replace("-", "_") == rule.module.rpartition(".")[2] == rule.check.__name__
    assert re.fullmatch(r"DOC[1-9][0-9][0-9]", rule.code)
    assert Kind.LINT is rule.kind
    assert re.findall("^## .*", explain(rule), re.MULTILINE) == HEADINGS


def test_every_case_file_belongs_to_a_rule() -> None:
    known = {tuple(rule.module.split(".")[-2:]) for rule in RULES}

    assert known == {(file.parent.name, file.stem) for file in CASES.glob("*/*")}


def test_the_contracts_of_this_repository_are_well_written() -> None:
    for contract in open_workspace(ROOT).contracts:
        assert [] == list(lint(contract))


def test_contracts_that_share_a_package_are_looked_at_together() -> None:
    texts = {
        "order-placed": 'package acme.commerce.v1; option go_package = "acme/orders"; message Placed { int64 id = 1; }',
        "order-sent": 'package acme.commerce.v1; option go_package = "acme/parcels"; message Sent { int64 id = 1; }',
    }
    files = {f"contracts/commerce/{name}/s.proto": with_syntax(text) for name, text in texts.items()}
    files |= {
        f"contracts/commerce/{name}/contract.yaml": CONTRACT.replace("order-placed", name)
        for name in ("order-placed", "order-sent")
    }
    found = [f for contract in load_workspace(Files(files)).contracts for f in lint(contract) if f.code == "DOC145"]

    assert ["contracts/commerce/order-sent/s.proto:2:27"] == [str(f.span) for f in found]
    assert "'commerce/order-placed/s.proto' in the same package" in found[0].message


@given(schemas())
def test_any_schema_can_be_linted_and_each_finding_has_its_place(schema: Schema) -> None:
    for finding in lint(load(schema=schema.canonical)):
        assert finding.span.file.startswith(FOLDER)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unit_price", ("unit", "price")),
        ("unitPrice", ("unit", "price")),
        ("UnitPrice", ("unit", "price")),
        ("IBANCode", ("iban", "code")),
        ("customerIP", ("customer", "ip")),
        ("address2", ("address", "2")),
        ("_id", ("id",)),
        ("__", ()),
    ],
)
def test_a_name_has_words(name: str, expected: tuple[str, ...]) -> None:
    assert expected == names.words(name)


@given(st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=5))
def test_a_name_has_the_same_words_in_every_style(parts: list[str]) -> None:
    expected = tuple(parts)

    assert expected == names.words(names.snake("_".join(parts)))
    assert expected == names.words(names.camel("_".join(parts)))
    assert expected == names.words(names.pascal("_".join(parts)))
