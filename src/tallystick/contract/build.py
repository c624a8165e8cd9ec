"""Make a contract of its files: `contract.yaml`, its schemas, its examples; or of a release of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

from tallystick.contract.lock import Lock, released_files
from tallystick.contract.model import (
    AnySchema,
    Contract,
    DeclaredConsumer,
    Example,
    Key,
    QualityRule,
    Status,
    Topic,
)
from tallystick.contract.modes import Mode
from tallystick.contract.odcs import check_contract, check_identity, registry_rules, vendor_entries
from tallystick.contract.schemas import Schemas
from tallystick.contract.tree import Tree, read_document
from tallystick.contract.workspace import Release, Settings
from tallystick.errors import InvalidContract, InvalidRelease
from tallystick.schema.json_text import read_json
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, Place
from tallystick.schema.yaml_text import read_yaml

if TYPE_CHECKING:
    from tallystick.schema.protobuf_batches import ProtoBatches

SCHEMA_SUFFIXES = frozenset({".avsc", ".avdl", ".proto"})
KEY = "key"
"""What the file of a key's schema is called, without its suffix."""
_RULE_LISTS = ("migrationRules", "encodingRules")
_TOPIC = re.compile(r"[a-zA-Z0-9._-]{1,249}\Z")  # Kafka: org.apache.kafka.common.internals.Topic


def load_contract(tree: Tree, folder: str, files: Sequence[str], schemas: Schemas, settings: Settings) -> Contract:
    """Return the contract of a folder, which has these files.

    Raises:
        InputError: one of the files can't be read, or they do not go together.
    """
    path = f"{folder}/contract.yaml"
    if path not in files:
        lonely = next(f for f in files if PurePosixPath(f).suffix in SCHEMA_SUFFIXES)
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
        _fail(
            document,
            "/id",
            f"the id is '{value['id']}', the folder says '{expected}'",
            fix=f"write id: {expected}, or move the folder to where the id says",
        )
    waivers = f"{folder}/waivers.yaml"
    if waivers in files:
        raise InvalidContract("waivers are not supported by this version", file=waivers, fix="take the file out")
    schema_file, key_file = _schema_files(document, folder, files)
    _check_implementations(document, value, [f for f in (schema_file, key_file) if f is not None])
    schema = schemas.schema(schema_file, _declared_name(value))
    key = _load_key(schemas, key_file, document)
    examples = tuple(_load_example(tree, f) for f in files if "/examples/" in f and f.endswith(".json"))
    return _build(value, document, schema, key, folder, examples, settings)


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """A release whose files are known to be what they were, and are not parsed yet: .proto files are read together."""

    folder: str
    number: int
    document: Document
    schemas: Schemas
    schema_path: str
    key_path: str | None
    files: frozenset[str]
    lock: Lock
    id: str

    def build(self, settings: Settings, *, is_newest: bool) -> Release:
        """Return the release. Of the newest one the fingerprint is checked, too: that takes long, and files have hashes.

        Raises:
            InputError: a file of it can't be read.
            InvalidRelease: it is not the one that its lock file is about.
        """
        # The standard's own check is left out: the file passed it when it was released, and the lock says it is the same.
        value = read_yaml(self.document.text, self.document.path)
        check_identity(value, self.document)
        schema = self.schemas.schema(self.schema_path, _declared_name(value))
        key = _load_key(self.schemas, self.key_path, self.document)
        settings = settings.then(self.lock.defaults)
        contract = _build(value, self.document, schema, key, self.folder, (), settings)
        self.lock.check(self.id, contract.version, schema if is_newest else None)
        return Release(self.number, contract)


def open_release(tree: Tree, path: str, id_: str, number: int, batches: Callable[[], ProtoBatches]) -> ReleaseDraft:
    """Return the release whose lock file is at `path`.

    Raises:
        InputError: the lock file can't be read, or another file is not what it was.
    """
    folder = path.rpartition("/")[0]
    # Each file by the path that it had when it was released: so the release reads as the contract did.
    homes, lock = released_files(tree, path, id_)
    own = {PurePosixPath(home).stem == KEY: home for home, at in homes.items() if _is_schema(at.path, folder)}
    if False not in own:
        raise InvalidRelease("the lock file names no schema", file=path)
    schemas = Schemas(homes, lambda home: homes[home].document, batches)
    contract = next((file for file in homes.values() if file.path == f"{folder}/contract.yaml"), None)
    if contract is None:
        raise InvalidRelease("the lock file names no contract.yaml", file=path)
    document = contract.document
    files = frozenset({path, *(at.path for at in homes.values())})
    return ReleaseDraft(folder, number, document, schemas, own[False], own.get(True), files, lock, id_)


def _is_schema(path: str, folder: str) -> bool:
    return PurePosixPath(path).suffix in SCHEMA_SUFFIXES and path.rpartition("/")[0] == folder


def _load_example(tree: Tree, path: str) -> Example:
    document = read_document(tree, path)
    is_valid = not PurePosixPath(path).name.startswith("invalid-")
    return Example(place=Place(document), value=read_json(document.text, path), is_valid=is_valid)


def _schema_files(document: Document, folder: str, files: Sequence[str]) -> tuple[str, str | None]:
    """Return the file of the messages' schema, and that of their key's if there is one."""
    found = [f for f in files if PurePosixPath(f).suffix in SCHEMA_SUFFIXES]
    keys = [f for f in found if PurePosixPath(f).stem == KEY]
    values = [f for f in found if f not in keys]
    if not values:
        what = f"only a key's beside this contract, {keys[0]}" if keys else "no schema file beside this contract"
        _fail(document, "", what, fix=f"put the schema of the messages into {folder}/, as .avsc")
    for several, kind in ((values, "schema file"), (keys, "schema of a key")):
        if len(several) > 1:
            names = ", ".join(PurePosixPath(f).name for f in several)
            _fail(document, "", f"more than one {kind} beside this contract: {names}", fix="keep one")
    return values[0], next(iter(keys), None)


def misnamed(contract: Contract) -> Iterator[InvalidContract]:
    """Yield a problem if a contract is about another type than its schema: both can be read, and compared.

    Arrays, maps, unions and primitive types have no name: a contract gives them whichever it likes.
    """
    declared, path = _declared_name(contract.raw), contract.schema.document.path
    name: str | None = getattr(contract.schema.root, "name", None)
    if declared is not None and name is not None and not f".{name}".endswith(f".{declared}"):
        fix = f"write the name that it has; if {path} was changed, change it back"
        problem = f"the contract is about '{declared}', {path} defines '{name.rpartition('.')[2]}'"
        yield _problem(contract.document, "/schema/0/name", problem, fix=fix)


def _declared_name(value: Mapping[str, Any]) -> str | None:
    name: str | None = (value.get("schema") or [{}])[0].get("name")
    return name


def _load_key(schemas: Schemas, path: str | None, document: Document) -> Key:
    if path is None:
        return Key(place=Place(document))
    schema = schemas.schema(path)
    return Key(place=schema.root.place, schema=schema)


def _check_implementations(document: Document, value: Mapping[str, Any], files: Sequence[str]) -> None:
    names = {PurePosixPath(f).name for f in files}
    for index, entry in enumerate((value.get("schema") or [{}])[0].get("authoritativeDefinitions") or []):
        if entry["type"] == "implementation" and PurePosixPath(entry["url"]).name not in names:
            at = f"/schema/0/authoritativeDefinitions/{index}/url"
            _fail(document, at, f"'{entry['url']}' is not the schema file beside this contract, {files[0]}")


def _build(
    value: Mapping[str, Any],
    document: Document,
    schema: AnySchema,
    key: Key,
    folder: str,
    examples: tuple[Example, ...],
    settings: Settings,
) -> Contract:
    id_, version = value["id"], value["version"]
    ours = {(e.get("vendor"), e.get("property")): (p, e["value"]) for p, e in vendor_entries(value)}
    topic = _topic(document, value, f"{id_}.v{version.partition('.')[0]}", ours.get(("kafka", "topic")), settings)
    pointer, subject = ours.get(("confluent", "subject"), ("", {}))
    metadata = ours.get(("confluent", "metadata"), ("", {}))[1]
    group = subject.get("compatibilityGroup")
    if group is not None and group not in metadata.get("properties", {}):
        problem = f"the metadata has no property '{group}' to group versions by"
        _fail(document, f"{pointer}/value/compatibilityGroup", problem, fix=f"add '{group}' to its properties")
    team = value.get("team")  # a list of members in older documents
    return Contract(
        id=id_,
        version=version,
        status=Status(value["status"]),
        folder=folder,
        document=document,
        schema=schema,
        key=key,
        topic=topic,
        compatibility=Mode(subject.get("compatibility", settings.compatibility)),
        level_place=_level_place(subject, settings),
        compatibility_group=group,
        metadata=metadata,
        owner=team.get("name") if isinstance(team, dict) else None,
        doc=(value.get("description") or {}).get("purpose"),
        consumers=_consumers(document, *ours.get(("tallystick", "consumers"), ("", []))),
        examples=examples,
        rules=(rules := _rules(document, value)),
        rule_set=_rule_set(rules, {name: ours.get(("confluent", name), ("", []))[1] for name in _RULE_LISTS}),
        raw=value,
    )


def _rules(document: Document, value: Mapping[str, Any]) -> tuple[QualityRule, ...]:
    return tuple(
        QualityRule(
            place=Place(document, pointer),
            name=rule["id"],
            doc=rule.get("description"),
            implementation=rule["implementation"],
        )
        for pointer, rule in registry_rules(value)
    )


def _rule_set(rules: Sequence[QualityRule], others: Mapping[str, Sequence[Any]]) -> Mapping[str, Any]:
    """Return the RuleSet of Confluent's registry; without the lists that would be empty."""
    domain = [{"name": r.name, **({"doc": r.doc} if r.doc else {}), **r.implementation} for r in rules]
    return {name: list(found) for name, found in {**others, "domainRules": domain}.items() if found}


def _level_place(subject: Mapping[str, Any], settings: Settings) -> Place | None:
    if settings.document is None or "compatibility" in subject:
        return None
    return Place(settings.document, "/defaults/compatibility")


def _topic(
    document: Document,
    value: Mapping[str, Any],
    default_name: str,
    declared: tuple[str, Mapping[str, Any]] | None,
    settings: Settings,
) -> Topic:
    pointer, topic = declared or ("/schema/0", {})
    name = (value.get("schema") or [{}])[0].get("physicalName") or default_name
    if not _TOPIC.match(name) or name in (".", ".."):
        fix = "up to 249 letters (a to z, A to Z), digits, '.', '_' and '-'"
        _fail(document, "/schema/0/physicalName", f"'{name}' is not a name that Kafka takes for a topic", fix=fix)
    return Topic(
        place=Place(document, pointer),
        name=name,
        partitions=topic.get("partitions", settings.partitions),
        replication_factor=topic.get("replicationFactor", settings.replication_factor),
        configs={**settings.configs, **topic.get("configs", {})},
        elsewhere=_elsewhere(settings, topic),
    )


def _elsewhere(settings: Settings, topic: Mapping[str, Any]) -> Mapping[str, Place]:
    """Return where in the workspace file those values of a topic stand that its contract does not give."""
    if settings.document is None:
        return {}
    own = (name for name in ("partitions", "replicationFactor") if name not in topic)
    configs = (f"configs/{name}" for name in settings.configs if name not in topic.get("configs", {}))
    found = [*own, *configs]
    return {f"value/{name}": Place(settings.document, f"/defaults/topic/{name}") for name in found}


def _consumers(document: Document, pointer: str, declared: Sequence[Mapping[str, Any]]) -> tuple[DeclaredConsumer, ...]:
    consumers: dict[str, DeclaredConsumer] = {}
    for index, value in enumerate(declared):
        id_ = value["id"]
        if id_ in consumers:
            fix = "put their fields together, or give them different ids"
            _fail(document, f"{pointer}/value/{index}/id", f"two consumers are called '{id_}'", fix=fix)
        fields, groups = tuple(value.get("fields", ())), tuple(value.get("groups", ()))
        consumers[id_] = DeclaredConsumer(id_, fields, value.get("team"), groups)
    return tuple(consumers.values())


def _fail(document: Document, pointer: str, problem: str, *, fix: str | None = None) -> NoReturn:
    raise _problem(document, pointer, problem, fix=fix)


def _problem(document: Document, pointer: str, problem: str, *, fix: str | None = None) -> InvalidContract:
    span = locate(Place(document, pointer))
    return InvalidContract(problem, file=span.file, line=span.line, column=span.column, fix=fix)
