"""The type model: what a schema says, as frozen nodes that know where they stand in their file.

Nodes compare by identity, and a recursive schema is a real cycle: walk with care (`schema.walk` does).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypeAlias


class Format(StrEnum):
    """The schema languages, by the names that a registry gives them."""

    AVRO = "AVRO"
    PROTOBUF = "PROTOBUF"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A file's text. `path` is for people: it stands in messages, and never gets opened."""

    path: str
    text: str


class Place(NamedTuple):
    """Somewhere in a document. `pointer` is a JSON pointer (RFC 6901); `schema.locate` turns it into line and column.

    A tuple, since each node has one: it takes half the time of a dataclass to make.
    """

    document: Document
    pointer: str = ""


class Missing:
    """What `Field.default` is when there is none: `None` is a default too."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


NO_PROPERTIES: Final[Mapping[str, Any]] = {}
"""The properties of nodes that have none: one for all, since most have none."""


@dataclass(frozen=True, slots=True)
class LogicalType:
    """A meaning laid on a base type. Only ones that fit their base get here; others stay in `properties`."""

    name: str
    precision: int = 0
    scale: int = 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Node:
    """What all nodes have. `properties` are the attributes that the specification leaves to users."""

    language: ClassVar[Format] = Format.AVRO
    place: Place
    properties: Mapping[str, Any] = field(default_factory=lambda: NO_PROPERTIES)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PrimitiveType(Node):
    """null, boolean, int, long, float, double, bytes or string."""

    kind: str
    logical: LogicalType | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NamedType(Node):
    """What record, enum and fixed share. `name` and `aliases` are full names."""

    name: str
    aliases: tuple[str, ...] = ()
    doc: str | None = None

    @property
    def short_name(self) -> str:
        """Return the name without its namespace."""
        return self.name.rpartition(".")[2]

    @property
    def namespace(self) -> str:
        """Return the namespace; empty for none."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FixedType(NamedType):
    """A given number of bytes."""

    size: int
    logical: LogicalType | None = None
    kind: str = field(default="fixed", init=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EnumType(NamedType):
    """One of some symbols. `default` is what a reader takes for a symbol that it does not know."""

    symbols: tuple[str, ...]
    default: str | None = None
    kind: str = field(default="enum", init=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Field(Node):
    """A field of a record. `default` is JSON as it stands in the schema, or MISSING."""

    name: str
    type: Type
    default: Any = MISSING
    aliases: tuple[str, ...] = ()
    doc: str | None = None
    order: str = "ascending"

    @property
    def has_default(self) -> bool:
        """Say whether a reader can do without the writer's value."""
        return self.default is not MISSING


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RecordType(NamedType):
    """Named fields in order. `by_name` is an index of the same. `is_error` is for protocols: else it is a record."""

    fields: tuple[Field, ...] = ()
    by_name: Mapping[str, Field] = field(default_factory=dict, repr=False)
    is_error: bool = False
    kind: str = field(default="record", init=False)

    def find(self, wanted: Field) -> Field | None:
        """Return the field that a reader's field `wanted` reads: same name first, then its aliases.

        Avro 1.12 specification, sections "Schema Resolution" and "Aliases".
        """
        found = self.by_name.get(wanted.name)
        if found is not None or not wanted.aliases:
            return found
        return next((self.by_name[alias] for alias in wanted.aliases if alias in self.by_name), None)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ArrayType(Node):
    """Any number of items."""

    items: Type
    kind: str = field(default="array", init=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MapType(Node):
    """Values by string keys."""

    values: Type
    kind: str = field(default="map", init=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class UnionType(Node):
    """One of some types."""

    branches: tuple[Type, ...]
    kind: str = field(default="union", init=False)


Type: TypeAlias = PrimitiveType | FixedType | EnumType | RecordType | ArrayType | MapType | UnionType


@dataclass(frozen=True, eq=False)
class Schema:
    """A parsed schema. `named` has every named type in it by full name; `canonical` is the registry's text.

    Two schemas are the same schema if their `canonical` texts are the same. `references` are the full names of types
    that other files define (`canonical` has them inlined), `files` are all other files that this one needs.
    """

    format: Literal[Format.AVRO]
    document: Document
    root: Type
    named: Mapping[str, NamedType]
    references: tuple[str, ...] = ()
    files: tuple[Document, ...] = ()

    @cached_property
    def canonical(self) -> str:
        """Return the registry's text: see `schema.canonical`. Most schemas are never asked for it."""
        from tallystick.schema.canonical import registry_text  # noqa: PLC0415  # it needs these types

        return registry_text(self.root)

    def records(self) -> Iterator[RecordType]:
        """Yield every record, in the order of definition."""
        return (t for t in self.named.values() if isinstance(t, RecordType))
