"""What holds for every lint rule: its page is true, and this repository's own contract passes it."""

from __future__ import annotations

import pytest
from tests.conftest import ROOT, Files

from tallystick.contract.load import load_workspace, open_workspace
from tallystick.contract.model import Contract
from tallystick.lint.engine import lint, lint_rules
from tallystick.rulekit.explain import examples
from tallystick.rulekit.rule import Rule

RULES = list(lint_rules())
FOLDER = "contracts/commerce/order-placed"
CONTRACT = "apiVersion: v3.2.0\nkind: DataContract\nid: commerce.order-placed\nversion: 1.0.0\nstatus: active\n"
SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long", "doc": "The id."}]}'


def contract_of(language: str, text: str) -> Contract:
    """Return a contract with an example of a page in it: YAML is the contract, a record the schema, JSON an example."""
    files = {f"{FOLDER}/contract.yaml": CONTRACT, f"{FOLDER}/s.avsc": SCHEMA}
    if language == "yaml":
        files[f"{FOLDER}/contract.yaml"] = text
    elif '"record"' in text:
        files[f"{FOLDER}/s.avsc"] = text
    else:
        files[f"{FOLDER}/examples/valid-small.json"] = text
    workspace = load_workspace(Files(files))

    assert () == workspace.problems
    return workspace.contracts[0]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_the_example_on_a_rules_page_is_true(rule: Rule) -> None:
    blocks = examples(rule.page)

    assert rule.code in {finding.code for finding in lint(contract_of(*blocks["new"]))}
    assert rule.code not in {finding.code for finding in lint(contract_of(*blocks["fixed"]))}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_is_found_where_its_name_says(rule: Rule) -> None:
    assert rule.name.replace("-", "_") == rule.module.rpartition(".")[2] == rule.check.__name__


def test_an_invalid_example_that_fits_is_found() -> None:
    files = {
        f"{FOLDER}/contract.yaml": CONTRACT,
        f"{FOLDER}/s.avsc": SCHEMA,
        f"{FOLDER}/examples/invalid-small.json": '{"id": 17}',
    }
    findings = list(lint(load_workspace(Files(files)).contracts[0]))

    assert "the example is named invalid-…, and it fits the schema" in [finding.message for finding in findings]


def test_the_contracts_of_this_repository_are_well_written() -> None:
    for contract in open_workspace(ROOT).contracts:
        assert [] == list(lint(contract))
