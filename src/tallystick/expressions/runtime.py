"""What compiled expressions call: CEL's own semantics where Python's are others.

Whatever is an error to CEL raises one of ERRORS.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tallystick.errors import EvaluationError
from tallystick.expressions.tokens import LARGEST, LARGEST_UNSIGNED

SMALLEST: Final = -LARGEST - 1
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ZERO = date(1970, 1, 1).toordinal()
_SECOND, _MICRO = timedelta(seconds=1), timedelta(microseconds=1)
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:[iI]nf(?:inity)?|[nN]a[nN])")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_SPAN = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|ms|m|s|us|µs|ns)")
_NANOS = {
    "h": 3600 * 10**9,
    "m": 60 * 10**9,
    "s": 10**9,
    "ms": 10**6,
    "us": 1000,
    "µs": 1000,
    "ns": 1,
}
_OFFSET = re.compile(r"([+-]?)([0-9]{2}):([0-9]{2})")
_TRUTHS = {"1": True, "t": True, "T": True, "true": True, "TRUE": True, "True": True} | {
    "0": False,
    "f": False,
    "F": False,
    "false": False,
    "FALSE": False,
    "False": False,
}
ERRORS: Final = (EvaluationError, TypeError, AttributeError, ArithmeticError, LookupError, ValueError)
"""What Python raises where CEL has an error: None where a value is due, a key that is not there, a date out of range."""


def int64(number: int) -> int:
    """Return a number that fits 64 bits."""
    if SMALLEST <= number <= LARGEST:
        return number
    raise EvaluationError("the result does not fit an int of 64 bits")


def uint64(number: int) -> int:
    """Return a number that fits 64 bits without a sign."""
    if 0 <= number <= LARGEST_UNSIGNED:
        return number
    raise EvaluationError("the result does not fit a uint of 64 bits")


def quotient(one: int, other: int) -> int:
    """Divide as CEL does: towards zero."""
    result = abs(one) // abs(other)
    return int64(result if (one < 0) == (other < 0) else -result)


def remainder(one: int, other: int) -> int:
    """Return what is left of a division: it has the sign of what is divided."""
    if one == SMALLEST and other == -1:
        raise EvaluationError("the result does not fit an int of 64 bits")
    return int(math.copysign(1, one)) * (abs(one) % abs(other))


def divided(one: float, other: float) -> float:
    """Divide doubles by IEEE 754: by zero is infinity, or not a number."""
    try:
        return one / other
    except ZeroDivisionError:
        if one == 0 or math.isnan(one):
            return math.nan
        return math.copysign(math.inf, one) * math.copysign(1, other)


def present(value: Any) -> Any:
    """Return a value that is not null. CEL converts no null to anything."""
    if value is None:
        raise EvaluationError("a null where a value is due")
    return value


def truth(value: Any) -> bool:
    """Return a value that is a bool."""
    if value is True or value is False:
        return value
    raise EvaluationError(f"expected a bool, found {called(value)}")


def item(values: Sequence[Any], index: int) -> Any:
    """Return an item of a list, counted from 0."""
    if 0 <= index < len(values):
        return values[index]
    raise EvaluationError(f"there is no item {index} in a list of {len(values)}")


def entry(values: Mapping[Any, Any], key: Any) -> Any:
    """Return the value of a key of a map."""
    if key in values:  # asked first: maps of Protobuf make an entry for whoever asks for one
        return values[key]
    raise EvaluationError(f"there is no key {key!r}")


def equal(one: Any, other: Any) -> bool:
    """Compare two values of whatever types: True is not 1, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    return bool(one == other)


def among(value: Any, values: Iterable[Any]) -> bool:
    """Say whether one of some values is equal to a value."""
    return any(equal(value, one) for one in values)


def both(*conditions: Callable[[], Any]) -> bool:
    """Join by `&&`: one that is false decides, whatever errors the others have."""
    return _decided(False, conditions)


def either(*conditions: Callable[[], Any]) -> bool:
    """Join by `||`: one that is true decides, whatever errors the others have."""
    return _decided(True, conditions)


def every(condition: Callable[[Any], Any], values: Iterable[Any]) -> bool:
    """Say whether all pass: one that does not decides, whatever errors the others have."""
    return both(*(lambda value=value: condition(value) for value in values))


def some(condition: Callable[[Any], Any], values: Iterable[Any]) -> bool:
    """Say whether any passes: one that does decides, whatever errors the others have."""
    return either(*(lambda value=value: condition(value) for value in values))


def _decided(decisive: bool, conditions: Sequence[Callable[[], Any]]) -> bool:  # noqa: FBT001  # the value that decides
    error: Exception | None = None
    for condition in conditions:
        try:
            if truth(condition()) is decisive:
                return decisive
        except ERRORS as problem:
            error = problem
    if error is not None:
        raise error
    return not decisive


def unwrapped(value: Any) -> Any:
    """Return what a wrapper of Protobuf's holds, an Int64Value say."""
    return value.value


def days(value: date) -> int:
    """Return a date as Avro writes it: days since 1970-01-01."""
    return value.toordinal() - _DAY_ZERO


def to_int(value: Any) -> int:
    """Convert a double (towards zero), a string or a timestamp (its second) to an int."""
    match value:
        case str():
            if not _INTEGER.fullmatch(value):
                raise EvaluationError(f"'{value}' is no int")
            return int64(int(value))
        case datetime():
            return (value - EPOCH) // _SECOND
        case float():
            # CEL wants it strictly inside: the largest double below 2^63 is not the largest int.
            if not SMALLEST < value < LARGEST + 1:
                raise EvaluationError(f"{value} does not fit an int of 64 bits")
            return int(value)
    return int64(value)


def to_uint(value: Any) -> int:
    """Convert a number or a string to a uint."""
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value) or value.startswith("-"):
            raise EvaluationError(f"'{value}' is no uint")
        return uint64(int(value))
    if isinstance(value, float) and not 0 <= value < LARGEST_UNSIGNED + 1:
        raise EvaluationError(f"{value} does not fit a uint of 64 bits")
    return uint64(int(value))


def to_double(value: Any) -> float:
    """Convert a number or a string to a double."""
    if isinstance(value, str) and not _DOUBLE.fullmatch(value):
        raise EvaluationError(f"'{value}' is no double")
    return float(value)


def to_bool(value: str) -> bool:
    """Convert a string to a bool."""
    if value not in _TRUTHS:
        raise EvaluationError(f"'{value}' is no bool")
    return _TRUTHS[value]


def to_timestamp(value: str | int) -> datetime:
    """Convert RFC 3339 text, or seconds since 1970, to a timestamp. What is finer than a microsecond is cut."""
    if isinstance(value, int):
        return EPOCH + timedelta(seconds=value)
    match = _TIMESTAMP.fullmatch(value)
    if match is None:
        raise EvaluationError(f"'{value}' is no timestamp: write 2026-01-31T08:30:00Z")
    fraction = f".{match[2][:6].ljust(6, '0')}" if match[2] else ""
    return datetime.fromisoformat(f"{match[1]}{fraction}{match[3]}")


def to_duration(value: str) -> timedelta:
    """Convert text like `1h30m` or `-1.5s` to a duration. What is finer than a microsecond is cut."""
    body = value.lstrip("+-")
    if len(value) - len(body) > 1 or not body or (body != "0" and not re.fullmatch(f"(?:{_SPAN.pattern})+", body)):
        raise EvaluationError(f"'{value}' is no duration: write 1h30m, 45s or 250ms")
    nanos = 0
    for number, unit in _SPAN.findall(body):
        whole, _, fraction = number.partition(".")
        nanos += int(whole or 0) * _NANOS[unit] + int(fraction or 0) * _NANOS[unit] // 10 ** len(fraction)
    if nanos > LARGEST:
        raise EvaluationError(f"'{value}' is longer than a duration can be")
    return (nanos // 1000) * (-_MICRO if value.startswith("-") else _MICRO)


def zoned(value: datetime, zone: str = "UTC") -> datetime:
    """Return a timestamp in a time zone: a name of the IANA database, or an offset like `-08:00`."""
    offset = _OFFSET.fullmatch(zone)
    if offset:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return value.astimezone(timezone(-span if offset[1] == "-" else span))
    try:
        return value.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    except (LookupError, ValueError, OSError) as error:
        raise EvaluationError(f"there is no time zone '{zone}'") from error


def whole(value: timedelta, seconds: int) -> int:
    """Return how often some seconds fit a duration, towards zero."""
    micros = value // _MICRO
    return quotient(micros, seconds * 1_000_000)


def millis(value: timedelta) -> int:
    """Return the milliseconds of a duration beyond its last whole second, towards zero."""
    return quotient(value // _MICRO, 1000) - whole(value, 1) * 1000


def maybe(convert: Callable[[Any], Any], value: Any) -> Any:
    """Convert a value, and leave null what it is."""
    return None if value is None else convert(value)


def moment(value: Any) -> datetime:
    """Return a google.protobuf.Timestamp as a datetime. What is finer than a microsecond is cut."""
    return EPOCH + timedelta(seconds=value.seconds, microseconds=value.nanos // 1000)


def span(value: Any) -> timedelta:
    """Return a google.protobuf.Duration as a timedelta. What is finer than a microsecond is cut."""
    return timedelta(seconds=value.seconds, microseconds=quotient(value.nanos, 1000))


def uuid_text(value: UUID) -> str:
    """Return a UUID as text."""
    return str(value)


def called(value: Any) -> str:
    """Return what CEL calls the type of a value."""
    names = {bool: "bool", int: "int", float: "double", str: "string", bytes: "bytes", type(None): "null"}
    others = {list: "list", dict: "map", tuple: "list", datetime: "timestamp", timedelta: "duration"}
    return (names | others).get(type(value), type(value).__name__)
