"""Hold the parts of two versions side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tallystick.contract.model import Contract
from tallystick.gate.diff.contract import contract_parts
from tallystick.gate.diff.parts import Part


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that one version has and the other lacks, or whose facts differ.

    `facts` are those that differ, as they were and as they are: None for what was not said. Of a part that came or went
    they are what is worth telling.
    """

    kind: Literal["added", "removed", "changed"]
    label: str
    facts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def differences(old: Contract, new: Contract) -> list[Difference]:
    """Return what differs between two versions of a contract, part by part; their numbers are left out."""
    return list(between(tuple(contract_parts(old)), tuple(contract_parts(new))))


def between(old: Sequence[Part], new: Sequence[Part]) -> Iterator[Difference]:
    """Yield what differs between the parts of two versions: first what came or changed, then what is gone."""
    before, now = {part.key: part for part in old}, {part.key: part for part in new}
    met: set[str] = set()
    for part in now.values():
        was = before.get(part.key) or next((before[k] for k in part.former if k in before and k not in now), None)
        if was is None:
            yield _alone("added", part)
        else:
            met.add(was.key)
            yield from _changed(was, part)
    yield from (_alone("removed", part) for part in before.values() if part.key not in met)


def _changed(was: Part, part: Part) -> Iterator[Difference]:
    names = dict.fromkeys((*was.facts, *part.facts))
    pairs = {name: (was.facts.get(name), part.facts.get(name)) for name in names}
    facts = {name: pair for name, pair in pairs.items() if not _equal(*pair)}
    if part.is_ordered and (moved := _moved(was, part)):
        facts["order of parts"] = moved
    if facts:
        yield Difference("changed", was.label, facts)
    yield from between(was.parts, part.parts)


def _moved(was: Part, part: Part) -> tuple[list[str], list[str]] | None:
    """Return what both have in its two orders; None if these are one."""
    there = {inner.key for inner in part.parts}
    before = {inner.key: None for inner in was.parts if inner.key in there}
    now = [inner.key for inner in part.parts if inner.key in before]
    return None if [*before] == now else ([*before], now)


def _alone(kind: Literal["added", "removed"], part: Part) -> Difference:
    told = {name: part.facts[name] for name in part.summary if name in part.facts}
    if part.parts:
        told["with"] = [inner.facts.get("name", inner.key) for inner in part.parts]
    return Difference(kind, part.label, {n: (None, v) if kind == "added" else (v, None) for n, v in told.items()})


def _equal(left: Any, right: Any) -> bool:
    """Say whether two facts are one: to Python, `1`, `1.0` and `true` are equal."""
    return bool(left == right) and json.dumps(left) == json.dumps(right)
