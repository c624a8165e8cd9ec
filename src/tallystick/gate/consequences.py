"""Leave out findings that only repeat what another one says: a reader mends the cause, and they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tallystick.contract.load import SHARED
from tallystick.contract.model import Contract
from tallystick.contract.modes import Direction
from tallystick.errors import UnknownContract
from tallystick.rulekit.finding import Finding
from tallystick.rulekit.rule import Severity

_NAMES = frozenset({"AVRO501", "AVRO502"})
_CAUSES = {"PROTO112": "PROTO111", "PROTO212": "PROTO211"}
# What lint says of a state that the change made, and the rule that tells of the change.
_MADE_BY = {
    "DOC102": "AVRO116",
    "DOC120": "AVRO203",
    "DOC123": "AVRO412",
    "DOC124": "AVRO118",
    "DOC131": "PROTO125",
    "DOC133": "PROTO124",
    "DOC148": "PROTO124",
}
_FILE_WIDE = frozenset({"DOC148"})


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of a contract that are not consequences of others of it.

    - The record's name is told of by the pair rules, where they fire; AVRO504 is for what aliases let pass.
    - Types that have their namespace from the record's move with it.
    - A topic that is to be set back needs no new version.
    - A retention that is below what is promised is an error, and no warning on top of that.
    - Who reserves the number of a field or value is told to reserve its name, too.
    - A field that took a reserved number gets another one: then its type is its own.
    - A message that fields have under another name is neither gone nor new.
    - A field of Avro that was renamed is neither gone nor new, too.
    """
    findings = _renames_as_one(findings)
    blocking = [finding for finding in findings if finding.blocks]
    codes = {(finding.code, finding.path) for finding in blocking}
    moves = {_move(finding) for finding in blocking if finding.code == "AVRO502" and finding.path == "/namespace"}
    is_named = any(f.code in _NAMES and f.path in ("/name", "/namespace") for f in blocking)
    is_topic = any(f.code.startswith("TOPIC") for f in blocking)
    renamed = {_short(f.values[side]) for f in blocking if f.code == "PROTO403" for side in ("reader", "writer")}

    def follows(finding: Finding) -> bool:
        code, path = finding.code, finding.path
        return (
            (code == "AVRO502" and path != "/namespace" and _move(finding) in moves)
            or (code == "AVRO504" and is_named)
            or (code == "TOPIC108" and any(other == "TOPIC103" for other, _ in codes))
            or (code == "DOC201" and finding.values["what"] == "the topic" and is_topic)
            or (_CAUSES.get(code), path) in codes
            or (code.startswith("PROTO4") and ("PROTO113", path) in codes)
            or (code == "PROTO101" and finding.values["message"] in renamed)
        )

    return [finding for finding in findings if not follows(finding)]


def _renames_as_one(findings: Sequence[Finding]) -> list[Finding]:
    """Return one finding for a field that was renamed, in place of one for each of its names."""
    told = list(findings)
    for rename in [f for f in findings if f.code == "AVRO115"]:
        old, new = rename.values["old"], rename.values["new"]
        around = rename.path.rpartition("/fields/")[0]
        lost = _unread(told, f"{around}/fields/{old}", Direction.FORWARD)
        added = _unread(told, f"{around}/fields/{new}", Direction.BACKWARD)
        if lost is None and added is None:
            told = _quiet_rename(told, rename, f"{around}/fields/{old}")
            continue
        told = [f for f in told if f not in (lost, added, rename)]
        told.append(_rename(rename, lost, added))
    return told


def _quiet_rename(findings: Sequence[Finding], rename: Finding, path: str) -> list[Finding]:
    """Return the findings, with one for a field that has a default: nobody fails, and both sides lose what it held."""
    lost = next((f for f in findings if (f.code, f.path) == ("AVRO120", path)), None)
    if lost is None or lost.severity is Severity.OFF:
        return [*findings]
    old, new, default = rename.values["old"], rename.values["new"], lost.values["default"]
    message = f"field '{old}' is called '{new}' now: readers of earlier versions take {default} for it, and new readers do not look for '{old}'"
    fix = f"call it '{old}' again; or keep '{old}', and add '{new}' behind it"
    told = replace(rename, message=message, fix=fix, was=lost.was, breaks=lost.breaks or rename.breaks)
    return [told if f is rename else f for f in findings if f is not lost]


def _unread(findings: Sequence[Finding], path: str, direction: Direction) -> Finding | None:
    """Return the finding about a field that readers need, and writers do not send."""
    wanted = ("AVRO101", path, direction)
    return next((f for f in findings if (f.code, f.path, f.direction) == wanted), None)


def _rename(rename: Finding, lost: Finding | None, added: Finding | None) -> Finding:
    old, new = rename.values["old"], rename.values["new"]
    either = lost or added
    assert either is not None  # noqa: S101  # who calls saw to it
    message = f"field '{old}' is called '{new}' now, and readers that need the one are sent the other"
    fix = f"give '{new}' the alias '{old}': readers then take what was sent as '{old}'"
    if lost is not None:
        fix = f"call it '{old}' again: a released field without a default can't be renamed; what is new goes beside it, with a default"
    return replace(
        either,
        message=message,
        fix=fix,
        now=rename.now,
        was=lost.was if lost is not None else rename.was,
        direction=Direction.BACKWARD if added is not None else Direction.FORWARD,
        versions=(added or either).versions,
        forward=lost.versions if lost is not None and added is not None else (),
        breaks=tuple(dict.fromkeys((*(lost.breaks if lost else ()), *(added.breaks if added else ())))),
    )


def _short(name: object) -> str:
    return str(name).rpartition(".")[2]


def folded(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for what several contracts have in one place: a file that they share, or the workspace's.

    What lint says of a state is left out where the change that made it is told of. In a shared file the message says by which field the first of them came there.
    """
    findings = list(findings)
    made = {(f.code, *where) for f in findings if f.code in _MADE_BY.values() for where in _around(f)}
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        if not finding.blocks and (_MADE_BY.get(finding.code), finding.span.file, *_line(finding)) in made:
            continue
        says = (finding.fix, finding.direction) if finding.span.file.startswith(SHARED) else finding.message
        key = finding.code, finding.span, says, finding.severity
        first = found.get(key)
        found[key] = finding if first is None else _joined(first, finding)
    return list(found.values())


def _around(finding: Finding) -> tuple[tuple[object, ...], ...]:
    """Return where lint's finding of the same thing may stand: in its line, or in its file."""
    return (finding.span.file, finding.span.line), (finding.span.file,)


def _line(finding: Finding) -> tuple[int, ...]:
    return () if finding.code in _FILE_WIDE else (finding.span.line,)


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


def with_history(
    findings: Iterable[Finding], contract: Contract, before: Sequence[tuple[str, Contract]]
) -> list[Finding]:
    """Return lint's findings of a contract, those of fields that consumers read and that are gone as what they are."""
    return [
        _removed(finding, contract, before[-1][1]) if finding.code == "DOC107" and before else finding
        for finding in findings
    ]


def _removed(finding: Finding, contract: Contract, before: Contract) -> Finding:
    from tallystick.gate.fields import find_field, renamed_field  # noqa: PLC0415  # only who has such a finding pays for it

    consumer, field, mend = (finding.values[name] for name in ("consumer", "field", "mend"))
    try:
        find_field(before, field)
    except UnknownContract:
        return finding
    now = renamed_field(contract, before, field)
    if now is not None:
        message = f"consumer '{consumer}' reads the field '{field}', which is called '{now}' now"
        return replace(finding, message=message, fix=f"write '{now}' once '{consumer}' has the new schema")
    message = f"consumer '{consumer}' reads the field '{field}', which was removed in this change"
    renamed = f"; if it has another name now, {mend}" if mend.startswith("write") else ""
    return replace(finding, message=message, fix=f"keep '{field}' until '{consumer}' can do without it{renamed}")
