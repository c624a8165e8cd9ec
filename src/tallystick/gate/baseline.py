"""Baselines: what contracts are compared with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tallystick.contract.load import load_workspace
from tallystick.contract.model import AnySchema, Contract, Key
from tallystick.contract.tree import Folder
from tallystick.contract.workspace import Workspace
from tallystick.errors import InputError, InvalidSchema, SubjectNotFound, UnknownBaseline
from tallystick.gate.git import Commit, merge_base

if TYPE_CHECKING:
    from tallystick.registry.client import RegistryClient
    from tallystick.registry.model import RegisteredSchema

FORMS = "git:REF (such as git:main), history, registry or registry:ENVIRONMENT, or dir:PATH"


class Baseline(Protocol):
    """Earlier versions of contracts. `label` says where they are from."""

    @property
    def label(self) -> str:
        """Return what people call it."""
        ...

    def versions(self, contract: Contract) -> list[tuple[str, Contract]]:
        """Return the label and the contract of each earlier version, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class WorkspaceBaseline:
    """What a workspace holds: this one, or one in a commit or another folder.

    `tip` is what its contracts themselves (not their releases) are called; None if they do not count.
    """

    label: str
    workspace: Workspace
    tip: str | None = None

    def versions(self, contract: Contract) -> list[tuple[str, Contract]]:
        """Return the releases and, where it is not released yet, the contract: others may have built on it."""
        versions = [(release.label, release.contract) for release in self.workspace.released(contract.id)]
        current = next((c for c in self.workspace.contracts if c.id == contract.id), None)
        if self.tip is None or current is None or (versions and _same(versions[-1][1], current)):
            return versions
        # A level that was relaxed holds once it is released: until then, what is released is held to its own.
        return [*versions, (f"{current.version} at {self.tip}", held(current, versions))]


class RegistryBaseline:
    """What a registry holds under a contract's subject. All else is as the contract says now."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.label = "registry"

    def versions(self, contract: Contract) -> list[tuple[str, Contract]]:
        """Return the versions of the subject; none where the registry does not know it."""
        # Here and not above: only this baseline needs an HTTP client.
        from tallystick.registry.client import RegistryClient  # noqa: PLC0415

        with RegistryClient(self._url) as client:
            self.label = f"registry {client.url}"
            try:
                numbers = client.versions(contract.subject)
            except SubjectNotFound:
                return []
            known = [client.version(contract.subject, number) for number in numbers]
            held = replace(
                contract,
                compatibility=client.level(contract.subject),
                compatibility_group=client.group(contract.subject),
                key=self._key(client, contract),
            )
            main = getattr(contract.schema.root, "short_name", None)
            versions = [(old, self._schema(client, old, main)) for old in known]
        return [(f"version {old.version}", replace(held, schema=s, metadata=old.metadata)) for old, s in versions]

    def _key(self, client: RegistryClient, contract: Contract) -> Key:
        """Return the newest schema of the keys; what the contract says where the registry has none."""
        try:
            registered = client.version(contract.key_subject, "latest")
        except SubjectNotFound:
            return contract.key
        schema = self._schema(client, registered)
        return Key(place=schema.root.place, schema=schema)

    def _schema(self, client: RegistryClient, registered: RegisteredSchema, main: str | None = None) -> AnySchema:
        from tallystick.registry.whole import read_registered  # noqa: PLC0415  # as for the client

        try:
            return read_registered(client, registered, main)
        except (InputError, InvalidSchema) as error:
            raise UnknownBaseline(f"{self.label}: {error}", fix="compare with --against history instead") from None


def held(contract: Contract, versions: Sequence[tuple[str, Contract]]) -> Contract:
    """Return a contract at the level that it is held to: its own, and that of the newest earlier version, too.

    A change must not pass because it relaxed the level on its way, or put its versions into groups. A major version
    with a topic of its own begins anew.
    """
    for _, old in reversed(versions):
        if old.major == contract.major or old.topic.name == contract.topic.name:
            level = contract.compatibility.joined(old.compatibility)
            declared = contract.declared_level or contract.compatibility
            group = old.compatibility_group
            return replace(contract, compatibility=level, declared_level=declared, compatibility_group=group)
    return contract


def open_baseline(
    against: str | None, root: Path, workspace: Workspace, registry_url: Callable[[str | None], str]
) -> Baseline:
    """Return the baseline that `--against` names; for None, the merge base with the main branch.

    Outside git, and before the first commit, None means `history`. `registry_url` gives the address for an
    environment's name.

    Raises:
        UnknownBaseline: it names nothing, or its own files can't be read.
        Unavailable: git or the registry can't be asked.
    """
    kind, _, rest = (against or "").partition(":")
    if against is None:
        base = merge_base(root)
        if base is None:
            return WorkspaceBaseline("history (there is no commit to compare with)", workspace)
        return _git_baseline(root, base, f"git:{base[:7]}")
    if kind == "git" and rest:
        return _git_baseline(root, rest, f"git:{rest[:7] if re.fullmatch('[0-9a-f]{40}', rest) else rest}")
    if against == "history":
        return WorkspaceBaseline("history", workspace)
    if kind == "registry" and (rest or against == "registry"):
        return RegistryBaseline(registry_url(rest or None))
    if kind == "dir" and rest:
        return _folder_baseline(Path(rest), against)
    raise UnknownBaseline(f"--against '{against}' is no baseline", fix=f"use {FORMS}")


def _git_baseline(root: Path, ref: str, label: str) -> Baseline:
    try:
        commit = Commit(root, ref)
        workspace = load_workspace(commit)
    except InputError as error:
        raise _unreadable(label, error) from None
    return _sound(WorkspaceBaseline(label, workspace, tip=commit.commit[:7]))


def _folder_baseline(folder: Path, label: str) -> Baseline:
    root = folder.parent if folder.name == "contracts" else folder
    # Not looked for further up: a path that is misspelt must not end in comparing a folder with itself.
    if not (root / "contracts").is_dir():
        raise UnknownBaseline(f"{label}: no folder 'contracts' in it", fix="name a folder that holds contracts/")
    try:
        workspace = load_workspace(Folder(root))
    except InputError as error:
        raise _unreadable(label, error) from None
    return _sound(WorkspaceBaseline(label, workspace, tip=str(folder)))


def _sound(baseline: WorkspaceBaseline) -> Baseline:
    for problem in baseline.workspace.problems:
        raise _unreadable(baseline.label, problem)
    return baseline


def _unreadable(label: str, problem: InputError) -> UnknownBaseline:
    return UnknownBaseline(f"{label}: {problem}", fix="compare with another commit, or with --against history")


def _same(old: Contract, new: Contract) -> bool:
    return (old.version, old.schema.canonical, old.topic.partitions, old.compatibility) == (
        new.version,
        new.schema.canonical,
        new.topic.partitions,
        new.compatibility,
    )
