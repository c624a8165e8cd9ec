"""The answer for programs."""

from __future__ import annotations

from json import dumps
from typing import Any

from tallystick.gate.run import Report
from tallystick.rulekit.finding import Finding
from tallystick.schema.locate import Span

FORMAT = 1


def json(report: Report) -> str:
    """Return the report as JSON. `format` is raised when a key changes its meaning or goes."""
    document = {
        "format": FORMAT,
        "against": report.against,
        "contracts": report.contracts,
        "registry_accepts": report.registry_accepts,
        "switched_off": report.off,
        "findings": [_finding(finding) for finding in report.findings],
    }
    return dumps(document, indent=2, ensure_ascii=False)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "contract": finding.contract,
        "other_contracts": finding.others,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix,
        "now": _span(finding.span),
        "was": _span(finding.was_span),
        "direction": finding.direction,
        "versions": finding.versions,
        "forward": finding.forward,
        "breaks": finding.breaks,
        "former": finding.former,
        "registry": finding.mirrors,
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"file": span.file, "line": span.line, "column": span.column}
