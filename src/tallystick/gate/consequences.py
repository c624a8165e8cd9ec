"""Leave out findings that only repeat what another one says: a reader mends the cause, and they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tallystick.contract.model import Contract
from tallystick.errors import UnknownContract
from tallystick.rulekit.finding import Finding

_NAMES = frozenset({"AVRO501", "AVRO502"})


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of a contract that are not consequences of others of it.

    - The record's name is told of by the pair rules, where they fire; AVRO504 is for what aliases let pass.
    - Types that have their namespace from the record's move with it.
    - A topic that is to be set back needs no new version.
    """
    blocking = [finding for finding in findings if finding.blocks]
    moves = {_move(finding) for finding in blocking if finding.code == "AVRO502" and finding.path == "/namespace"}
    is_named = any(f.code in _NAMES and f.path in ("/name", "/namespace") for f in blocking)
    is_topic = any(f.code.startswith("TOPIC") for f in blocking)
    return [
        finding
        for finding in findings
        if not (finding.code == "AVRO502" and finding.path != "/namespace" and _move(finding) in moves)
        and not (finding.code == "AVRO504" and is_named)
        and not (finding.code == "DOC201" and finding.values["what"] == "the topic" and is_topic)
    ]


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
