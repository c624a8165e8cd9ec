"""What an expression is made of: a tree of frozen nodes, each with its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Expression:
    """What all nodes have: where they begin in the text, in characters from 0."""

    at: int


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A number with a `u` behind it: to CEL another type than the number without."""

    number: int


Scalar: TypeAlias = bool | int | Unsigned | float | str | bytes | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Literal(Expression):
    """A value that stands in the text."""

    value: Scalar


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Name(Expression):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Select(Expression):
    """A field of something; with `tests`, whether it is there: `has(order.note)`."""

    operand: Expression
    field: str
    tests: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Call(Expression):
    """A function of something. Operators are functions by their sign, and `target` is what stands before a dot."""

    function: str
    arguments: tuple[Expression, ...]
    target: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Logic(Expression):
    """Conditions joined by `&&` or by `||`: many at once, for a list of a thousand is not a thousand deep."""

    operator: str
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice(Expression):
    """`condition ? yes : no`."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ListOf(Expression):
    """A list."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MapOf(Expression):
    """A map."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Each(Expression):
    """A macro that looks at each item of a list, or at each key of a map, as `variable`.

    `macro` is all, exists, exists_one, filter or map; `result` is what `map` makes of an item that passes `condition`.
    """

    macro: str
    operand: Expression
    variable: str
    condition: Expression | None
    result: Expression | None = None


def children(tree: Expression) -> tuple[Expression, ...]:
    """Return the nodes right below a node."""
    match tree:
        case Select(operand=operand):
            return (operand,)
        case Call(arguments=arguments, target=target):
            return arguments if target is None else (target, *arguments)
        case Logic(conditions=conditions):
            return conditions
        case Choice(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case ListOf(items=items):
            return items
        case MapOf(entries=entries):
            return tuple(side for entry in entries for side in entry)
        case Each(operand=operand, condition=condition, result=result):
            return tuple(one for one in (operand, condition, result) if one is not None)
    return ()


def speaks_of(tree: Expression, variable: str) -> bool:
    """Say whether a name stands anywhere in an expression."""
    is_it = isinstance(tree, Name) and tree.name == variable
    return is_it or any(speaks_of(child, variable) for child in children(tree))


def paths(tree: Expression, variable: str) -> Iterator[str]:
    """Yield the fields of a variable that an expression speaks of, in the order of the text: `customer.email`."""
    names: list[str] = []
    node = tree
    while isinstance(node, Select):
        names.append(node.field)
        node = node.operand
    if names and isinstance(node, Name) and node.name == variable:
        yield ".".join(reversed(names))
        return
    for child in children(tree):
        yield from paths(child, variable)


def fields_read(tree: Expression, variable: str) -> frozenset[str] | None:
    """Return the fields of a variable that an expression reads; None where it takes the variable as a whole."""
    match tree:
        case Select(operand=Name(name=name), field=field) if name == variable:
            return frozenset({field})
        case Name(name=name) if name == variable:
            return None
    found: frozenset[str] = frozenset()
    for child in children(tree):
        inner = fields_read(child, variable)
        if inner is None:
            return None
        found |= inner
    return found
