"""The types that an expression is checked with, and how Python holds values of each.

bool, string, bytes, list, map, timestamp and duration are Python's bool, str, bytes, list, dict, aware datetime and
timedelta; int and uint are both int. A record is an object with attributes, or a dict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final


@dataclass(frozen=True)
class CelType:
    """A type. `held` says that Python holds it as something else, which `runtime` can turn into it: `date`, `UUID`, `Timestamp`."""

    name: str
    of: tuple[CelType, ...] = ()
    held: str = field(default="", compare=False)

    def __str__(self) -> str:
        if self.name == "nullable":
            return f"{self.of[0]} or null"
        return f"{self.name}({', '.join(map(str, self.of))})" if self.of else self.name

    @property
    def sure(self) -> CelType:
        """Return the type without its null."""
        return self.of[0] if self.name == "nullable" else self


@dataclass(frozen=True)
class RecordField:
    """A field of a record: its type, and Python for its value and for whether it is there, with `{0}` for the record."""

    type: CelType
    read: str
    test: str


def attribute(kind: CelType, name: str) -> RecordField:
    """Return a field that an attribute holds, with None where there is no value."""
    return RecordField(kind, f"{{0}}.{name}", f"{{0}}.{name} is not None")


def item(kind: CelType, name: str) -> RecordField:
    """Return a field of a record that is a dict, with None where there is no value."""
    return RecordField(kind, f"{{0}}[{name!r}]", f"{{0}}[{name!r}] is not None")


@dataclass(frozen=True)
class RecordType(CelType):
    """A record or message. `describe` gives its fields when they are asked for: a record may hold itself."""

    describe: Callable[[], Mapping[str, RecordField]] = field(default=dict, compare=False, repr=False)

    @cached_property
    def fields(self) -> Mapping[str, RecordField]:
        """Return the fields, by the names that the schema gives them."""
        return self.describe()

    def __str__(self) -> str:
        return self.name


BOOL: Final = CelType("bool")
INT: Final = CelType("int")
UINT: Final = CelType("uint")
DOUBLE: Final = CelType("double")
DECIMAL: Final = CelType("decimal")
"""Not CEL's own: Avro's logical type. It is compared with numbers, exactly, and nothing else can be done with it."""
STRING: Final = CelType("string")
BYTES: Final = CelType("bytes")
NULL: Final = CelType("null")
TIMESTAMP: Final = CelType("timestamp")
DURATION: Final = CelType("duration")
DYN: Final = CelType("dyn")
"""Anything: what can't be known before a value is there."""
ANY: Final = CelType("dyn", held="Any")
"""The same, of which Python may hold as something else what it turns out to be: only a library can tell."""
NUMBERS: Final = (INT, UINT, DOUBLE, DECIMAL)


def is_known(kind: CelType) -> bool:
    """Say whether nothing in a type is left open."""
    return kind != DYN and all(map(is_known, kind.of))


def is_held(kind: CelType) -> bool:
    """Say whether Python holds values of a type, or those in them, as something else."""
    return bool(kind.held) or any(map(is_held, kind.of))


def converted(kind: CelType) -> CelType:
    """Return a type whose values are turned into CEL's already; what is in them is not."""
    return nullable(converted(kind.sure)) if kind.name == "nullable" else replace(kind, held="") if kind.held else kind


def list_of(item: CelType) -> CelType:
    """Return the type of lists of something."""
    return CelType("list", (item,))


def map_of(key: CelType, value: CelType) -> CelType:
    """Return the type of maps."""
    return CelType("map", (key, value))


def nullable(kind: CelType) -> CelType:
    """Return a type, or null."""
    return kind if kind in (NULL, DYN) or kind.name == "nullable" else CelType("nullable", (kind,))


def joined(one: CelType, other: CelType) -> CelType:
    """Return the type of a value that is of one or the other."""
    if one == other and one.held == other.held:
        return one
    if NULL in (one, other):
        return nullable(other if one == NULL else one)
    if one.sure == other.sure and one.sure.held == other.sure.held:
        return nullable(one.sure)
    return ANY if any(is_held(kind) or kind.sure == DECIMAL for kind in (one, other)) else DYN
