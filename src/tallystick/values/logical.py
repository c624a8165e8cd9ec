"""Logical types: which Python type each one is, and how it goes to its Avro base type and back."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID, SafeUUID

from tallystick.schema.types import EnumType, FixedType, PrimitiveType, RecordType, Type
from tallystick.values.types import Duration, LocalTimestampNanos, TimestampNanos

Leaf: TypeAlias = PrimitiveType | FixedType
Classes: TypeAlias = Mapping[str, type]
PLAIN: Classes = {}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOCAL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # local timestamps have no zone, by definition
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
MILLI, MICRO = timedelta(milliseconds=1), timedelta(microseconds=1)
_UUID_LENGTH, _UUID_SIZE = 36, 16
# A UUID's attributes can't be set but by its slots.
_new, _set_int, _set_is_safe = object.__new__, vars(UUID)["int"].__set__, vars(UUID)["is_safe"].__set__
_UNKNOWN, _from_hex, _from_bytes = SafeUUID.unknown, bytes.fromhex, int.from_bytes
_PARTS = struct.Struct("8s4s4s4s12s").unpack
_DAY_ZERO = date(1970, 1, 1).toordinal()
_KEPT_BITS = 16  # below 655.36, with two digits after the point
# A big-decimal has no end. To turn one into digits takes the square of its length: a megabyte takes a minute.
_MOST_DIGITS = 9_800
_MOST_BYTES = 4_096
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

    Where Python has no type that holds each of the values, `values.types` has one.
    """
    if not isinstance(kind, Leaf) or kind.logical is None:
        return None
    if kind.logical.name == "decimal":
        size = kind.size if isinstance(kind, FixedType) else None
        return _decimal(kind.logical.precision, kind.logical.scale, size)
    return _LOGICALS.get(f"{kind.logical.name} on fixed" if isinstance(kind, FixedType) else kind.logical.name)


def rescaled(writer: Type, reader: Type) -> Logical | None:
    """Return what a reader makes of a writer's moments where one counts nanoseconds and the other does not; else None.

    Python has no one type for both. What is finer than a microsecond is cut.
    """
    names = [kind.logical.name if isinstance(kind, Leaf) and kind.logical else "" for kind in (writer, reader)]
    (ours, unit), (theirs, wanted) = (name.rpartition("-")[::2] for name in names)
    if ours != theirs or ours not in _MOMENTS or (unit == "nanos") is (wanted == "nanos"):
        return None
    epoch, exact = _MOMENTS[ours]
    if unit == "nanos":
        return _LOGICALS[f"{theirs}-micros"]._replace(from_base=lambda n: epoch + n // 1000 * MICRO)
    times = 1_000_000 if unit == "millis" else 1000
    return _LOGICALS[f"{theirs}-nanos"]._replace(from_base=lambda n: exact(n * times))


def python_type(kind: Type, classes: Classes) -> type | None:
    """Return the Python type of a type's values. None for a union: it has several."""
    logical = logical_of(kind)
    if isinstance(kind, RecordType | EnumType | FixedType) and kind.name in classes and logical is None:
        return classes[kind.name]
    return _BASES.get(kind.kind) if logical is None else logical.type


class _Shortest(dict[int, bytes]):
    """The shortest two's complement of each number, as java.math.BigInteger writes it. Prices repeat: small ones are kept."""

    def __missing__(self, number: int) -> bytes:
        bits = number.bit_length() if number >= 0 else (number + 1).bit_length()
        made = number.to_bytes((bits >> 3) + 1, "big", signed=True)
        if bits < _KEPT_BITS:
            self[number] = made
        return made


_SHORTEST = _Shortest()


def _decimal(precision: int, scale: int, size: int | None) -> Logical:
    limit = 10**precision
    # Multiplied, and not `scaleb`, which takes twice as long; by a Decimal, since an int would be made one each time.
    up, down = Decimal(1).scaleb(scale, _EXACT), Decimal(1).scaleb(-scale, _EXACT)
    # What has too many digits becomes infinite: 1E+999999999 must not become an int of a billion digits.
    shift, unshift = Context(prec=MAX_PREC, Emax=precision - 1, Emin=MIN_EMIN, traps=[]).multiply, _EXACT.multiply
    from_bytes = int.from_bytes

    def to_base(value: Any) -> bytes:
        if type(value) is not Decimal and not isinstance(value, Decimal):
            raise TypeError
        shifted = shift(value, up)
        number = int(shifted)  # which refuses what is not finite
        if number != shifted:
            raise ValueError
        if size is not None:
            return number.to_bytes(size, "big", signed=True)
        return _SHORTEST[number]

    def from_base(data: bytes) -> Decimal:
        number = from_bytes(data, "big", signed=True)
        if -limit < number < limit:
            return unshift(number, down)
        raise ValueError

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
    """Return a UUID as text, in a third of the time that `str` takes."""
    if not isinstance(value, UUID):
        raise TypeError
    return b"-".join(_PARTS(value.int.to_bytes(_UUID_SIZE, "big").hex().encode())).decode()


def _uuid(text: str) -> UUID:
    """Return the UUID of a text, in a third of the time that its class takes: that looks at each way to write one."""
    raw = _from_hex(text.replace("-", "")) if len(text) == _UUID_LENGTH else b""
    if len(raw) != _UUID_SIZE:
        return UUID(text)
    made = _new(UUID)
    _set_int(made, _from_bytes(raw, "big"))
    _set_is_safe(made, _UNKNOWN)
    return made


def _uuid_bytes(value: Any) -> bytes:
    if not isinstance(value, UUID):
        raise TypeError
    return value.bytes


def _since(epoch: datetime, unit: timedelta) -> Logical:
    # Subtracting refuses a naive datetime where an aware one is due, and the other way round.
    # What is finer than the unit is cut, not rounded, as Java's Instant.toEpochMilli does.
    if epoch.tzinfo is None:
        return Logical(datetime, "naive datetime", lambda v: (v - epoch) // unit, lambda n: epoch + n * unit)
    first, last = (edge - epoch for edge in (_FIRST, _LAST))

    def to_base(value: Any) -> int:
        since = value - epoch
        if first <= since <= last:
            return int(since // unit)
        raise ValueError  # its zone takes it out of the years 1 to 9999, and nobody could read it

    return Logical(datetime, "aware datetime", to_base, lambda n: epoch + n * unit)


_THREE = struct.Struct("<III")


def _duration_bytes(value: Any) -> bytes:
    if type(value) is not Duration or any(type(part) is not int for part in value):
        raise TypeError
    try:
        return _THREE.pack(*value)
    except struct.error as error:
        raise ValueError(str(error)) from None  # each counts from 0 to 4294967295


def _nanos(cls: type[int]) -> Logical:
    def to_base(value: Any) -> int:
        if type(value) is not cls:
            raise TypeError
        return int(value)

    return Logical(cls, cls.__name__, to_base, cls)


def _big_decimal_bytes(value: Any) -> bytes:
    """Return the unscaled number with its length, then the scale: as Java's BigDecimalConversion writes it."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError
    exponent = value.as_tuple().exponent
    if not -(2**31) <= -int(exponent) < 2**31 or len(value.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError
    number = int(_EXACT.scaleb(value, -int(exponent)))
    unscaled = number.to_bytes((number + (number < 0)).bit_length() // 8 + 1, "big", signed=True)
    return _varint(len(unscaled)) + unscaled + _varint(-int(exponent))


def _big_decimal(data: bytes) -> Decimal:
    size, at = _read_varint(data, 0)
    scale, end = _read_varint(data, at + size)
    if not 0 <= size <= _MOST_BYTES or at + size > len(data) or end != len(data) or not -(2**31) <= scale < 2**31:
        raise ValueError
    return _EXACT.scaleb(Decimal(int.from_bytes(data[at : at + size], "big", signed=True)), -scale)


def _varint(number: int) -> bytes:
    rest, made = (number << 1) ^ (number >> 63), bytearray()
    while rest > 0x7F:  # noqa: PLR2004  # seven bits in one
        made.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes((*made, rest))


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    raw = 0
    for index, byte in enumerate(data[at : at + 10]):
        raw |= (byte & 0x7F) << 7 * index
        if byte < 0x80:  # noqa: PLR2004  # the last byte has its high bit clear
            return (raw >> 1) ^ -(raw & 1), at + index + 1
    raise ValueError


_MOMENTS: Mapping[str, tuple[datetime, type[int]]] = {
    "timestamp": (EPOCH, TimestampNanos),
    "local-timestamp": (LOCAL_EPOCH, LocalTimestampNanos),
}
_LOGICALS: Mapping[str, Logical] = {
    "date": Logical(date, "date", _days, lambda n: date.fromordinal(n + _DAY_ZERO)),
    "time-millis": Logical(time, "time", lambda v: _day_micros(v) // 1000, lambda n: _time(n * 1000)),
    "time-micros": Logical(time, "time", _day_micros, _time),
    "timestamp-millis": _since(EPOCH, MILLI),
    "timestamp-micros": _since(EPOCH, MICRO),
    "local-timestamp-millis": _since(LOCAL_EPOCH, MILLI),
    "local-timestamp-micros": _since(LOCAL_EPOCH, MICRO),
    "timestamp-nanos": _nanos(TimestampNanos),
    "local-timestamp-nanos": _nanos(LocalTimestampNanos),
    "big-decimal": Logical(
        Decimal, f"finite Decimal of up to {_MOST_DIGITS:,} digits", _big_decimal_bytes, _big_decimal
    ),
    "duration on fixed": Logical(Duration, "Duration", _duration_bytes, lambda data: Duration(*_THREE.unpack(data))),
    "uuid": Logical(UUID, "UUID", _uuid_text, _uuid),
    "uuid on fixed": Logical(UUID, "UUID", _uuid_bytes, lambda data: UUID(bytes=data)),
}
