"""Leave out findings that only repeat what another one says: a reader mends the cause, and they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tallystick.contract.load import SHARED
from tallystick.contract.model import Contract
from tallystick.errors import UnknownContract
from tallystick.rulekit.finding import Finding

_NAMES = frozenset({"AVRO501", "AVRO502"})


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of a contract that are not consequences of others of it.

    - The record's name is told of by the pair rules, where they fire; AVRO504 is for what aliases let pass.
    - Types that have their namespace from the record's move with it.
    - A topic that is to be set back needs no new version.
    - A retention that is below what is promised is an error, and no warning on top of that.
    """
    blocking = [finding for finding in findings if finding.blocks]
    moves = {_move(finding) for finding in blocking if finding.code == "AVRO502" and finding.path == "/namespace"}
    is_named = any(f.code in _NAMES and f.path in ("/name", "/namespace") for f in blocking)
    is_topic = any(f.code.startswith("TOPIC") for f in blocking)
    is_below = any(f.code == "TOPIC103" for f in blocking)
    return [
        finding
        for finding in findings
        if not (finding.code == "AVRO502" and finding.path != "/namespace" and _move(finding) in moves)
        and not (finding.code == "AVRO504" and is_named)
        and not (finding.code == "TOPIC108" and is_below)
        and not (finding.code == "DOC201" and finding.values["what"] == "the topic" and is_topic)
    ]


def folded(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for what several contracts have in one place: a file that they share, or the workspace's.

    In a shared file the message says by which field the first of them came there.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        says = (finding.fix, finding.direction) if finding.span.file.startswith(SHARED) else finding.message
        key = finding.code, finding.span, says, finding.severity
        first = found.get(key)
        found[key] = finding if first is None else _joined(first, finding)
    return list(found.values())


def _joined(first: Finding, other: Finding) -> Finding:
    """Return a finding with what another contract's adds to it. Versions are told apart by their contract, from the first on."""
    if other.contract in (first.contract, *first.others):
        return first
    named = first if first.others else _by_contract(first)
    other = _by_contract(other)
    return replace(
        named,
        others=(*named.others, *filter(None, [other.contract])),
        versions=(*named.versions, *other.versions),
        forward=(*named.forward, *other.forward),
        breaks=tuple(dict.fromkeys((*named.breaks, *other.breaks))),
        former=tuple(dict.fromkeys((*named.former, *other.former))),
        mirrors=named.mirrors or other.mirrors,
    )


def _by_contract(finding: Finding) -> Finding:
    def named(labels: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{finding.contract} {label}" for label in labels)

    return replace(finding, versions=named(finding.versions), forward=named(finding.forward))


def _move(finding: Finding) -> tuple[object, ...]:
    """Return the namespaces that a type moved between, as the direction sees them."""
    reader, writer = (str(finding.values[side]).rpartition(".")[0] for side in ("reader", "writer"))
    return finding.direction, reader, writer


def with_history(findings: Iterable[Finding], before: Sequence[tuple[str, Contract]]) -> list[Finding]:
    """Return lint's findings, those of fields that consumers read and that are gone as what they are: removed."""
    return [
        _removed(finding, before[-1][1]) if finding.code == "DOC107" and before else finding for finding in findings
    ]


def _removed(finding: Finding, before: Contract) -> Finding:
    from tallystick.gate.fields import find_field  # noqa: PLC0415  # only who has such a finding pays for it

    consumer, field, mend = (finding.values[name] for name in ("consumer", "field", "mend"))
    try:
        find_field(before, field)
    except UnknownContract:
        return finding
    message = f"consumer '{consumer}' reads the field '{field}', which was removed in this change"
    renamed = f"; if it has another name now, {mend}" if mend.startswith("write") else ""
    return replace(finding, message=message, fix=f"keep '{field}' until '{consumer}' can do without it{renamed}")
