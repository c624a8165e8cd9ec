"""Show each node of a contract to the lint rules that want it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from tallystick.contract.model import Contract
from tallystick.rulekit.finding import Finding, finding_of
from tallystick.rulekit.rule import Rule
from tallystick.rulekit.rulebook import Rulebook, load_rulebook
from tallystick.schema import walk
from tallystick.schema.types import Node, Place, Schema

RULES = "tallystick.lint.rules"

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Subject(Generic[T_co]):
    """What a lint rule is called with: a node, and the contract that it belongs to."""

    node: T_co
    contract: Contract


@cache
def lint_rules() -> Rulebook:
    """Return all lint rules."""
    return load_rulebook(RULES)


def lint(contract: Contract) -> Iterator[Finding]:
    """Yield what the lint rules say of a contract."""
    for path, place, node in _subjects(contract):
        subject = Subject(node, contract)
        for rule in _rules_for(type(node)):  # type: ignore[arg-type]  # a class is hashable; mypy looks at its instances
            for below, values in rule.check(subject):
                at = Place(place.document, f"{place.pointer}/{below}" if below else place.pointer)
                yield finding_of(rule, values, contract=contract.id, path=path, now=at)


@cache
def _rules_for(kind: type[Contract | Node]) -> tuple[Rule, ...]:
    return tuple(rule for rule in lint_rules() if issubclass(kind, rule.on))


def _subjects(contract: Contract) -> Iterator[tuple[str, Place, Contract | Node]]:
    yield "/", contract.place(), contract
    yield "/topic", contract.topic.place, contract.topic
    for example in contract.examples:
        yield f"/examples/{example.place.document.path.rpartition('/')[2]}", example.place, example
    for prefix, schema in (("", contract.schema), ("/key", contract.key.schema)):
        if isinstance(schema, Schema):
            for path, node in walk.nodes(schema):
                yield f"{prefix}{path}", node.place, node
