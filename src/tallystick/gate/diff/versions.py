"""Which versions of a contract are held side by side: two that were named, or each and the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tallystick.contract.model import Contract
from tallystick.contract.workspace import Release, Workspace
from tallystick.errors import UnknownContract
from tallystick.gate.baseline import Baseline, WorkspaceBaseline
from tallystick.gate.diff.differences import Difference, differences


@dataclass(frozen=True, slots=True)
class Step:
    """What one version of a contract changed. `old` and `new` are labels; `old` is None for a first version."""

    contract: str
    old: str | None
    new: str
    version: str
    is_released: bool
    differences: tuple[Difference, ...] = ()


def since(baseline: Baseline, contract: Contract) -> Step:
    """Return what a contract changed since the newest version that a baseline has."""
    found = _newest(baseline, contract)
    if found is None:
        return Step(contract.id, None, contract.version, contract.version, is_released=False)
    label, old = found
    return Step(
        contract.id,
        label,
        contract.version,
        contract.version,
        is_released=False,
        differences=tuple(differences(old, contract)),
    )


def gone(baseline: Baseline, workspace: Workspace) -> Iterator[Step]:
    """Yield a step for each contract that a baseline's workspace has, and this one has not."""
    if isinstance(baseline, WorkspaceBaseline):
        known = {contract.id for contract in workspace.contracts}
        for old in baseline.workspace.contracts:
            if old.id not in known:
                removed = (Difference("removed", "the contract"),)
                yield Step(old.id, old.version, "nothing", old.version, is_released=False, differences=removed)


def step_between(workspace: Workspace, contract: Contract, old: str, new: str | None) -> Step:
    """Return what changed from one version to another, by `1.2.0` or `v3`; without `new`, to the contract as it is.

    Raises:
        UnknownContract: there is no such version.
    """
    before = _find(workspace, contract, old)
    after = None if new is None else _find(workspace, contract, new)
    now, label = (contract, contract.version) if after is None else (after.contract, after.label)
    found = tuple(differences(before.contract, now))
    return Step(contract.id, before.label, label, now.version, after is not None, found)


def history(workspace: Workspace, contract: Contract) -> Iterator[Step]:
    """Yield what each version of a contract changed, newest first; what is not released yet only if it is another one."""
    releases = workspace.released(contract.id)
    if not releases:
        yield Step(contract.id, None, contract.version, contract.version, is_released=False)
        return
    newest = releases[-1]
    found = tuple(differences(newest.contract, contract))
    if found or contract.version != newest.contract.version:
        yield Step(contract.id, newest.label, contract.version, contract.version, is_released=False, differences=found)
    yield from reversed(list(_released(contract.id, releases)))


def _newest(baseline: Baseline, contract: Contract) -> tuple[str, Contract] | None:
    if isinstance(baseline, WorkspaceBaseline) and baseline.tip is not None:
        now = next((one for one in baseline.workspace.contracts if one.id == contract.id), None)
        return None if now is None else (f"{now.version} at {baseline.tip}", now)
    return next(reversed(baseline.versions(contract)), None)


def _released(id_: str, releases: Sequence[Release]) -> Iterator[Step]:
    before: Release | None = None
    for release in releases:
        found = () if before is None else tuple(differences(before.contract, release.contract))
        old = None if before is None else before.label
        yield Step(id_, old, release.label, release.contract.version, is_released=True, differences=found)
        before = release


def _find(workspace: Workspace, contract: Contract, wanted: str) -> Release:
    releases = workspace.released(contract.id)
    for release in releases:
        if wanted in (f"v{release.number}", release.contract.version):
            return release
    known = ", ".join(release.label for release in releases) or "none"
    raise UnknownContract(f"'{contract.id}' has no release '{wanted}'", fix=f"released: {known}")
