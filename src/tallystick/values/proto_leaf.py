"""Values without parts in Protobuf's JSON mapping: scalars, and the well-known types that are one text or number."""

from __future__ import annotations

import base64
import math
import re
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tallystick.errors import EncodeError
from tallystick.values.leaf import NON_FINITE, expect, shown, text

_RANGES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("int32", "sint32", "sfixed32"), (-(2**31), 2**31 - 1)),
    **dict.fromkeys(("uint32", "fixed32"), (0, 2**32 - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), (-(2**63), 2**63 - 1)),
    **dict.fromkeys(("uint64", "fixed64"), (0, 2**64 - 1)),
}
_LARGEST = 20  # 10**20 is beyond every range: nothing longer is made an int of
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BASE64 = re.compile(r"([A-Za-z0-9+/_-]*)(={0,2})")
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_DURATION = re.compile(r"-?(\d{1,12})(?:\.\d{1,9})?s", re.ASCII)
_LONGEST = 315_576_000_000  # seconds: duration.proto gives a duration 10,000 years
_MASK = re.compile(r"[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*(?:,[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)*")


def scalar(kind: str, value: Any, path: str) -> Any:
    """Return the value that JSON stands for; a float is rounded as it would be on the wire.

    Raises:
        EncodeError: it is no value of that kind.
    """
    match kind:
        case "bool":
            expect(type(value) is bool, path, "true or false", value)
            return value
        case "string":
            return text(value, path)
        case "bytes":
            return _bytes(value, path)
        case "float" | "double":
            return _real(kind, value, path)
        case _:
            return integer(kind, value, path)


def integer(kind: str, value: Any, path: str) -> int:
    """Return an integer of a kind: a number, or the same as a text. `1.0` and `1e2` are integers, too."""
    first, last = _RANGES[kind]
    found = _whole(value)
    if found is None or not first <= found <= last:
        raise EncodeError(path, f"expected {kind}, a whole number from {first} to {last}, got {shown(value)}")
    return found


def map_key(kind: str, value: str, path: str) -> Any:
    """Return the key of a map: in JSON each is a text."""
    if kind == "bool":
        expect(value in ("true", "false"), path, "'true' or 'false' as the key", value)
        return value == "true"
    return scalar(kind, value, path)


def timestamp(value: Any, path: str) -> None:
    """Check a google.protobuf.Timestamp."""
    match = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    expect(match is not None and _is_moment(match), path, "a time such as '2026-03-02T09:15:02.5Z'", value)


def duration(value: Any, path: str) -> None:
    """Check a google.protobuf.Duration."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    expect(match is not None and int(match[1]) <= _LONGEST, path, "a duration in seconds such as '1.5s'", value)


def field_mask(value: Any, path: str) -> None:
    """Check a google.protobuf.FieldMask."""
    fits = isinstance(value, str) and (not value or _MASK.fullmatch(value))
    expect(fits, path, "names of fields in lowerCamelCase such as 'id,customer.firstName'", value)


TEXTS: Mapping[str, Callable[[Any, str], None]] = {
    "google.protobuf.Timestamp": timestamp,
    "google.protobuf.Duration": duration,
    "google.protobuf.FieldMask": field_mask,
}
WRAPPED: Mapping[str, str] = {
    f"google.protobuf.{kind}Value": kind.lower()
    for kind in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
}


def _whole(value: Any) -> int | None:
    if type(value) is int:
        return value
    if type(value) is float:
        return int(value) if value.is_integer() else None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:  # the exponent has 19 digits
        return None
    if number.adjusted() > _LARGEST or number != number.to_integral_value():
        return None
    return int(number)


def _real(kind: str, value: Any, path: str) -> float:
    if isinstance(value, str) and value in NON_FINITE:
        return NON_FINITE[value]
    is_number = type(value) in (int, float) or (isinstance(value, str) and _NUMBER.fullmatch(value))
    try:
        number = float(value) if is_number else math.nan
        expect(math.isfinite(number), path, f"{kind}, a number, 'NaN', 'Infinity' or '-Infinity'", value)
        return float(struct.unpack("<f", struct.pack("<f", number))[0]) if kind == "float" else number
    except OverflowError:
        raise EncodeError(path, f"too large for a {kind}: {shown(value)}") from None


def _bytes(value: Any, path: str) -> bytes:
    match = _BASE64.fullmatch(value) if isinstance(value, str) else None
    if match is None or len(match[1]) % 4 == 1 or (match[2] and len(value) % 4):
        raise EncodeError(path, f"expected bytes in base64, got {shown(value)}")
    digits = match[1].replace("-", "+").replace("_", "/")
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


def _is_moment(match: re.Match[str]) -> bool:
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        away = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
        return bool(moment + away if match[7] == "-" else moment - away)
    except (ValueError, OverflowError):  # February 30, or before the year 1
        return False
