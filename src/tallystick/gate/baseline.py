"""Baselines: what contracts are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tallystick.contract.load import load_workspace
from tallystick.contract.model import Contract
from tallystick.contract.workspace import Workspace
from tallystick.errors import InputError, UnknownBaseline
from tallystick.gate.git import Commit, merge_base


@dataclass(frozen=True, slots=True)
class Baseline:
    """Earlier versions of contracts. `label` says where they are from."""

    label: str
    workspace: Workspace
    tip: str | None = None
    """What the contracts themselves (not their releases) are called; None if they do not count."""

    def versions(self, contract_id: str) -> list[tuple[str, Contract]]:
        """Return the label and the contract of each earlier version, oldest first.

        Where a commit's contract is not released yet, it is the newest version: others may have built on it.
        """
        versions = [(release.label, release.contract) for release in self.workspace.released(contract_id)]
        current = next((c for c in self.workspace.contracts if c.id == contract_id), None)
        if self.tip is None or current is None:
            return versions
        if versions and _same(versions[-1][1], current):
            return versions
        return [*versions, (f"{current.version} at {self.tip}", current)]


def open_baseline(against: str | None, root: Path, workspace: Workspace) -> Baseline:
    """Return the baseline that `--against` names: `git:REF`, `history`, or None for the merge base with the main branch.

    Outside git, and in a repository without a main branch, None means `history`.

    Raises:
        UnknownBaseline: it names nothing.
        InputError: the baseline's own files can't be read.
    """
    kind, _, rest = (against or "").partition(":")
    if against is None:
        base = merge_base(root)
        return Baseline("history", workspace) if base is None else _git_baseline(root, base, f"git:{base[:7]}")
    if kind == "git" and rest:
        return _git_baseline(root, rest, against)
    if against == "history":
        return Baseline("history", workspace)
    raise UnknownBaseline(f"--against '{against}' is no baseline", fix="use git:REF (such as git:main) or history")


def _git_baseline(root: Path, ref: str, label: str) -> Baseline:
    try:
        commit = Commit(root, ref)
        workspace = load_workspace(commit)
    except InputError as error:
        raise UnknownBaseline(
            f"{label}: {error}", fix="compare with another commit, or with --against history"
        ) from None
    if workspace.problems:
        problem = workspace.problems[0]
        raise UnknownBaseline(f"{label}: {problem}", fix="compare with another commit, or with --against history")
    return Baseline(label, workspace, tip=commit.commit[:7])


def _same(old: Contract, new: Contract) -> bool:
    return (old.version, old.schema.canonical, old.topic.partitions) == (
        new.version,
        new.schema.canonical,
        new.topic.partitions,
    )
