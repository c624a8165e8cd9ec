"""The attributes of a schema that Avro leaves to users: which were dropped or changed, and which guard privacy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.compat.changes import Part, parts
from tallystick.compat.pair import Change
from tallystick.rulekit.privacy import is_mark
from tallystick.rulekit.rule import Hit
from tallystick.schema.json_text import escape
from tallystick.schema.types import Node

# What a logical type is made of is the type's own business; the others tell Java which class to use.
_NOT_OURS = {
    "logicalType",
    "precision",
    "scale",
    "avro.java.string",
    "java-class",
    "java-element-class",
    "java-key-class",
}
_GONE = object()


@dataclass(frozen=True, slots=True)
class Lost:
    """A property of a part that is gone, or has another value."""

    part: Part
    name: str
    old: Any
    new: Any

    @property
    def is_privacy(self) -> bool:
        """Say whether people and tools go by it to protect persons."""
        return is_mark(self.name)

    @property
    def still_guards(self) -> bool:
        """Say whether nothing was guarded before, or all of that is still: a list of tags may grow."""
        if not self.old:
            return True
        both_lists = isinstance(self.old, list) and isinstance(self.new, list)
        return both_lists and all(tag in self.new for tag in self.old)

    def hit(self) -> Hit:
        """Return the property's path and what a message says of it."""
        new = "is gone" if self.new is _GONE else f"is {_shown(self.new)}"
        values = {"property": self.name, "what": self.part.label, "old": _shown(self.old), "new": new}
        return f"{self.part.prefix}{escape(self.name)}", values


def lost_properties(change: Change[Node]) -> Iterator[Lost]:
    """Yield the properties of a type, and of the fields that it kept, that are gone or changed."""
    for part in parts(change):
        yield from lost_between(part, part.old.properties, part.new.properties)


def lost_between(part: Part, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Lost]:
    """Yield what the properties of a part do not say any more, or say otherwise."""
    for name, old in before.items():
        new = after.get(name, _GONE)
        if name not in _NOT_OURS and (new is _GONE or _shown(old) != _shown(new)):
            yield Lost(part, name, old, new)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
