"""All that a registry holds, and the file that keeps it: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.errors import UsageError

FORMAT = 1
MEMBERS = ("schema", "schemaType", "references", "metadata", "ruleSet")
"""What a schema is: these make its identity, all others are about it."""
_GLOBAL = "the global settings"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A version of a subject. The subject names its context: `:.staging:orders-value`."""

    subject: str
    version: int

    def __str__(self) -> str:
        return f"'{self.subject}' version {self.version}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a registry keeps under a key. `body` has the members of MEMBERS that it sent."""

    id: int
    body: Mapping[str, Any] = field(hash=False)
    deleted: bool = False

    def references(self) -> Iterator[Key]:
        """Yield what the schema refers to."""
        for one in self.body.get("references") or ():
            yield Key(one["subject"], one["version"])


@dataclass(frozen=True, slots=True)
class Holdings:
    """All of a registry: versions, and the settings and modes of subjects, contexts (`:.staging:`) and everything (None)."""

    versions: Mapping[Key, Kept]
    settings: Mapping[str | None, Mapping[str, Any]]
    modes: Mapping[str | None, str]

    def subjects(self) -> list[str]:
        """Return all subjects."""
        return sorted({key.subject for key in self.versions})


def context_of(subject: str) -> str:
    """Return the part of a subject that names its context; empty for the default one."""
    return subject[: subject.index(":", 1) + 1] if subject.startswith(":.") and ":" in subject[1:] else ""


def is_context(scope: str) -> bool:
    """Say whether a name is that of a context (`:.staging:`), and not a subject's."""
    return scope != "" and context_of(scope) == scope


def beside(subject: str, other: str) -> str:
    """Return a subject that a schema refers to, in the context of the schema's own subject unless it names one."""
    return other if other.startswith(":.") else context_of(subject) + other


def name_of(subject: str | None) -> str:
    """Return what messages call a subject, or everything."""
    return _GLOBAL if subject is None else f"'{subject}'"


def lines(holdings: Holdings) -> Iterator[str]:
    """Yield the lines of a file. The last one says how many there are: a file that was cut off is noticed."""
    yield _line({"kind": "tallystick-registry", "format": FORMAT})
    records = list(_records(holdings))
    yield from map(_line, records)
    yield _line({"kind": "end", "records": len(records)})


def _records(holdings: Holdings) -> Iterator[Mapping[str, Any]]:
    for key, kept in sorted(holdings.versions.items()):
        deleted = {"deleted": True} if kept.deleted else {}
        yield {"kind": "version", "subject": key.subject, "version": key.version, "id": kept.id, **deleted, **kept.body}
    for subject in _in_order(holdings.settings):
        yield {"kind": "config", "subject": subject, "config": holdings.settings[subject]}
    for subject in _in_order(holdings.modes):
        yield {"kind": "mode", "subject": subject, "mode": holdings.modes[subject]}


def _in_order(subjects: Iterable[str | None]) -> list[str | None]:
    return sorted(subjects, key=lambda subject: (subject is not None, subject or ""))


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record)  # in ASCII: no name breaks a line, and half a surrogate pair comes back as it was


def read_lines(text: Iterable[str], name: str) -> Holdings:
    """Return what the lines of a file say.

    Raises:
        UsageError: it is no such file, or not all of it.
    """
    versions: dict[Key, Kept] = {}
    settings: dict[str | None, Mapping[str, Any]] = {}
    modes: dict[str | None, str] = {}
    number, ended = 0, False
    for number, line in enumerate(text, start=1):
        match _parsed(line):
            case {"kind": "tallystick-registry", "format": 1} if number == 1:
                pass
            case {"kind": "tallystick-registry", "format": int()} if number == 1:
                raise UsageError(f"{name} was written by a later tallystick", fix="upgrade this one")
            case {"kind": "end", "records": count} if count == number - 2 and not ended:
                ended = True
            case {"kind": "version", "subject": str(subject), "version": int(version), **rest} if (
                number > 1 and Key(subject, version) not in versions and (kept := _kept(version, rest))
            ):
                versions[Key(subject, version)] = kept
            case {"kind": "config", "subject": str() | None as scope, "config": dict(config)} if scope not in settings:
                settings[scope] = config
            case {"kind": "mode", "subject": str() | None as scope, "mode": str(mode)} if scope not in modes:
                modes[scope] = mode
            case _:
                fix = "name a file that `tally registry export` wrote"
                raise UsageError(f"{name}:{number}: the line is not one of a registry's export", fix=fix)
    if not ended:
        raise UsageError(f"{name} ends after {number} lines, and not all of the export is in it", fix="export it again")
    return Holdings(versions, settings, modes)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _kept(version: int, record: Mapping[Any, Any]) -> Kept | None:
    """Return the schema of a line; None for a line that has none."""
    body = {name: record[name] for name in MEMBERS if name in record}
    match record:
        case {"id": int(schema_id), "schema": str()} if schema_id > 0 and version > 0:
            deleted = record.get("deleted", False)
            references = body.get("references", [])
            sound = isinstance(references, list) and all(map(_is_reference, references))
            return Kept(schema_id, body, deleted) if isinstance(deleted, bool) and sound else None
    return None


def _is_reference(value: Any) -> bool:
    match value:
        case {"name": str(), "subject": str(), "version": int()}:
            return True
    return False
