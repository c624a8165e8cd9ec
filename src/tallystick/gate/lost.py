"""What a baseline has and a workspace lacks: releases that were rewritten or removed, contracts that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tallystick.contract.model import Contract, Status
from tallystick.contract.workspace import Release, Workspace
from tallystick.errors import InputError, InvalidContract, InvalidRelease
from tallystick.rulekit.finding import Finding, finding_of_error


def lost(before: Workspace, now: Workspace) -> Iterator[Finding]:
    """Yield a finding for each release of the baseline that is not as it was, and each contract that is gone.

    A lock file only says that a release fits its lock: both can be rewritten together. The baseline knows better.
    What can't be read is not told of here: it is a problem of the workspace already.
    """
    known = {contract.id for contract in now.contracts}
    for contract in before.contracts:
        is_gone = contract.id not in known and not _is_unread(now, contract.folder)
        released = before.released(contract.id)
        # A draft that was never released is nobody's; one whose releases are still here is a problem already.
        if is_gone and not now.released(contract.id) and (released or contract.status is not Status.DRAFT):
            consumers = tuple(consumer.id for consumer in contract.consumers)
            yield replace(finding_of_error(_gone(contract)), contract=contract.id, breaks=consumers)
        elif not is_gone:
            problems = (_rewritten(old, now.released(contract.id)) for old in released)
            found = (
                problem for problem in problems if problem and not _is_unread(now, problem.file.rpartition("/")[0])
            )
            yield from (replace(finding_of_error(problem), contract=contract.id) for problem in found)


def _is_unread(workspace: Workspace, folder: str) -> bool:
    return any(problem.file.startswith(f"{folder}/") for problem in workspace.problems)


def _gone(contract: Contract) -> InputError:
    consumers = ", ".join(consumer.id for consumer in contract.consumers)
    return InvalidContract(
        f"contract '{contract.id}' is gone" + (f"; its declared consumers: {consumers}" if consumers else ""),
        file=contract.document.path,
        fix="restore the contract and its releases; to end its life, set status: retired",
    )


def _rewritten(old: Release, releases: tuple[Release, ...]) -> InputError | None:
    new = next((release for release in releases if release.number == old.number), None)
    file, fix = old.contract.document.path, "restore its folder as it was, and release the change as a new version"
    if new is None:
        return InvalidRelease(f"release {old.label} is gone", file=file, fix=fix)
    if _texts(old.contract) != _texts(new.contract):
        return InvalidRelease(f"release {old.label} is not what it was in the baseline", file=file, fix=fix)
    return None


def _texts(contract: Contract) -> list[str]:
    """Return all files of a release, in the newlines that git keeps."""
    schemas = [schema for schema in (contract.schema, contract.key.schema) if schema is not None]
    documents = [contract.document, *(d for s in schemas for d in (s.document, *s.files))]
    return [document.text.replace("\r\n", "\n") for document in documents]
