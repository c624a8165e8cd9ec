"""What a compatibility rule is called with: two nodes that stand at the same place in two schemas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tallystick.contract.model import Contract
from tallystick.contract.modes import Direction
from tallystick.schema.types import (
    ArrayType,
    Document,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    Node,
    PrimitiveType,
    RecordType,
    Type,
    UnionType,
)

T_co = TypeVar("T_co", bound=Node | Contract, covariant=True)

# Avro 1.12 specification, section "Schema Resolution": what a reader's type may be promoted from.
PROMOTIONS = {
    "long": {"int"},
    "float": {"int", "long"},
    "double": {"int", "long", "float"},
    "string": {"bytes"},
    "bytes": {"string"},
}


@dataclass(frozen=True, slots=True)
class Pair(Generic[T_co]):
    """A reader's node and the writer's node that it would read. `can_read` is the engine's remembered answer.

    `own` are the two files whose types are compared where they are defined; those of others are, where they are used.
    """

    reader: T_co
    writer: T_co
    can_read: Callable[[Any, Any], bool]
    own: frozenset[Document] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """Two nodes below two others. `path` goes by names; `location` is the registry's, whole if it begins with `#`."""

    path: str
    location: str
    reader: Any
    writer: Any


@dataclass(frozen=True, slots=True)
class Change(Generic[T_co]):
    """A node, or a contract, as it was and as it is. `directions` are those in which pair rules look at it, too."""

    old: T_co
    new: T_co
    directions: tuple[Direction, ...] = tuple(Direction)


def is_type(node: Node) -> bool:
    """Say whether a node is a type, and not a field or a topic."""
    return isinstance(node, (PrimitiveType, FixedType, EnumType, RecordType, ArrayType, MapType, UnionType))


def is_promotion(reader: Node, writer: Node) -> bool:
    """Say whether a primitive reader takes a writer's other primitive."""
    if not isinstance(reader, PrimitiveType) or not isinstance(writer, PrimitiveType):
        return False
    return writer.kind in PROMOTIONS.get(reader.kind, ())


def same_name(reader: NamedType, writer: NamedType) -> bool:
    """Say whether Apache Avro takes two named types for the same: by short name, or by one of the reader's aliases.

    Java's SchemaCompatibility.schemaNameEquals: namespaces do not count.
    """
    return reader.short_name == writer.short_name or writer.name in reader.aliases


def candidates(union: UnionType, writer: Type) -> Sequence[Type]:
    """Return the branches that may read a writer's type: of a named type, those of its kind and name."""
    if not isinstance(writer, NamedType):
        return union.branches
    return [b for b in union.branches if isinstance(b, NamedType) and b.kind == writer.kind and same_name(b, writer)]


def meant_branch(union: UnionType, writer: Type) -> Type | None:
    """Return the branch that people would take for a writer's type, whether or not it reads that.

    It is the one of its kind and name; of plain types there is none: another kind is another type.
    """
    if isinstance(writer, PrimitiveType | UnionType):
        return None
    alike = [branch for branch in candidates(union, writer) if branch.kind == writer.kind]
    return alike[0] if len(alike) == 1 else None


def matching_branch(union: UnionType, writer: Type, can_read: Callable[[Type, Type], bool]) -> Type | None:
    """Return the branch of a reader's union that reads a writer's type: the same type before a promoted one."""
    readable = [branch for branch in candidates(union, writer) if can_read(branch, writer)]
    exact = [b for b in readable if b.kind == writer.kind and getattr(b, "name", "") == getattr(writer, "name", "")]
    return next(iter(exact or readable), None)
