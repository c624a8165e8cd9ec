"""Show each node of a contract to the lint rules that want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from tallystick.contract.model import AnySchema, Contract, Topic
from tallystick.rulekit.finding import Finding, finding_of
from tallystick.rulekit.rule import Elsewhere, Rule
from tallystick.rulekit.rulebook import Rulebook, load_rulebook
from tallystick.schema import walk
from tallystick.schema.types import Format, Node, Place

RULES = "tallystick.lint.rules"
_PACKAGES: Mapping[Format | None, str] = {Format.AVRO: "avro", Format.PROTOBUF: "proto", None: "contract"}

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Subject(Generic[T_co]):
    """What a lint rule is called with: a node, the contract that it belongs to, and the schema if it is of one."""

    node: T_co
    contract: Contract
    schema: AnySchema | None = None


@cache
def lint_rules() -> Rulebook:
    """Return all lint rules."""
    return load_rulebook(RULES)


def lint(contract: Contract) -> Iterator[Finding]:
    """Yield what the lint rules say of a contract."""
    for path, place, node, schema in _subjects(contract):
        subject = Subject(node, contract, schema)
        for rule in _rules_for(type(node), schema and schema.format):  # type: ignore[arg-type]  # a class is hashable; mypy looks at its instances
            for below, values in rule.check(subject):
                yield finding_of(rule, values, contract=contract.id, path=path, now=_at(node, place, below))


def _at(node: Contract | Node, place: Place, below: str | Elsewhere) -> Place:
    if isinstance(below, Elsewhere):
        return below.now
    if isinstance(node, Contract):
        return node.place(f"/{below}" if below else "")
    if isinstance(node, Topic):
        return node.place_of(below)
    return Place(place.document, f"{place.pointer}/{below}" if below else place.pointer)


@cache
def _rules_for(kind: type[Contract | Node], language: Format | None) -> tuple[Rule, ...]:
    """Return the rules about a kind of node in a language. Those of one that no contract is in are never read."""
    return tuple(rule for rule in _rules(language) if issubclass(kind, rule.on))


@cache
def _rules(language: Format | None) -> Rulebook:
    return load_rulebook(f"{RULES}.{_PACKAGES[language]}")


def _subjects(contract: Contract) -> Iterator[tuple[str, Place, Contract | Node, AnySchema | None]]:
    yield "/", contract.place(), contract, None
    yield "/topic", contract.topic.place, contract.topic, None
    for rule in contract.rules:
        yield f"/rules/{rule.name}", rule.place, rule, None
    for example in contract.examples:
        yield f"/examples/{example.place.document.path.rpartition('/')[2]}", example.place, example, None
    for prefix, schema in (("", contract.schema), ("/key", contract.key.schema)):
        if schema is not None:
            yield from ((f"{prefix}{path}", node.place, node, schema) for path, node in _nodes(schema))


def _nodes(schema: AnySchema) -> Iterator[tuple[str, Node]]:
    if schema.format is Format.AVRO:
        return walk.nodes(schema)
    from tallystick.schema import protobuf_walk  # noqa: PLC0415  # only who has .proto files pays for it

    return protobuf_walk.nodes(schema)
