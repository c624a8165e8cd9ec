"""What change rules share: which parts of two types are the same thing, and what they carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tallystick.compat.pair import Change, same_name
from tallystick.schema.types import EnumType, Field, FixedType, NamedType, Node, RecordType, Type, UnionType

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A type or a field in its two versions. `prefix` leads to it from the node that a rule is about."""

    prefix: str
    label: str
    old: Node
    new: Node


def same_type(old: Node, new: Node) -> bool:
    """Say whether two types are versions of one: of one kind and, if they have names, of one name."""
    if isinstance(old, NamedType) and isinstance(new, NamedType):
        return type(old) is type(new) and same_name(new, old)
    return getattr(old, "kind", None) == getattr(new, "kind", None)


def kept_fields(old: RecordType, new: RecordType) -> Iterator[tuple[Field, Field]]:
    """Yield each field that both versions have, in the new order: by name, or by an alias of the new one."""
    for field in new.fields:
        was = old.find(field)
        if was is not None and (was.name == field.name or was.name not in new.by_name):
            yield was, field


def parts(change: Change[Node]) -> Iterator[Part]:
    """Yield a type, and the fields that it kept if it is a record; nothing if it is another type now."""
    old, new = change.old, change.new
    if not same_type(old, new) or isinstance(new, UnionType):
        return
    name = new.short_name if isinstance(new, NamedType) else ""
    kind = getattr(new, "kind", "type")
    yield Part("", f"{kind} '{name}'" if name else f"type '{kind}'", old, new)
    if isinstance(old, RecordType) and isinstance(new, RecordType):
        for was, field in kept_fields(old, new):
            yield Part(f"fields/{field.name}/", f"field '{field.name}'", was, field)


def first_moved(old: Sequence[T], new: Sequence[T]) -> tuple[T, T] | None:
    """Return the first thing that stands before another one that it stood behind; None if nothing moved."""
    before = [item for item in old if item in new]
    after = [item for item in new if item in old]
    return next(((now, was) for now, was in zip(after, before, strict=True) if now != was), None)


def type_name(kind: Type) -> str:
    """Return what people call a type: a full name, or its kind."""
    return kind.name if isinstance(kind, RecordType | EnumType | FixedType) else kind.kind
