"""What a release is made of: its files, what each was, and where it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.contract.model import AnySchema
from tallystick.contract.modes import Mode
from tallystick.contract.tree import Tree, document_of, read_document
from tallystick.errors import InvalidRelease, UnreadableFile
from tallystick.schema import fingerprint
from tallystick.schema.json_text import read_json
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, Place

LOCK = "lock.json"
REFERENCES = "references/"
"""Where a release keeps the files that its schema needs, with their paths below `contracts/`."""


def lock_text(
    contract_id: str, version: str, schema: AnySchema, files: Mapping[str, bytes], defaults: Mapping[str, Any]
) -> str:
    """Return the lock file of a release: what each of its files was, and what it left to the workspace."""
    import json  # noqa: PLC0415  # reading needs our strict reader only

    hashes = {name: _hash(data) for name, data in sorted(files.items())}
    content = {
        "contract": contract_id,
        "version": version,
        "fingerprint": fingerprint.sha256(schema),
        "defaults": defaults,
        "files": hashes,
    }
    return json.dumps(content, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file of a release: where it is, and what is in it."""

    path: str
    data: bytes

    @property
    def document(self) -> Document:
        """Return its text. UnreadableFile: see `contract.tree`."""
        return document_of(self.path, self.data)


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock file says beside its files: where it is, the contract's id and version, the schema's fingerprint, the defaults then."""

    document: Document
    contract: Any
    version: Any
    fingerprint: Any
    defaults: Mapping[str, Any]

    def check(self, id_: str, version: str, schema: AnySchema | None) -> None:
        """Check that the lock file is about this release. Without `schema`, its fingerprint is left alone.

        Raises:
            InvalidRelease: it says otherwise; at its line.
        """
        found = {"contract": id_, "version": version}
        found |= {} if schema is None else {"fingerprint": fingerprint.sha256(schema)}
        for name, is_ in found.items():
            if getattr(self, name) != is_:
                span = locate(Place(self.document, f"/{name}"))
                problem = f"the lock file says that {name} is '{getattr(self, name)}', and the release's is '{is_}'"
                raise InvalidRelease(
                    problem, file=span.file, line=span.line, column=span.column, fix="restore the lock file"
                )


def released_files(tree: Tree, path: str, id_: str) -> tuple[Mapping[str, ReleasedFile], Lock]:
    """Return the files of a release by the path that each had at home, in the order of its lock file; and the rest of it.

    Raises:
        InvalidRelease: the lock file is no lock file, or a file is gone or not what it was.
    """
    try:
        document = read_document(tree, path)
    except UnreadableFile as error:
        raise InvalidRelease(f"this release has no lock file: {error.message}", file=path, fix="restore it") from None
    lock = read_json(document.text, document.path)
    if not isinstance(lock, dict) or not isinstance(lock.get("files"), dict) or not _are_defaults(lock):
        raise InvalidRelease("not a lock file that tally release wrote", file=path)
    folder = path.rpartition("/")[0]
    files: dict[str, ReleasedFile] = {}
    for name, expected in lock["files"].items():
        released = f"{folder}/{name}"
        if ".." in name.split("/"):
            raise InvalidRelease(f"'{name}' is outside of this release", file=path, fix="restore the lock file")
        try:
            data = tree.read(released)
        except OSError:
            raise InvalidRelease("this released file is gone", file=released, fix="restore it") from None
        if _hash(data) != expected:
            raise InvalidRelease("this released file was edited after its release", file=released, fix="restore it")
        files[_home(name, id_)] = ReleasedFile(released, data)
    contract, version, print_ = (lock.get(name) for name in ("contract", "version", "fingerprint"))
    return files, Lock(document, contract, version, print_, lock.get("defaults", {}))


def _are_defaults(lock: Mapping[str, Any]) -> bool:
    """Say whether a lock has the workspace's defaults, or none: the first releases had not."""
    match lock.get("defaults", {}):
        case {
            "compatibility": str(level),
            "topic": {"partitions": int(), "replicationFactor": int(), "configs": dict()},
        }:
            return level in list(Mode)
        case {**others}:
            return not others
    return False


def _hash(data: bytes) -> str:
    """Return the hash of a text file as git keeps it: a checkout on Windows may have made its newlines CR LF."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _home(name: str, id_: str) -> str:
    is_other = name.startswith(REFERENCES)
    return f"contracts/{name.removeprefix(REFERENCES)}" if is_other else f"contracts/{id_.replace('.', '/')}/{name}"
