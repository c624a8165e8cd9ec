"""Logical types: which Python type each one is, and how it goes to its Avro base type and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from tallystick.schema.types import EnumType, FixedType, PrimitiveType, RecordType, Type

Leaf: TypeAlias = PrimitiveType | FixedType
Classes: TypeAlias = Mapping[str, type]
PLAIN: Classes = {}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOCAL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # local timestamps have no zone, by definition
MILLI, MICRO = timedelta(milliseconds=1), timedelta(microseconds=1)
_DAY_ZERO = date(1970, 1, 1).toordinal()
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

_BASES: Mapping[str, type] = {"null": type(None), "boolean": bool, "array": list, "map": dict, "record": dict} | {
    kind: base
    for base, kinds in {int: "int long", float: "float double", bytes: "bytes fixed", str: "string enum"}.items()
    for kind in kinds.split()
}


class Logical(NamedTuple):
    """A logical type. `to_base` and `from_base` raise TypeError, ValueError or ArithmeticError for what does not fit."""

    type: type
    label: str
    to_base: Callable[[Any], Any]
    from_base: Callable[[Any], Any]


def logical_of(kind: Type) -> Logical | None:
    """Return the logical type that lies on a type, if any.

    Those without a Python type that holds each of their values stay what their base is: nanoseconds, durations of
    months, and decimals that each have a scale of their own.
    """
    if not isinstance(kind, Leaf) or kind.logical is None:
        return None
    if kind.logical.name == "decimal":
        size = kind.size if isinstance(kind, FixedType) else None
        return _decimal(kind.logical.precision, kind.logical.scale, size)
    return _LOGICALS.get(f"{kind.logical.name} on fixed" if isinstance(kind, FixedType) else kind.logical.name)


def python_type(kind: Type, classes: Classes) -> type | None:
    """Return the Python type of a type's values. None for a union: it has several."""
    if isinstance(kind, RecordType | EnumType) and kind.name in classes:
        return classes[kind.name]
    logical = logical_of(kind)
    return _BASES.get(kind.kind) if logical is None else logical.type


def _decimal(precision: int, scale: int, size: int | None) -> Logical:
    limit = 10**precision

    def to_base(value: Any) -> bytes:
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError
        shifted = _EXACT.scaleb(value, scale)
        # Looked at before int(): 1E+999999999 would be a number of a billion digits.
        number = int(shifted) if shifted and shifted.adjusted() < precision else 0
        if number != shifted:
            raise ValueError
        # The shortest two's complement, as java.math.BigInteger writes it.
        return number.to_bytes(size or (number + (number < 0)).bit_length() // 8 + 1, "big", signed=True)

    def from_base(data: bytes) -> Decimal:
        number = int.from_bytes(data, "big", signed=True)
        if not -limit < number < limit:
            raise ValueError
        return _EXACT.scaleb(Decimal(number), -scale)

    label = f"Decimal of up to {precision} digits, {scale} of them after the point"
    return Logical(Decimal, label, to_base, from_base)


def _days(value: Any) -> int:
    if type(value) is not date:
        raise TypeError  # a datetime is a date to Python, but its time would be lost
    return int(value.toordinal()) - _DAY_ZERO


def _day_micros(value: Any) -> int:
    if not isinstance(value, time) or value.tzinfo is not None:
        raise TypeError
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def _time(micros: int) -> time:
    seconds, micros = divmod(micros, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros)


def _uuid_text(value: Any) -> str:
    if not isinstance(value, UUID):
        raise TypeError
    return str(value)


def _uuid_bytes(value: Any) -> bytes:
    if not isinstance(value, UUID):
        raise TypeError
    return value.bytes


def _since(epoch: datetime, unit: timedelta) -> Logical:
    # Subtracting refuses a naive datetime where an aware one is due, and the other way round.
    # What is finer than the unit is cut, not rounded, as Java's Instant.toEpochMilli does.
    label = "naive datetime" if epoch.tzinfo is None else "aware datetime"
    return Logical(datetime, label, lambda v: (v - epoch) // unit, lambda n: epoch + n * unit)


_LOGICALS: Mapping[str, Logical] = {
    "date": Logical(date, "date", _days, lambda n: date.fromordinal(n + _DAY_ZERO)),
    "time-millis": Logical(time, "time", lambda v: _day_micros(v) // 1000, lambda n: _time(n * 1000)),
    "time-micros": Logical(time, "time", _day_micros, _time),
    "timestamp-millis": _since(EPOCH, MILLI),
    "timestamp-micros": _since(EPOCH, MICRO),
    "local-timestamp-millis": _since(LOCAL_EPOCH, MILLI),
    "local-timestamp-micros": _since(LOCAL_EPOCH, MICRO),
    "uuid": Logical(UUID, "UUID", _uuid_text, UUID),
    "uuid on fixed": Logical(UUID, "UUID", _uuid_bytes, lambda data: UUID(bytes=data)),
}
