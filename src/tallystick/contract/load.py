"""Read contracts from a tree of files. What can't be read becomes a problem; the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.contract.build import SCHEMA_SUFFIXES, ReleaseDraft, load_contract, misnamed, open_release
from tallystick.contract.layout import DEPTH, misplaced
from tallystick.contract.lock import LOCK
from tallystick.contract.model import Contract
from tallystick.contract.modes import Mode
from tallystick.contract.odcs import check_workspace
from tallystick.contract.schemas import SUFFIXES, Schemas
from tallystick.contract.tree import Folder, Tree, read_document
from tallystick.contract.workspace import Environment, GenerateTarget, Release, Settings, Workspace
from tallystick.errors import InputError, InvalidContract, InvalidRelease, NoContracts
from tallystick.schema.locate import locate
from tallystick.schema.types import Document
from tallystick.schema.yaml_text import read_yaml

if TYPE_CHECKING:
    from tallystick.schema.protobuf_batches import ProtoBatches

HISTORY = "contracts/history/"
SHARED = "contracts/shared/"
SETTINGS = "contracts/tally.yaml"
_RELEASE = re.compile(rf"({HISTORY}([^/]+)/([^/]+)/v([1-9][0-9]*))/")


def open_workspace(start: Path) -> Workspace:
    """Return the workspace of a folder on disk: see `find_root` and `load_workspace`."""
    return load_workspace(Folder(find_root(start)))


def find_root(start: Path) -> Path:
    """Return the nearest folder from `start` upwards that has a `contracts` folder.

    Raises:
        NoContracts: no folder has one.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "contracts").is_dir():
            return folder
    raise NoContracts(f"no folder 'contracts' in {start} or above", fix="run tally inside the repository, or use -C")


def load_workspace(tree: Tree) -> Workspace:
    """Return all contracts and releases of a tree.

    Raises:
        InvalidYaml, InvalidWorkspace: the workspace file itself can't be read.
    """
    paths = list(tree.paths())
    settings = _load_settings(read_document(tree, SETTINGS)) if SETTINGS in paths else Settings()
    contracts: list[Contract] = []
    releases: dict[str, list[Release]] = {}
    problems: list[InputError] = []
    batches = cache(_new_batches)
    schemas = Schemas((path for path in paths if not path.startswith(HISTORY)), partial(read_document, tree), batches)
    drafts: list[ReleaseDraft] = []
    # First every release is opened, and then the first schema is read: .proto files are compiled together.
    for release_folder, id_, number in _release_folders(paths):
        try:
            drafts.append(open_release(tree, f"{release_folder}/{LOCK}", id_, number, batches))
        except InputError as error:
            problems.append(error)
    folders = dict(_contract_folders(paths))
    for folder, files in folders.items():
        try:
            contracts.append(load_contract(tree, folder, files, schemas, settings))
        except InputError as error:
            problems += [error, *error.others]
    for path in paths:
        # Types for others to reference need no contract. They must be readable all the same.
        if path.startswith(SHARED) and path.endswith(SUFFIXES):
            try:
                schemas.check(path)
            except InputError as error:
                problems.append(error)
    newest = {draft.id: draft for draft in sorted(drafts, key=lambda draft: draft.number)}
    for draft in drafts:
        try:
            release = draft.build(settings, is_newest=draft is newest[draft.id])
            releases.setdefault(release.contract.id, []).append(release)
        except InputError as error:
            problems.append(error)
    problems += [*misplaced(paths), *schemas.problems(), *schemas.defined_twice(SHARED), *_strangers(paths, drafts)]
    problems = _apart([*problems, *_shared_topics(contracts), *_misnamed(contracts)])
    known = {folder.removeprefix("contracts/").replace("/", ".") for folder in folders}
    problems.extend(_orphan(found[-1]) for id_, found in releases.items() if id_ not in known)
    ordered = {id_: tuple(sorted(found, key=lambda r: r.number)) for id_, found in releases.items()}
    if not any(isinstance(problem, InvalidRelease) for problem in problems):
        problems.extend(gap for found in ordered.values() for gap in _gaps(found))
    return Workspace(settings, tuple(contracts), ordered, tuple(problems), frozenset(paths))


def _strangers(paths: Iterable[str], drafts: Sequence[ReleaseDraft]) -> Iterator[InvalidRelease]:
    """Yield a problem for each file in a release that its lock does not name: nobody reads it, and nobody released it."""
    released = {draft.folder: draft.files for draft in drafts}
    for path in paths:
        match = _RELEASE.match(path)
        if match and match[1] in released and path not in released[match[1]]:
            problem = "this file is no part of the release: its lock.json does not name it"
            yield InvalidRelease(problem, file=path, fix="move it out of contracts/history/")


def _new_batches() -> ProtoBatches:
    # Here and not above: only who has .proto files pays for protobuf's own code.
    from tallystick.schema.protobuf_batches import ProtoBatches  # noqa: PLC0415

    return ProtoBatches()


def _apart(problems: Iterable[InputError]) -> list[InputError]:
    """Return problems once each: a broken file is told of by all that need it."""
    return list({(p.code, p.file, p.line, p.column, p.message): p for p in problems}.values())


def _shared_topics(contracts: Iterable[Contract]) -> Iterator[InvalidContract]:
    """Yield a problem for each contract whose topic another one has already, as Kafka sees it: to it, `.` is `_`."""
    owners: dict[str, Contract] = {}
    for contract in contracts:
        name = contract.topic.name
        other = owners.setdefault(name.replace(".", "_"), contract)
        if other is not contract:
            problem = f"topic '{name}' is the topic of '{other.id}' already"
            if name != other.topic.name:
                problem = f"topic '{name}' collides with '{other.topic.name}' of '{other.id}': Kafka's metrics need '.' and '_' to differ"
            span = locate(contract.place("/schema/0/physicalName"))
            fix = "give each contract a topic of its own (physicalName)"
            yield InvalidContract(problem, file=span.file, line=span.line, column=span.column, fix=fix)


def _misnamed(contracts: Iterable[Contract]) -> Iterator[InvalidContract]:
    return (problem for contract in contracts for problem in misnamed(contract))


def _orphan(release: Release) -> InvalidContract:
    id_ = release.contract.id
    return InvalidContract(
        f"'{id_}' was released, but contracts/{id_.replace('.', '/')}/ is gone",
        file=release.contract.document.path,
        fix="restore the contract; to end its life, set status: retired",
    )


def _contract_folders(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder with a contract or a schema in it, and its files (those of `examples/` included)."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        if path.startswith((HISTORY, SHARED)):
            continue
        folder = path.rpartition("/")[0]
        if folder.count("/") == DEPTH:
            folder = folder.removesuffix("/examples")
        folders.setdefault(folder, []).append(path)
    for folder, files in folders.items():
        if folder.count("/") == DEPTH - 1 and any(f.endswith(("/contract.yaml", *SCHEMA_SUFFIXES)) for f in files):
            yield folder, files


def _release_folders(paths: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Yield the folder, the contract's id and the number of each release."""
    matches = (_RELEASE.match(path) for path in paths)
    found = {match[1]: (f"{match[2]}.{match[3]}", int(match[4])) for match in matches if match}
    return ((folder, id_, number) for folder, (id_, number) in found.items())


def _gaps(releases: Sequence[Release]) -> Iterator[InvalidRelease]:
    """Yield what is wrong if releases are not numbered from 1 on: one that went missing would not be compared with."""
    for expected, release in enumerate(releases, start=1):
        if release.number != expected:
            file = release.contract.document.path
            yield InvalidRelease(f"release v{expected} is missing before this one", file=file, fix="restore its folder")
            return


def _load_settings(document: Document) -> Settings:
    value = read_yaml(document.text, document.path)
    if value is None:
        return Settings()
    check_workspace(value, document)
    defaults = value.get("defaults", {})
    topic = defaults.get("topic", {})
    return Settings(
        document=document,
        environments={name: Environment(**entry) for name, entry in value.get("environments", {}).items()},
        compatibility=Mode(defaults.get("compatibility", Mode.BACKWARD)),
        partitions=topic.get("partitions", 1),
        replication_factor=topic.get("replicationFactor", 1),
        configs=topic.get("configs", {}),
        policy=value.get("policy", {}),
        generate=tuple(GenerateTarget(entry["package"], entry["out"]) for entry in value.get("generate", [])),
    )
