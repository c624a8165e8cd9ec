"""Say whether two types are the same in all but their places: what is the same needs no rule."""

from __future__ import annotations

from collections.abc import Callable
from json import dumps
from typing import Any, TypeAlias

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

_Pair: TypeAlias = tuple[Any, Any]


class Remembered:
    """A yes-or-no question about pairs of types, asked once a pair, in schemas that may be recursive.

    While a pair is being looked at the answer counts as yes: a cycle is fine if nothing else is wrong. Where it turns
    out to be no, every yes that was given meanwhile may have rested on it, and is forgotten.
    """

    def __init__(self, decide: Callable[[Any, Any], bool]) -> None:
        self._decide = decide
        self._known: dict[_Pair, bool] = {}
        self._since: list[_Pair] = []

    def __call__(self, left: Any, right: Any) -> bool:
        """Return the answer."""
        pair = (left, right)
        if pair in self._known:
            return self._known[pair]
        mark = len(self._since)
        self._since.append(pair)
        self._known[pair] = True
        if self._decide(left, right):
            if mark == 0:
                self._since.clear()
            return True
        for other in self._since[mark:]:
            if self._known.get(other):
                del self._known[other]
        del self._since[mark:]
        self._known[pair] = False
        return False


class Sameness:
    """Answers whether two types are the same, attribute by attribute, and remembers the answers."""

    def __init__(self) -> None:
        self._compound = Remembered(self._same)

    def __call__(self, left: Type, right: Type) -> bool:
        """Say whether two types differ in nothing but where they stand."""
        if type(left) is not type(right):
            return False
        if isinstance(left, PrimitiveType):
            # What a logical type is follows from these two.
            return left.kind == right.kind and _equal(left.properties, right.properties)
        return self._compound(left, right)

    def _same(self, left: Type, right: Type) -> bool:
        if not _equal(left.properties, right.properties):
            return False
        match left, right:
            case UnionType(branches=ours), UnionType(branches=theirs):
                return len(ours) == len(theirs) and all(map(self, ours, theirs))
            case ArrayType(items=ours), ArrayType(items=theirs):
                return self(ours, theirs)
            case MapType(values=ours), MapType(values=theirs):
                return self(ours, theirs)
            case NamedType(), NamedType():
                return _facts(left) == _facts(right) and self._same_fields(left, right)
            case _:
                return False

    def _same_fields(self, left: NamedType, right: NamedType) -> bool:
        if not isinstance(left, RecordType) or not isinstance(right, RecordType):
            return True
        return len(left.fields) == len(right.fields) and all(map(self.same_field, left.fields, right.fields))

    def same_field(self, left: Field, right: Field) -> bool:
        """Say the same of two fields."""
        return (
            left.name == right.name
            and left.doc == right.doc
            and left.aliases == right.aliases
            and left.order == right.order
            and _equal(left.default, right.default)
            and _equal(left.properties, right.properties)
            and self(left.type, right.type)
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
    return left == right and dumps(left) == dumps(right)
