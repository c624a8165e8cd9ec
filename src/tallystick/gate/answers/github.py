"""The answer for GitHub: workflow commands that become annotations on the lines of a pull request."""

from __future__ import annotations

from tallystick.gate.answers.text import text, who
from tallystick.gate.run import Report
from tallystick.rulekit.finding import Finding


def github(report: Report) -> str:
    """Return one workflow command a finding, then the text answer for the log."""
    return "\n".join([*(_command(finding) for finding in report.findings), text(report)])


def _command(finding: Finding) -> str:
    span = finding.span
    place = f"file={_property(span.file)},line={span.line},col={span.column}"
    title = _property(f"{finding.code} {finding.name}")
    body = [finding.message]
    if finding.versions:
        body.append(who(finding))
    if finding.was_span is not None:
        body.append(f"was: {finding.was_span}")
    if finding.fix is not None:
        body.append(f"fix: {finding.fix}")
    return f"::{finding.severity} {place},title={title}::{data(chr(10).join(body))}"


def data(value: str) -> str:
    """Return a text as the value of a workflow command."""
    # https://docs.github.com/actions: "workflow commands"; a line break in a value would begin a command of its own.
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return data(value).replace(":", "%3A").replace(",", "%2C")
