"""Say whether two types are the same in all but their places: what is the same needs no rule."""

from __future__ import annotations

from json import dumps
from typing import Any, TypeAlias

from tallystick.schema.fixpoint import Answer, Fixpoint
from tallystick.schema.types import (
    ArrayType,
    EnumType,
    Field,
    FixedType,
    MapType,
    NamedType,
    PrimitiveType,
    RecordType,
    Type,
    UnionType,
)

_Pair: TypeAlias = tuple[Type, Type]


class Sameness:
    """Answers whether two types are the same, attribute by attribute, and remembers the answers: for both orders."""

    def __init__(self) -> None:
        self._compound: Fixpoint[_Pair] = Fixpoint(_rests_on)

    def __call__(self, left: Any, right: Any) -> bool:
        """Say whether two types differ in nothing but where they stand. What is no type of Avro's differs."""
        if type(left) is not type(right):
            return False
        if isinstance(left, PrimitiveType):
            return _same_primitive(left, right)
        return self._compound((left, right) if id(left) < id(right) else (right, left))


def _rests_on(pair: _Pair) -> Answer[_Pair]:
    """Return whether two types are the same, or the pairs of types inside them that decide it."""
    left, right = pair
    if not _equal(left.properties, right.properties):
        return False
    match left, right:
        case UnionType(branches=ours), UnionType(branches=theirs):
            return len(ours) == len(theirs) and _inner(zip(ours, theirs, strict=True))
        case ArrayType(items=ours), ArrayType(items=theirs):
            return _inner([(ours, theirs)])
        case MapType(values=ours), MapType(values=theirs):
            return _inner([(ours, theirs)])
        case NamedType(), NamedType():
            return _facts(left) == _facts(right) and _inner_of_fields(left, right)
        case _:
            return False


def _inner_of_fields(left: NamedType, right: NamedType) -> Answer[_Pair]:
    if not isinstance(left, RecordType) or not isinstance(right, RecordType):
        return True
    if len(left.fields) != len(right.fields) or not all(map(_same_but_type, left.fields, right.fields)):
        return False
    return _inner([(ours.type, theirs.type) for ours, theirs in zip(left.fields, right.fields, strict=True)])


def _inner(pairs: Any) -> Answer[_Pair]:
    """Return the pairs that are still to be looked at; False if two of them differ at the first look."""
    waiting: list[_Pair] = []
    for left, right in pairs:
        if type(left) is not type(right):
            return False
        if not isinstance(left, PrimitiveType):
            waiting.append((left, right) if id(left) < id(right) else (right, left))
        elif not _same_primitive(left, right):
            return False
    return waiting


def _same_primitive(left: PrimitiveType, right: PrimitiveType) -> bool:
    # What a logical type is follows from these two.
    return left.kind == right.kind and _equal(left.properties, right.properties)


def _same_but_type(left: Field, right: Field) -> bool:
    return (
        left.name == right.name
        and left.doc == right.doc
        and left.aliases == right.aliases
        and left.order == right.order
        and _equal(left.default, right.default)
        and _equal(left.properties, right.properties)
    )


def _facts(named: NamedType) -> tuple[object, ...]:
    own: tuple[object, ...] = ()
    if isinstance(named, EnumType):
        own = (named.symbols, named.default)
    elif isinstance(named, FixedType):
        own = (named.size,)
    return (named.name, named.aliases, named.doc, *own)


def _equal(left: Any, right: Any) -> bool:
    """Say whether two JSON values are the same value: to Python, `1`, `1.0` and `true` are equal."""
    if left is right or (not left and not right and type(left) is type(right)):
        return True
    return bool(left == right) and dumps(left) == dumps(right)
