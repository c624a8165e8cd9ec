"""Read contracts from a tree of files. What can't be read becomes a problem; the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from tallystick.contract.lock import LOCK, released_files
from tallystick.contract.model import Contract, DeclaredConsumer, Example, Status, Topic
from tallystick.contract.modes import Mode
from tallystick.contract.odcs import check_contract, check_workspace, vendor_entries
from tallystick.contract.tree import Folder, Tree, read_document
from tallystick.contract.workspace import Environment, GenerateTarget, Release, Settings, Workspace
from tallystick.errors import InputError, InvalidContract, InvalidRelease, NoContracts
from tallystick.schema.json_text import read_json
from tallystick.schema.locate import locate
from tallystick.schema.references import SUFFIXES, Library
from tallystick.schema.types import Document, NamedType, Place, Schema
from tallystick.schema.yaml_text import read_yaml

HISTORY = "contracts/history/"
SHARED = "contracts/shared/"
SETTINGS = "contracts/tally.yaml"
_SCHEMA_SUFFIXES = {".avsc", ".avdl", ".proto"}
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\Z")
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
    library = Library((path for path in paths if not path.startswith(HISTORY)), partial(read_document, tree))
    for folder, files in _contract_folders(paths):
        try:
            contracts.append(_load_contract(tree, folder, files, library, settings))
        except InputError as error:
            problems.append(error)
    for path in paths:
        # Types for others to reference need no contract. They must be readable all the same.
        if path.startswith(SHARED) and path.endswith(SUFFIXES):
            try:
                library.types(path)
            except InputError as error:
                problems.append(error)
    for release_folder, id_, number in _release_folders(paths):
        try:
            release = _load_release(tree, f"{release_folder}/{LOCK}", id_, number, settings)
            releases.setdefault(release.contract.id, []).append(release)
        except InputError as error:
            problems.append(error)
    problems = _apart(problems)
    known = {".".join(PurePosixPath(folder).parts[1:]) for folder, _ in _contract_folders(paths)}
    problems.extend(_orphan(found[-1]) for id_, found in releases.items() if id_ not in known)
    ordered = {id_: tuple(sorted(found, key=lambda r: r.number)) for id_, found in releases.items()}
    if not any(isinstance(problem, InvalidRelease) for problem in problems):
        problems.extend(gap for found in ordered.values() for gap in _gaps(found))
    return Workspace(settings=settings, contracts=tuple(contracts), releases=ordered, problems=tuple(problems))


def _apart(problems: Iterable[InputError]) -> list[InputError]:
    """Return problems once each: a broken file is told of by all that need it."""
    return list({(p.code, p.file, p.line, p.column, p.message): p for p in problems}.values())


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
        parent = PurePosixPath(path).parent
        if path.startswith((HISTORY, SHARED)):
            continue
        folders.setdefault(str(parent.parent if parent.name == "examples" else parent), []).append(path)
    for folder, files in folders.items():
        if any(f.endswith("/contract.yaml") or PurePosixPath(f).suffix in _SCHEMA_SUFFIXES for f in files):
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


def _load_contract(tree: Tree, folder: str, files: list[str], library: Library, settings: Settings) -> Contract:
    path = f"{folder}/contract.yaml"
    if path not in files:
        lonely = next(f for f in files if PurePosixPath(f).suffix in _SCHEMA_SUFFIXES)
        raise InvalidContract(
            "this schema has no contract", file=lonely, fix=f"write {path}: see tally explain {InvalidContract.code}"
        )
    document = read_document(tree, path)
    value = read_yaml(document.text, document.path)
    if value is None:
        _fail(document, "", "the file is empty", fix=f"see tally explain {InvalidContract.code}")
    check_contract(value, document)
    expected = ".".join(PurePosixPath(folder).parts[1:])
    if value["id"] != expected:
        _fail(document, "/id", f"the id is '{value['id']}', the folder says '{expected}'", fix=f"write id: {expected}")
    waivers = f"{folder}/waivers.yaml"
    if waivers in files:
        raise InvalidContract("waivers are not supported by this version", file=waivers, fix="take the file out")
    schema_file = _schema_file(document, folder, files)
    schema = _load_schema(library, schema_file, document, value)
    examples = tuple(_load_example(tree, f) for f in files if "/examples/" in f and f.endswith(".json"))
    return _build(value, document, schema, folder, examples, settings)


def _load_example(tree: Tree, path: str) -> Example:
    document = read_document(tree, path)
    is_valid = not PurePosixPath(path).name.startswith("invalid-")
    return Example(place=Place(document), value=read_json(document.text, path), is_valid=is_valid)


def _schema_file(document: Document, folder: str, files: list[str]) -> str:
    found = [f for f in files if PurePosixPath(f).suffix in _SCHEMA_SUFFIXES]
    if not found:
        _fail(document, "", "no schema file beside this contract", fix=f"put the schema into {folder}/, as .avsc")
    if len(found) > 1:
        names = ", ".join(PurePosixPath(f).name for f in found)
        _fail(document, "", f"more than one schema file beside this contract: {names}", fix="keep one")
    if not found[0].endswith(SUFFIXES):
        _fail(document, "", f"{PurePosixPath(found[0]).name}: this version reads Avro schemas (.avsc and .avdl)")
    return found[0]


def _load_schema(library: Library, path: str, document: Document, value: Mapping[str, Any]) -> Schema:
    first = (value.get("schema") or [{}])[0]
    declared = first.get("name")
    schema = library.schema(path, declared)
    name = schema.root.short_name if isinstance(schema.root, NamedType) else None
    if declared is not None and declared != name:
        _fail(document, "/schema/0/name", f"the contract is about '{declared}', {path} defines '{name}'")
    for index, entry in enumerate(first.get("authoritativeDefinitions") or []):
        if entry["type"] == "implementation" and PurePosixPath(entry["url"]).name != PurePosixPath(path).name:
            at = f"/schema/0/authoritativeDefinitions/{index}/url"
            _fail(document, at, f"'{entry['url']}' is not the schema file beside this contract, {path}")
    return schema


def _build(
    value: Mapping[str, Any],
    document: Document,
    schema: Schema,
    folder: str,
    examples: tuple[Example, ...],
    settings: Settings,
) -> Contract:
    id_, version = value["id"], value["version"]
    if not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", id_):
        _fail(document, "/id", f"'{id_}' is not '<domain>.<name>' in lower-case letters, digits and -")
    if not _VERSION.match(str(version)):
        _fail(document, "/version", f"'{version}' is not a version", fix="use major.minor.patch, such as 1.0.0")
    if value["status"] not in list(Status):
        _fail(document, "/status", f"'{value['status']}' is no status", fix=f"one of {', '.join(Status)}")
    ours = {(e.get("vendor"), e.get("property")): (p, e["value"]) for p, e in vendor_entries(value)}
    topic_pointer, topic = ours.get(("kafka", "topic"), ("/schema/0", {}))
    subject = ours.get(("confluent", "subject"), ("", {}))[1]
    first = (value.get("schema") or [{}])[0]
    name = first.get("physicalName") or f"{id_}.v{version.partition('.')[0]}"
    consumers = ours.get(("tallystick", "consumers"), ("", []))[1]
    team = value.get("team")  # a list of members in older documents
    return Contract(
        id=id_,
        version=version,
        status=Status(value["status"]),
        folder=folder,
        document=document,
        schema=schema,
        topic=Topic(
            place=Place(document, topic_pointer),
            name=name,
            partitions=topic.get("partitions", settings.partitions),
            replication_factor=topic.get("replicationFactor", settings.replication_factor),
            configs={**settings.configs, **topic.get("configs", {})},
        ),
        subject=f"{name}-value",
        compatibility=Mode(subject.get("compatibility", settings.compatibility)),
        owner=team.get("name") if isinstance(team, dict) else None,
        doc=(value.get("description") or {}).get("purpose"),
        consumers=tuple(_consumer(c) for c in consumers),
        examples=examples,
        raw=value,
    )


def _consumer(value: Mapping[str, Any]) -> DeclaredConsumer:
    fields, groups = tuple(value.get("fields", ())), tuple(value.get("groups", ()))
    return DeclaredConsumer(value["id"], fields, value.get("team"), groups)


def _load_release(tree: Tree, path: str, id_: str, number: int, settings: Settings) -> Release:
    folder = path.rpartition("/")[0]
    # Each file by the path that it had when it was released: so the release reads as the contract did.
    homes = released_files(tree, path, id_)
    schema_path = next((home for home, at in homes.items() if _is_schema(at, folder)), None)
    if schema_path is None:
        raise InvalidRelease("the lock file names no schema", file=path)
    library = Library(homes, lambda home: read_document(tree, homes[home]))
    contract = read_document(tree, f"{folder}/contract.yaml")
    # The standard's own check is left out: the file passed it when it was released, and the lock says it is the same.
    value = read_yaml(contract.text, contract.path)
    schema = library.schema(schema_path, (value.get("schema") or [{}])[0].get("name"))
    return Release(number, _build(value, contract, schema, folder, (), settings))


def _is_schema(path: str, folder: str) -> bool:
    return PurePosixPath(path).suffix in _SCHEMA_SUFFIXES and path.rpartition("/")[0] == folder


def _fail(document: Document, pointer: str, problem: str, *, fix: str | None = None) -> NoReturn:
    span = locate(Place(document, pointer))
    raise InvalidContract(problem, file=span.file, line=span.line, column=span.column, fix=fix)
