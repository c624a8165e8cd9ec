"""The answer for people: where, what, who breaks, and the mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tallystick.contract.load import SETTINGS
from tallystick.contract.modes import Direction
from tallystick.errors import printable
from tallystick.gate.run import Report
from tallystick.rulekit.finding import Finding
from tallystick.rulekit.rule import Severity

_MANY = 12


def text(report: Report) -> str:
    """Return the findings, a few lines each, and what they come to."""
    lines = [*(line for finding in report.findings for line in _finding(finding)), *_summary(report)]
    return "\n".join(printable(line) for line in lines)


def _finding(finding: Finding) -> Iterator[str]:
    warning = "warning: " if finding.severity is Severity.WARNING else ""
    yield f"{finding.span}  {finding.code}  {warning}{finding.message}"
    if finding.versions:
        yield f"    {who(finding)}"
    if finding.was_span is not None:
        yield f"    was: {finding.was_span}"
    if finding.fix:
        yield f"    fix: {finding.fix}     (tally explain {finding.code})"
    else:
        yield f"    (tally explain {finding.code})"
    yield ""


def who(finding: Finding) -> str:
    """Return whom a finding breaks, or since when it is so."""
    versions = _listed(finding.versions)
    sentence = {
        Direction.BACKWARD: f"breaks: new readers, on messages of {versions}",
        Direction.FORWARD: f"breaks: readers of {versions}, on new messages",
        None: f"changed since: {versions}",
    }[finding.direction]
    if finding.is_readable:
        return f"refused by the registry, beside {_listed(tuple(dict.fromkeys((*finding.versions, *finding.forward))))}; messages stay readable"
    if finding.forward == finding.versions:
        sentence = f"breaks both ways: new readers on messages of {versions}, and their readers on new messages"
    elif finding.forward:
        sentence += f"; and readers of {_listed(finding.forward)}, on new messages"
    former = {consumer: f"{consumer} (until this change)" for consumer in finding.former}
    consumers = [former.get(consumer, consumer) for consumer in finding.breaks]
    return f"{sentence}; declared consumers: {_listed(consumers)}" if consumers else sentence


def _listed(names: Sequence[str]) -> str:
    """Return names, and of very many the first few: the JSON answer has them all."""
    few = names if len(names) <= _MANY else [*names[: _MANY - 1], f"and {len(names) - _MANY + 1} more"]
    return ", ".join(few)


def _summary(report: Report) -> Iterator[str]:
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    yield (
        f"{_counted(report.contracts, report.noun)} against {report.against}: "
        f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    )
    yield f"registry: {_registry(report)}"
    if report.off:
        codes = ", ".join(f"{number} of {code}" for code, number in sorted(report.off.items()))
        count = sum(report.off.values())
        yield f"switched off by policy in {SETTINGS}: {_counted(count, 'finding')} ({codes})"


def _registry(report: Report) -> str:
    if not report.contracts:
        return f"was not asked, for no {report.noun} could be read"
    if not report.compared:
        return "would accept, for there is no earlier version"
    if not report.registry_accepts:
        return "would refuse"
    unread = any(f.code.startswith("FILE") for f in report.findings)
    return "would accept what could be read" if unread else "would accept"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
