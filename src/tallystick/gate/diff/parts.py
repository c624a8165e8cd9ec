"""A version as named parts with facts: what two versions are compared by, in whichever language their schemas are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Facts: TypeAlias = Mapping[str, Any]
"""What a part says, in words that people know: values as JSON has them. What a part does not say is left out."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a version has. Two parts of two versions are the same thing if they have one key.

    `former` are keys that it may have had before; `summary` names the facts that are worth telling of a new part;
    `is_ordered` says that the order of its parts is a fact, too.
    """

    key: str
    label: str
    facts: Facts = field(default_factory=dict)
    former: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    summary: tuple[str, ...] = ()
    is_ordered: bool = False


def said(facts: Mapping[str, Any]) -> Facts:
    """Return the facts that are said at all: no None, nothing empty, no False."""
    return {name: value for name, value in facts.items() if value not in (None, "", [], (), {}, False)}


def plain(value: Any) -> str:
    """Return a fact for people: words as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
