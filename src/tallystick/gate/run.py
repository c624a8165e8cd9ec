"""One run of the gate: every rule over every contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from tallystick.compat.verdict import RULES as COMPAT_RULES
from tallystick.compat.verdict import judge
from tallystick.contract.load import SETTINGS
from tallystick.contract.model import Contract
from tallystick.contract.workspace import Workspace
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, NoContracts
from tallystick.gate.baseline import Baseline, WorkspaceBaseline, held
from tallystick.gate.consequences import folded, told_once, with_history
from tallystick.gate.lost import lost
from tallystick.lint.engine import RULES as LINT_RULES
from tallystick.lint.engine import lint
from tallystick.rulekit.finding import Finding
from tallystick.rulekit.policy import check_policy, weigh
from tallystick.rulekit.rule import Severity
from tallystick.rulekit.rulebook import Rulebook, load_rulebook


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found: the findings by place, and how many contracts (or what else: `noun`) it looked at.

    `compared` is how many of them have an earlier version, `off` how many findings of each code the policy took away.
    """

    findings: tuple[Finding, ...]
    contracts: int
    against: str
    noun: str = "contract"
    compared: int = 1
    off: Mapping[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """Return 1 if anything blocks, 0 if not."""
        return EXIT_FINDINGS if any(f.blocks for f in self.findings) else EXIT_OK

    @property
    def registry_accepts(self) -> bool:
        """Say whether a Confluent-compatible registry would take every schema that could be read."""
        return not any(f.mirrors for f in self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(f.severity is severity for f in self.findings)


@cache
def all_rules() -> Rulebook:
    """Return every rule that the gate runs."""
    return load_rulebook(COMPAT_RULES, LINT_RULES)


def run_check(workspace: Workspace, baseline: Baseline, contracts: Sequence[Contract] | None = None) -> Report:
    """Run all rules over some contracts (default: all) and return the report. Files that can't be read are findings.

    Raises:
        NoContracts: there is nothing to check.
        InvalidWorkspace: the policy names an unknown rule, or relaxes one that it can't.
    """
    if workspace.settings.policy:
        check_policy(workspace.settings, all_rules())
    chosen = workspace.contracts if contracts is None else contracts
    # Who asks for one contract is told of that one alone.
    is_whole = len(chosen) == len(workspace.contracts)
    gone = list(lost(baseline.workspace, workspace)) if is_whole and isinstance(baseline, WorkspaceBaseline) else []
    if not (chosen or workspace.problems or gone):
        raise NoContracts(
            "contracts/ has no contract in it", fix="a contract is a folder with contract.yaml and a schema"
        )
    before_all = baseline.workspace if isinstance(baseline, WorkspaceBaseline) else None
    findings = [*_unreadable(workspace, before_all), *gone]
    versions = {contract.id: baseline.versions(contract) for contract in chosen}
    findings += _once(f for contract in chosen for f in with_history(lint(contract), contract, versions[contract.id]))
    policy = workspace.settings
    findings = weigh(findings, policy)
    for contract in chosen:
        before = versions[contract.id]
        findings += told_once(weigh(judge(held(contract, before), before), policy))
    shown = folded(f for f in findings if f.severity is not Severity.OFF)
    return Report(
        tuple(sorted(shown, key=lambda f: (f.span, f.code, f.path))),
        len(chosen),
        baseline.label,
        compared=sum(map(bool, versions.values())),
        off=Counter(f.code for f in findings if f.severity is Severity.OFF),
    )


def _unreadable(workspace: Workspace, before: Workspace | None) -> list[Finding]:
    if not workspace.problems:
        return []
    from tallystick.gate.causes import with_causes  # noqa: PLC0415  # most workspaces can be read

    return with_causes(workspace, before)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings once each: a type that contracts share is looked at with each of them, and so are defaults."""
    return list({(f.code, f.span, "" if f.span.file == SETTINGS else f.message): f for f in findings}.values())
