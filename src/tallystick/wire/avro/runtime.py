"""What generated code calls: varint tables that all codecs share, and the rare ways out of the fast path."""

from __future__ import annotations

import copy
import struct
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from tallystick.schema.avro_defaults import INT_BITS

_KEPT = 1 << 16  # the varints below it are kept: dates of this century are among them
# Fourteen bits in two bytes with more behind them, and in one or two with nothing behind them.
_MORE = tuple(bytes((pair & 0x7F | 0x80, pair >> 7 | 0x80)) for pair in range(1 << 14))
_LAST = tuple(bytes((pair & 0x7F | 0x80, pair >> 7)) if pair >> 7 else bytes((pair,)) for pair in range(1 << 14))
_MASK = (1 << 14) - 1
_SHIFTS = tuple(range(7, 70, 7))
# What the bytes before the last one of a varint add by saying that there are more.
_HIGH_BITS = {shift: sum(0x80 << before for before in range(0, shift, 7)) for shift in _SHIFTS}
MOST_EMPTY_ITEMS = 65_536


join = b"".join
utf8 = str.encode
new = object.__new__
fresh_copy = copy.deepcopy
pack_float, pack_double = struct.Struct("<f").pack, struct.Struct("<d").pack
read_float, read_double = struct.Struct("<f").unpack_from, struct.Struct("<d").unpack_from
EMPTY, END = b"", b"\0"
# What a single byte means as a zigzag varint.
SMALL = tuple((raw >> 1) ^ -(raw & 1) for raw in range(128))


class Problem(ValueError):
    """Bytes that are not what their schema says. Whoever catches it knows where."""


class Varints(dict[int, bytes]):
    """The varint of each number that fits some bits, after a prefix: small ones are kept, the rest made anew.

    The key's type must be checked before: to a dict, True and 1.0 are 1.
    """

    def __init__(self, kind: str, prefix: bytes = b"") -> None:
        self._bits, self._prefix = INT_BITS[kind] + 1, prefix

    def __missing__(self, number: int) -> bytes:
        rest = (number << 1) ^ (number >> 63)
        if rest < _KEPT:
            made = self[number] = self._prefix + (
                _LAST[rest] if rest <= _MASK else _MORE[rest & _MASK] + _LAST[rest >> 14]
            )
            return made
        if rest < 1 << 28:
            return self._prefix + _MORE[rest & _MASK] + _LAST[rest >> 14]
        if rest >> self._bits:
            raise OverflowError
        made = self._prefix + _MORE[rest & _MASK] + _MORE[rest >> 14 & _MASK]
        if rest < 1 << 42:
            return made + _LAST[rest >> 28]
        if rest < 1 << 56:  # a timestamp, most likely
            return made + _MORE[rest >> 28 & _MASK] + _LAST[rest >> 42]
        return made + _MORE[rest >> 28 & _MASK] + _MORE[rest >> 42 & _MASK] + _LAST[rest >> 56]


@cache
def varints(kind: str, prefix: bytes) -> Varints:
    """Return the table for int or long, the same one for all codecs."""
    return Varints(kind, prefix)


class Symbols(dict[int, Any]):
    """What each raw varint of an enum, or each byte of a boolean, means. The rest has a reason."""

    def __init__(self, values: Mapping[int, Any], problems: Mapping[int, str], what: str) -> None:
        super().__init__(values)
        self._problems, self._what = problems, what

    def __missing__(self, raw: int) -> NoReturn:
        raise Problem(self._problems.get(raw, f"{self._what}, got number {(raw >> 1) ^ -(raw & 1)}"))


BOOLEANS = Symbols({0: False, 1: True}, {n: f"expected a boolean byte, got {n}" for n in range(2, 256)}, "")


def misfit(_: Any = None) -> NoReturn:
    """Leave the fast path of an encoder: the slow walk says why."""
    raise TypeError


def real(value: Any) -> float:
    """Return an int as the float that it equals. Type checkers let an int be given for a float."""
    if isinstance(value, float):
        return value
    if type(value) is not int or float(value) != value:
        raise TypeError
    return float(value)


def few(number: int) -> int:
    """Return a count of items that take no bytes, if a decoder would take it."""
    if number > MOST_EMPTY_ITEMS:
        raise Problem(f"{number} items that take no bytes are more than the {MOST_EMPTY_ITEMS} that a decoder takes")
    return number


def unfinished(data: bytes, at: int) -> NoReturn:
    """Refuse data that does not end where the value does."""
    left = len(data) - at
    raise Problem(f"bytes left over: {left}" if left > 0 else "the data ends too early")


def long(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Return a long whose first byte, not its last, is read, and where it ends."""
    raw = first
    for shift in _SHIFTS:
        byte = data[at]
        at += 1
        raw += byte << shift
        if byte < 0x80:  # noqa: PLR2004  # the last byte has its high bit clear
            break
    else:
        raise Problem("a varint takes more than 10 bytes")
    raw -= _HIGH_BITS[shift]
    if raw >> 64:
        raise Problem("a varint takes more than 64 bits")
    return (raw >> 1) ^ -(raw & 1), at


def unsigned(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Return the same before zigzag takes its sign out."""
    number, at = long(data, at, first)
    return (number << 1) ^ (number >> 63), at


def integer(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Return an int of more than one byte, and where it ends."""
    number, at = long(data, at, first)
    if not -(2**31) <= number < 2**31:
        raise Problem(f"{number} does not fit an int")
    return number, at


def span(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Return where a text's bytes begin and end. Its length was no plain small number."""
    size, at = long(data, at, first) if first > 0x7F else (SMALL[first], at)  # noqa: PLR2004  # the last byte has its high bit clear
    if size < 0:
        raise Problem(f"negative length {size}")
    if size > len(data) - at:
        raise Problem(f"length {size} goes beyond the data")
    return at, at + size


def count(data: bytes, at: int, first: int, least: int) -> tuple[int, int, int | None]:
    """Return how many items a block has, where they begin, and where they end if it says so.

    `least` is how many bytes an item takes at least: a count that the data can't hold is refused before any work.
    """
    number, at = long(data, at, first) if first > 0x7F else (SMALL[first], at)  # noqa: PLR2004  # the last byte has its high bit clear
    end = None
    if number < 0:
        # A negative count is followed by the block's size in bytes: section "Arrays".
        number = -number
        at, end = span(data, at + 1, data[at])
    if number * least > len(data) - at or (not least and number > MOST_EMPTY_ITEMS):
        raise Problem(f"{number} items go beyond the data")
    return number, at, end
