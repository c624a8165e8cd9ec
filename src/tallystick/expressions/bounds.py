"""What a condition asks of single fields, as far as its text tells: for those who make values that keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from tallystick.expressions.formats import FORMATS
from tallystick.expressions.parse import parse
from tallystick.expressions.rule import MESSAGE, parts_of
from tallystick.expressions.syntax import Call, Each, Expression, ListOf, Literal, Logic, Name, Select, Unsigned

ITEM = "[]"
Path: TypeAlias = tuple[str, ...]
"""Fields by the names of the schema, and `[]` for each item of a list: ("lines", "[]", "quantity")."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a field's values must be. `low` and `high` are themselves allowed where `above` and `below` are not set.

    Texts have a `pattern` of RE2 in them, are of a `format` (`isEmail`), or begin and end with something and hold something.
    """

    low: Any = None
    high: Any = None
    above: bool = False
    below: bool = False
    least_size: int = 0
    most_size: int | None = None
    allowed: tuple[Any, ...] | None = None
    is_there: bool = False
    pattern: str = ""
    format: str = ""
    start: str = ""
    inside: str = ""
    end: str = ""

    def __and__(self, other: Bounds) -> Bounds:
        """Return both together."""
        low, above = _tighter((self.low, self.above), (other.low, other.above), max)
        high, below = _tighter((self.high, self.below), (other.high, other.below), min)
        sizes = [size for size in (self.most_size, other.most_size) if size is not None]
        return Bounds(
            low=low,
            high=high,
            above=above,
            below=below,
            least_size=max(self.least_size, other.least_size),
            most_size=min(sizes, default=None),
            allowed=_both(self.allowed, other.allowed),
            is_there=self.is_there or other.is_there,
            pattern=self.pattern or other.pattern,
            format=self.format or other.format,
            start=max(self.start, other.start, key=len),
            inside=max(self.inside, other.inside, key=len),
            end=max(self.end, other.end, key=len),
        )


FREE = Bounds()


def bounds_of(text: str) -> Mapping[Path, Bounds]:
    """Return what a rule asks of fields of the message, where it asks for each by itself.

    What it asks beyond that is not in the answer: a value that keeps all bounds may still break the rule.
    """
    *guards, tree = [parse(part) for _, part in parts_of(text)]
    for guard in guards:
        is_not_about_it = Call(at=0, function="!_", arguments=(guard,))
        tree = Logic(at=0, operator="||", conditions=(is_not_about_it, tree))
    found: dict[Path, Bounds] = {}
    for path, bounds in _asked(tree, {MESSAGE: ()}):
        found[path] = found.get(path, FREE) & bounds
    return found


def _asked(tree: Expression, variables: Mapping[str, Path]) -> Iterator[tuple[Path, Bounds]]:
    match tree:
        case Logic(operator="&&", conditions=conditions):
            for condition in conditions:
                yield from _asked(condition, variables)
        case Logic(operator="||", conditions=(absent, condition)):
            # It is not there, or else it is so: whether it is there is left open.
            path = _absent(absent, variables)
            for about, bounds in _asked(condition, variables):
                if about == path:
                    yield about, replace(bounds, is_there=False)
        case Each(macro="all", operand=operand, variable=variable, condition=Expression() as condition):
            path = _path(operand, variables)
            if path is not None:
                yield from _asked(condition, {**variables, variable: (*path, ITEM)})
        case Select() | Call():
            yield from _asked_of_one(tree, variables)


def _asked_of_one(tree: Select | Call, variables: Mapping[str, Path]) -> Iterator[tuple[Path, Bounds]]:
    match tree:
        case Select(tests=True):
            yield from _at(_path(replace(tree, tests=False), variables), Bounds(is_there=True))
        case Select():
            yield from _at(_path(tree, variables), Bounds(allowed=(True,)))
        case Call(function="!_", arguments=(inner,)):
            yield from _at(_path(inner, variables), Bounds(allowed=(False,)))
        case Call(function="!=", arguments=(field, Literal(value=None))):
            yield from _at(_path(field, variables), Bounds(is_there=True))
        case Call(function="in", arguments=(left, ListOf(items=items))):
            values = tuple(_value(item) for item in items)
            if None not in values:
                yield from _at(_path(left, variables), Bounds(allowed=values))
        case Call(function=sign, arguments=(left, right)) if sign in _MIRRORED:
            yield from _compared(sign, left, right, variables)
            yield from _compared(_MIRRORED[sign], right, left, variables)
        case Call(function="matches", target=None, arguments=(left, Literal(value=str() as pattern))):
            yield from _at(_path(left, variables), Bounds(pattern=pattern))
        case Call(target=Expression() as left, function=function, arguments=arguments):
            yield from _at(_path(left, variables), _of_text(function, arguments))


def _absent(tree: Expression, variables: Mapping[str, Path]) -> Path | None:
    """Return the field whose absence a condition asks for."""
    match tree:
        case Call(function="!_", arguments=(Select(tests=True) as field,)):
            return _path(replace(field, tests=False), variables)
        case Call(function="!_", arguments=(Call(function="!=", arguments=(field, Literal(value=None))),)):
            return _path(field, variables)
        case Call(function="==", arguments=(field, Literal(value=None))):
            return _path(field, variables)
    return None


def _of_text(function: str, arguments: Sequence[Expression]) -> Bounds:
    """Return what a function that is called on a text asks of it."""
    match function, arguments:
        case "matches", (Literal(value=str() as pattern),):
            return Bounds(pattern=pattern)
        case "startsWith", (Literal(value=str() as start),):
            return Bounds(start=start)
        case "contains", (Literal(value=str() as inside),):
            return Bounds(inside=inside)
        case "endsWith", (Literal(value=str() as end),):
            return Bounds(end=end)
        case _, () if function in FORMATS:
            return Bounds(format=function)
    return FREE


def _at(path: Path | None, bounds: Bounds) -> Iterator[tuple[Path, Bounds]]:
    if path is not None and bounds is not FREE:
        yield path, replace(bounds, is_there=True)


def _compared(
    sign: str, left: Expression, right: Expression, variables: Mapping[str, Path]
) -> Iterator[tuple[Path, Bounds]]:
    """Yield what `left sign right` asks, if the left is a field or its size and the right a value."""
    value = _value(right)
    if value is None:
        return
    path = _path(left, variables)
    if path is not None:
        for bounds in _of_value(sign, value):
            yield from _at(path, bounds)
        return
    measured = _measured(left)
    path = None if measured is None else _path(measured, variables)
    if path is not None and type(value) is int:
        for bounds in _of_size(sign, value):
            yield from _at(path, bounds)


def _of_value(sign: str, value: Any) -> Iterator[Bounds]:
    if sign == "==":
        yield Bounds(allowed=(value,))
    elif sign == "!=" and value in ("", b""):
        yield Bounds(least_size=1)
    elif sign in (">", ">="):
        yield Bounds(low=value, above=sign == ">")
    elif sign in ("<", "<="):
        yield Bounds(high=value, below=sign == "<")


def _of_size(sign: str, size: int) -> Iterator[Bounds]:
    if sign in (">", ">=") or (sign == "!=" and size == 0):
        yield Bounds(least_size=size + (sign != ">="))
    elif sign in ("<", "<="):
        yield Bounds(most_size=size - (sign == "<"))
    elif sign == "==":
        yield Bounds(least_size=size, most_size=size)


def _measured(tree: Expression) -> Expression | None:
    """Return what a `size(...)` is the size of."""
    match tree:
        case Call(function="size", arguments=(inner,), target=None):
            return inner
        case Call(function="size", arguments=(), target=inner):
            return inner
    return None


def _path(tree: Expression, variables: Mapping[str, Path]) -> Path | None:
    match tree:
        case Name(name=name):
            return variables.get(name)
        case Select(operand=operand, field=field, tests=False):
            path = _path(operand, variables)
            return None if path is None else (*path, field)
    return None


def _value(tree: Expression) -> Any:
    match tree:
        case Literal(value=Unsigned(number=number)):
            return number
        case Literal(value=value):
            return value
        case Call(function="-_", arguments=(Literal(value=int() | float() as value),)):
            return -value
    return None


def _tighter(one: tuple[Any, bool], other: tuple[Any, bool], choose: Callable[[Any, Any], Any]) -> tuple[Any, bool]:
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] == other[0]:
        return one[0], one[1] or other[1]
    return one if choose(one[0], other[0]) == one[0] else other


def _both(one: tuple[Any, ...] | None, other: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(value for value in one if value in other)
