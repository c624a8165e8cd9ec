"""Confluent's message indexes: which message of a .proto file a payload is, as the path of positions that leads to it.

https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html, "Wire format": the
number of positions, then each, as zigzag varints; the first message of a file, [0], is one zero byte.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.errors import DecodeError

DEEPEST = 100
"""How deep messages are taken to be defined within each other: protoc stops far earlier."""
_SIZE = 10  # bytes of the longest varint
_FIRST = (0,)


def write_indexes(path: Sequence[int]) -> bytes:
    """Return the bytes of a path, such as (1, 0) for the first message inside of the second."""
    return b"\0" if tuple(path) == _FIRST else b"".join(map(_varint, (len(path), *path)))


def read_indexes(data: bytes, at: int) -> tuple[tuple[int, ...], int]:
    """Return the path that begins at a place in a message, and where the payload begins behind it.

    Raises:
        DecodeError: there is none, or it can be no path.
    """
    count, at = _read(data, at)
    if not 0 <= count <= DEEPEST:
        raise DecodeError("", f"expected 0 to {DEEPEST} message indexes, got {count}")
    path = []
    for _ in range(count):
        index, at = _read(data, at)
        if index < 0:
            raise DecodeError("", f"expected a message index of 0 or more, got {index}")
        path.append(index)
    return tuple(path) or _FIRST, at


def _varint(value: int) -> bytes:
    rest = value << 1
    digits = bytearray()
    while rest > 0x7F:  # noqa: PLR2004  # seven bits a byte
        digits.append(rest & 0x7F | 0x80)
        rest >>= 7
    digits.append(rest)
    return bytes(digits)


def _read(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place, byte in enumerate(data[at : at + _SIZE]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:  # noqa: PLR2004  # the last byte has no continuation bit
            return (number >> 1) ^ -(number & 1), at + place + 1
    raise DecodeError(
        "", "the message ends within its message indexes" if at + _SIZE > len(data) else "a message index has no end"
    )
