"""What a registry keeps: registered schemas, and the events that its log is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from tallystick.contract.modes import Mode
from tallystick.errors import UnknownEvent
from tallystick.schema.types import Format

JSON = "JSON"  # kept and checked as a text; its compatibility rules are not there yet, so it is no Format
TYPES = (JSON, str(Format.PROTOBUF), str(Format.AVRO))
"""The schema languages, in the order in which Confluent's registry lists them."""


class Access(StrEnum):
    """What may be written, by the names that the API calls modes."""

    READWRITE = "READWRITE"
    READONLY = "READONLY"
    READONLY_OVERRIDE = "READONLY_OVERRIDE"
    """Set globally it holds everywhere, whatever a subject's own mode is."""
    IMPORT = "IMPORT"
    """Schemas come with their ids, and nothing is compared."""
    FORWARD = "FORWARD"
    """As IMPORT, from a registry that forwards what it gets."""

    @property
    def is_readonly(self) -> bool:
        """Say whether nothing may be written."""
        return self in (Access.READONLY, Access.READONLY_OVERRIDE)

    @property
    def is_import(self) -> bool:
        """Say whether schemas come with their ids."""
        return self in (Access.IMPORT, Access.FORWARD)


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """What a schema needs of another subject: `name` is a type in Avro, and what a .proto file imports."""

    name: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """A version of a subject. `text` is the registry's own, `id` is shared by all subjects that have that text."""

    subject: str
    version: int
    id: int
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    schema_type: str = Format.AVRO
    references: tuple[SchemaReference, ...] = ()
    rule_set: Mapping[str, Any] = field(default_factory=dict, hash=False)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class SchemaRequest:
    """A schema that a client sends. What is None was not given; an empty `rule_set` asks for none.

    `id` and `version` are for imports. `add_tags` and `remove_tags` map a place in the schema to tags;
    `propagate_tags` keeps those of the version before.
    """

    text: str
    schema_type: str = Format.AVRO
    references: tuple[SchemaReference, ...] = ()
    metadata: Mapping[str, Any] | None = None
    rule_set: Mapping[str, Any] | None = None
    id: int | None = None
    version: int | None = None
    add_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remove_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    propagate_tags: bool = False


@dataclass(frozen=True, slots=True)
class SchemaRegistered:
    """A subject got a version, or one that was deleted came back. Replaying neither parses nor checks."""

    subject: str
    version: int
    id: int
    text: str
    schema_type: str = Format.AVRO
    references: tuple[SchemaReference, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    rule_set: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class VersionsDeleted:
    """Versions of a subject were hidden; or, `permanent`, are gone."""

    subject: str
    versions: tuple[int, ...]
    permanent: bool


@dataclass(frozen=True, slots=True)
class LevelSet:
    """A subject (None: all that have none of their own) got a compatibility level, or lost it.

    Written by versions that knew no other setting.
    """

    subject: str | None
    level: Mode | None


@dataclass(frozen=True, slots=True)
class SettingsSet:
    """A subject, a context (`:.name:`) or everything (None) has these settings now; None: none of its own."""

    subject: str | None
    settings: Mapping[str, Any] | None = field(hash=False)


@dataclass(frozen=True, slots=True)
class ModeSet:
    """A subject, a context (`:.name:`) or everything (None) is in a mode now; None: in none of its own."""

    subject: str | None
    mode: Access | None


@dataclass(frozen=True, slots=True)
class ContextDeleted:
    """A context without subjects is listed no more."""

    context: str


Event: TypeAlias = SchemaRegistered | VersionsDeleted | LevelSet | SettingsSet | ModeSet | ContextDeleted

_NAMES: Mapping[type[Event], str] = {
    SchemaRegistered: "schema-registered",
    VersionsDeleted: "versions-deleted",
    LevelSet: "level-set",
    SettingsSet: "settings-set",
    ModeSet: "mode-set",
    ContextDeleted: "context-deleted",
}
_KINDS: Mapping[str, Callable[..., Event]] = {name: kind for kind, name in _NAMES.items()}


def dump_event(event: Event) -> str:
    """Return an event as one line of JSON."""
    return json.dumps({"event": _NAMES[type(event)], **asdict(event)}, ensure_ascii=False)


def load_event(text: str) -> Event:
    """Return the event of a line. UnknownEvent: a kind, member or value that this version does not know."""
    try:
        members = json.loads(text)
        kind = _KINDS[members.pop("event")]
        return kind(**{name: _READ.get(name, _same)(value) for name, value in members.items()})
    except (ValueError, TypeError, KeyError, AttributeError):
        pass  # not JSON, or no such kind, or not its members, or no such type, level or mode
    raise UnknownEvent(
        f"the registry's log holds an event that this version does not know: {text[:80]}",
        fix="a later tallystick wrote it: upgrade this one",
    )


def _same(value: Any) -> Any:
    return value


def _schema_type(value: str) -> str:
    if value not in TYPES:
        raise ValueError(value)
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "schema_type": _schema_type,
    "references": lambda value: tuple(SchemaReference(**one) for one in value),
    "versions": tuple,
    "level": lambda value: None if value is None else Mode(value),
    "mode": lambda value: None if value is None else Access(value),
}
