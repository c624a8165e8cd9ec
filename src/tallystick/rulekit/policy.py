"""What a workspace's policy makes of findings: how severe each code is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tallystick.contract.workspace import Settings
from tallystick.errors import InvalidWorkspace
from tallystick.rulekit.finding import Finding
from tallystick.rulekit.rule import Rule, Severity
from tallystick.rulekit.rulebook import Rulebook
from tallystick.schema.locate import Span, locate
from tallystick.schema.types import Place


def check_policy(settings: Settings, rulebook: Rulebook) -> None:
    """Check that a policy names rules, and relaxes none that decides the registry's verdict.

    Raises:
        InvalidWorkspace: it does not.
    """
    for code in settings.policy:
        rule = rulebook.rules.get(code)
        if rule is None:
            raise _invalid(settings, code, f"policy names '{code}', and no rule has that code")
        if _is_registry_rule(rule):
            raise _invalid(
                settings,
                code,
                f"policy can't change {code}: it decides the registry's verdict, and the registry has no policy",
            )


def weigh(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Return the findings with the severity that the workspace's policy gives them. None is left out.

    What a registry refuses stays an error: it has no policy.
    """
    return [
        f if f.mirrors else replace(f, severity=Severity(settings.policy.get(f.code, f.severity))) for f in findings
    ]


def _is_registry_rule(rule: Rule) -> bool:
    return rule.mirrors is not None


def _invalid(settings: Settings, code: str, problem: str) -> InvalidWorkspace:
    span = Span("contracts/tally.yaml")
    if settings.document is not None:
        span = locate(Place(settings.document, f"/policy/{code}"))
    return InvalidWorkspace(
        problem, file=span.file, line=span.line, column=span.column, fix="take it out of the policy"
    )
