"""What a registry keeps: registered schemas, and the events that its log is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from tallystick.contract.modes import Mode
from tallystick.errors import UnknownEvent
from tallystick.schema.types import Format


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


@dataclass(frozen=True, slots=True)
class SchemaRequest:
    """A schema that a client sends. `others` is what it says beyond the text, its type and its references."""

    text: str
    schema_type: str = Format.AVRO
    references: tuple[SchemaReference, ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SchemaRegistered:
    """A subject got a version. All is decided: replaying neither parses nor checks."""

    subject: str
    version: int
    id: int
    text: str
    schema_type: Format = Format.AVRO
    references: tuple[SchemaReference, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelSet:
    """A subject (None: all that have none of their own) got a compatibility level, or lost it."""

    subject: str | None
    level: Mode | None


Event: TypeAlias = SchemaRegistered | LevelSet


def dump_event(event: Event) -> str:
    """Return an event as one line of JSON."""
    name = "schema-registered" if isinstance(event, SchemaRegistered) else "level-set"
    return json.dumps({"event": name, **asdict(event)}, ensure_ascii=False)


def load_event(text: str) -> Event:
    """Return the event of a line. UnknownEvent: a kind, member or value that this version does not know."""
    try:
        match members := json.loads(text):
            case {"event": "schema-registered", "schema_type": kind}:
                del members["event"]
                references = tuple(SchemaReference(**one) for one in members.get("references", ()))
                return SchemaRegistered(**members | {"schema_type": Format(kind), "references": references})
            case {"event": "level-set", "subject": subject, "level": level} if len(members) == 3:  # noqa: PLR2004  # these three
                return LevelSet(subject, None if level is None else Mode(level))
    except (ValueError, TypeError):
        pass  # not JSON, or not these members, or no such Format or Mode
    raise UnknownEvent(
        f"the registry's log holds an event that this version does not know: {text[:80]}",
        fix="a later tallystick wrote it: upgrade this one",
    )
