"""Build a value of an Avro type from choices that somebody else makes: Hypothesis, or a seeded die."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Protocol, TypeVar

from tallystick.expressions.bounds import FREE, ITEM, Bounds, Path
from tallystick.schema.avro_defaults import INT_BITS
from tallystick.schema.types import ArrayType, EnumType, FixedType, MapType, RecordType, Type, UnionType
from tallystick.values.logical import Classes, Leaf, logical_of
from tallystick.values.types import attributes

T = TypeVar("T")
_SINGLE, _BITS = struct.Struct("<f"), struct.Struct("<I")
_LARGEST_SINGLE, _LEAST_SINGLE = (2 - 2**-23) * 2.0**127, 2.0**-149
DEEPEST = 3
"""How deep values nest where they need not: below this, lists and maps are empty, and null is chosen where it may be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes: the name of its field, what rules ask of it, and how much deeper it may nest."""

    path: Path = ()
    bounds: Bounds = FREE
    depth: int = DEEPEST

    @property
    def name(self) -> str:
        """Return the name of the field; of an item, that of its list."""
        return next((step for step in reversed(self.path) if step != ITEM), "")


class Choices(Protocol):
    """Who makes the choices."""

    def one_of(self, options: Sequence[T], place: Place) -> T:
        """Return one of some branches, symbols or allowed values; None stands for nothing at all."""

    def length(self, least: int, most: int | None, place: Place) -> int:
        """Return how many items a list or a map has."""

    def key(self, place: Place) -> str:
        """Return a key of a map."""

    def whole(self, low: int, high: int, kind: Leaf, place: Place) -> int:
        """Return the number of an int or long; of a decimal, the one without its point."""

    def real(self, kind: Leaf, place: Place) -> float:
        """Return a float or double, within the bounds of the place."""

    def plain(self, kind: Leaf, place: Place) -> Any:
        """Return a value of any other type."""


class Builder:
    """Builds values. `bounds` are what rules ask, by the path of fields."""

    def __init__(self, choices: Choices, classes: Classes, bounds: Mapping[Path, Bounds]) -> None:
        self._choices, self._classes, self._bounds = choices, classes, bounds

    def value(self, kind: Type, place: Place | None = None) -> Any:
        """Return a value of a type."""
        place = place or Place()
        match kind:
            case UnionType():
                return self.value(self._branch(kind, place), replace(place, depth=place.depth - 1))
            case RecordType():
                return self._record(kind, place)
            case EnumType(symbols=symbols):
                allowed = place.bounds.allowed
                kept = [symbol for symbol in symbols if not allowed or symbol in allowed]
                symbol = self._choices.one_of(kept or symbols, place)
                return self._classes.get(kind.name, str)(symbol)
            case ArrayType(items=items):
                inside = self._below(place, ITEM)
                return [self.value(items, inside) for _ in range(self._length(place))]
            case MapType(values=values):
                keys = [self._choices.key(place) for _ in range(self._length(place))]
                return {key: self.value(values, replace(place, bounds=FREE, depth=place.depth - 1)) for key in keys}
            case _:
                return self._leaf(kind, place)

    def _record(self, kind: RecordType, place: Place) -> Any:
        cls = self._classes.get(kind.name, dict)
        spelt = attributes(cls)
        fields = {f.name: self.value(f.type, self._below(place, f.name)) for f in kind.fields}
        return cls(**{spelt.get(name, name): value for name, value in fields.items()})

    def _branch(self, kind: UnionType, place: Place) -> Type:
        nulls = [branch for branch in kind.branches if branch.kind == "null"]
        others = [branch for branch in kind.branches if branch.kind != "null"]
        if place.bounds.is_there and others:
            return self._choices.one_of(others, place)
        if place.depth <= 0 and nulls:
            return nulls[0]
        return self._choices.one_of(kind.branches, place)

    def _length(self, place: Place) -> int:
        least = place.bounds.least_size
        return self._choices.length(least, least if place.depth <= 0 else place.bounds.most_size, place)

    def _leaf(self, kind: Leaf, place: Place) -> Any:
        allowed = place.bounds.allowed
        if allowed and logical_of(kind) is None:
            return self._choices.one_of(allowed, place)
        if kind.logical is not None and kind.logical.name == "decimal":
            return self._decimal(kind, place)
        if kind.logical is None and kind.kind in INT_BITS:
            limit = 1 << INT_BITS[kind.kind]
            low, high = whole_bounds(place.bounds, -limit, limit - 1)
            return self._choices.whole(low, high, kind, place)
        if kind.kind in ("float", "double"):
            return self._choices.real(kind, place)
        made = self._choices.plain(kind, place)
        if isinstance(kind, FixedType) and kind.logical is None:
            return self._classes.get(kind.name, bytes)(made)
        return made

    def _decimal(self, kind: Leaf, place: Place) -> Decimal:
        assert kind.logical is not None  # noqa: S101  # the caller looked
        scale, limit = kind.logical.scale, 10**kind.logical.precision - 1
        if isinstance(kind, FixedType):
            limit = min(limit, (1 << (8 * kind.size - 1)) - 1)
        low, high = whole_bounds(place.bounds, -limit, limit, scale)
        return Decimal(self._choices.whole(low, high, kind, place)).scaleb(-scale)

    def _below(self, place: Place, step: str) -> Place:
        path = (*place.path, step)
        return Place(path, self._bounds.get(path, FREE), place.depth - (step == ITEM))


def whole_bounds(bounds: Bounds, low: int, high: int, scale: int = 0) -> tuple[int, int]:
    """Return the least and the most that a whole number may be, in units of ten to the minus `scale`.

    Where rules leave nothing, it is what the type has: the rule itself will say no.
    """
    least, most = low, high
    if isinstance(bounds.low, int | float):
        least = max(low, int(_scaled(bounds.low, scale).to_integral_value(ROUND_CEILING)))
        least += bounds.above and Decimal(least) == _scaled(bounds.low, scale)
    if isinstance(bounds.high, int | float):
        most = min(high, int(_scaled(bounds.high, scale).to_integral_value(ROUND_FLOOR)))
        most -= bounds.below and Decimal(most) == _scaled(bounds.high, scale)
    return (least, most) if least <= most else (low, high)


def real_bounds(bounds: Bounds, *, is_single: bool) -> tuple[float, float]:
    """Return the least and the most that a double, or a float of 32 bits, may be; what is not bounded ends where numbers do.

    Where rules leave nothing, it is all: the rule itself will say no.
    """
    most = _LARGEST_SINGLE if is_single else sys.float_info.max
    low = -most if bounds.low is None else max(-most, float(bounds.low))
    high = most if bounds.high is None else min(most, float(bounds.high))
    if bounds.above and low == bounds.low:
        low = math.nextafter(low, math.inf)
    if bounds.below and high == bounds.high:
        high = math.nextafter(high, -math.inf)
    if is_single:
        low, high = _inward(low, up=True), _inward(high, up=False)
    return (low, high) if low <= high else (-most, most)


def single(value: float) -> float:
    """Return the float of 32 bits that is nearest to a double."""
    return float(_SINGLE.unpack(_SINGLE.pack(value))[0])


def _inward(value: float, *, up: bool) -> float:
    """Return the first float of 32 bits that is not below a double, or not above it."""
    near = single(value)
    while near < value if up else near > value:
        bits = _BITS.unpack(_SINGLE.pack(near))[0]
        away = up == (near > 0)  # from zero, where larger bits are larger numbers
        near = (
            _SINGLE.unpack(_BITS.pack(bits + (1 if away else -1)))[0]
            if near
            else math.copysign(_LEAST_SINGLE, 1 if up else -1)
        )
    return near


def _scaled(value: float, scale: int) -> Decimal:
    return Decimal(str(value)).scaleb(scale)
