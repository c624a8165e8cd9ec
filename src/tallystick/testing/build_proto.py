"""Build a message of Protobuf from the choices that `build` describes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf import message_factory

from tallystick.expressions.bounds import FREE, ITEM, Bounds, Path
from tallystick.schema.protobuf_types import Presence, ProtoEnum, ProtoField, ProtoMessage
from tallystick.schema.types import Document, LogicalType, PrimitiveType
from tallystick.schema.types import Place as At
from tallystick.testing.build import Choices, Place, whole_bounds

_NOWHERE = At(Document("", ""))
_SIGNED, _UNSIGNED = ("int", "sint", "sfixed"), ("uint", "fixed")
_RANGES = {
    **{f"{kind}{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for kind in _SIGNED for bits in (32, 64)},
    **{f"{kind}{bits}": (0, (1 << bits) - 1) for kind in _UNSIGNED for bits in (32, 64)},
}
# Whoever chooses knows Avro's types; the range of a number is given beside it.
_BOOLEAN, _BYTES, _DOUBLE, _FLOAT, _LONG, _STRING = (
    PrimitiveType(place=_NOWHERE, kind=kind) for kind in ("boolean", "bytes", "double", "float", "long", "string")
)
_MOMENT = PrimitiveType(place=_NOWHERE, kind="long", logical=LogicalType("timestamp-micros"))
_KINDS = {"bool": _BOOLEAN, "bytes": _BYTES, "string": _STRING}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_LONGEST = 315_576_000_000  # seconds of a Duration, 10,000 years: its JSON has no more
_LARGEST = 3.4e38  # a float; those above it are printed by protobuf's JSON, and its parser takes them for too large
_MOST_JSON = 2**53  # a Value's numbers are doubles


class ProtoBuilder:
    """Builds messages of the classes of one pool. `bounds` are what rules ask, by the path of fields."""

    def __init__(self, choices: Choices, pool: Any, bounds: Mapping[Path, Bounds]) -> None:
        self._choices, self._pool, self._bounds = choices, pool, bounds
        # What these may hold is less than their fields say, or means something together.
        self._known: Mapping[str, Callable[[Place], Mapping[str, Any]]] = {
            "google.protobuf.Timestamp": self._moment,
            "google.protobuf.Duration": self._duration,
            "google.protobuf.Any": lambda _: {},
            "google.protobuf.FieldMask": lambda place: {"paths": [self._choices.one_of(("id", "name"), place)]},
            "google.protobuf.Value": self._json,
        }

    def value(self, kind: ProtoMessage, place: Place | None = None) -> Any:
        """Return a message."""
        place = place or Place()
        made = self._known[kind.name](place) if kind.name in self._known else dict(self._fields(kind, place))
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(kind.name))(**made)

    def _fields(self, kind: ProtoMessage, place: Place) -> Iterator[tuple[str, Any]]:
        oneofs: dict[str, list[ProtoField]] = {}
        for field in kind.fields:
            below = self._below(place, field.name)
            if field.oneof:
                oneofs.setdefault(field.oneof, []).append(field)
            elif field.is_map:
                yield field.name, dict(self._entries(field, below))
            elif field.is_repeated:
                inside = self._below(below, ITEM)
                yield field.name, [self._one(field, inside) for _ in range(self._length(below))]
            elif self._is_set(field, below):
                yield field.name, self._one(field, below)
        for fields in oneofs.values():
            wanted = [field for field in fields if self._below(place, field.name).bounds.is_there]
            names = [field.name for field in wanted or fields if wanted or place.depth > 0 or field.message is None]
            name = self._choices.one_of(names if wanted else (*names, None), place)
            yield from ((one.name, self._one(one, self._below(place, name))) for one in fields if one.name == name)

    def _is_set(self, field: ProtoField, place: Place) -> bool:
        if field.presence in (Presence.IMPLICIT, Presence.REQUIRED) or place.bounds.is_there:
            return True
        if field.message is not None and place.depth <= 0:
            return False
        return self._choices.one_of((field.name, None), place) is not None

    def _one(self, field: ProtoField, place: Place) -> Any:
        """Return a value of a field, or one of several."""
        if field.message is not None:
            return self.value(field.message, replace(place, depth=place.depth - 1))
        if isinstance(field.type, ProtoEnum):
            return self._number(field.type, place)
        if place.bounds.allowed:
            return self._choices.one_of(place.bounds.allowed, place)
        if field.kind in _RANGES:
            return self._choices.whole(*whole_bounds(place.bounds, *_RANGES[field.kind]), _LONG, place)
        if field.kind == "double":
            return self._choices.real(_DOUBLE, place)
        if field.kind == "float":
            chosen = self._choices.real(_FLOAT, place)
            return max(-_LARGEST, min(_LARGEST, chosen)) if math.isfinite(chosen) else chosen
        return self._choices.plain(_KINDS[field.kind], place)

    def _number(self, enum: ProtoEnum, place: Place) -> int:
        allowed = place.bounds.allowed
        numbers = {value.name: value.number for value in enum.values}
        kept = [name for name, number in numbers.items() if not allowed or number in allowed]
        return numbers[self._choices.one_of(kept or [*numbers], place)]

    def _entries(self, field: ProtoField, place: Place) -> Iterator[tuple[Any, Any]]:
        assert field.entry is not None  # noqa: S101  # the caller looked
        key, value = field.entry
        inside = replace(place, bounds=FREE, depth=place.depth - 1)
        for _ in range(self._length(place)):
            made = self._choices.key(place) if key.kind == "string" else self._one(key, inside)
            yield made, self._one(value, inside)

    def _length(self, place: Place) -> int:
        least = place.bounds.least_size
        return self._choices.length(least, least if place.depth <= 0 else place.bounds.most_size, place)

    def _below(self, place: Place, step: str) -> Place:
        path = (*place.path, step)
        bounds = self._bounds.get(path, FREE)
        # What a rule asks of a field in it can't be so if it is not there.
        if any(other[: len(path)] == path and other != path for other in self._bounds):
            bounds = replace(bounds, is_there=True)
        return Place(path, bounds, place.depth - (step == ITEM))

    def _moment(self, place: Place) -> Mapping[str, Any]:
        since = self._choices.plain(_MOMENT, place) - _EPOCH
        return {"seconds": since // _SECOND, "nanos": (since % _SECOND).microseconds * 1000}

    def _duration(self, place: Place) -> Mapping[str, Any]:
        seconds = self._choices.whole(-_LONGEST + 1, _LONGEST - 1, _LONG, place)
        nanos = self._choices.whole(0, 999_999_999, _LONG, place)
        return {"seconds": seconds, "nanos": -nanos if seconds < 0 else nanos}

    def _json(self, place: Place) -> Mapping[str, Any]:
        """Return what a Value is: it must be something, and a number that JSON has."""
        match self._choices.one_of(("string_value", "bool_value", "number_value", "null_value"), place):
            case "string_value":
                return {"string_value": self._choices.plain(_STRING, place)}
            case "bool_value":
                return {"bool_value": self._choices.plain(_BOOLEAN, place)}
            case "number_value":
                return {"number_value": float(self._choices.whole(-_MOST_JSON, _MOST_JSON, _LONG, place))}
            case _:
                return {"null_value": 0}
