"""Messages' bytes on standard input and output: a line of text each, or bytes with their length in front."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import BinaryIO, TypeAlias

from tallystick.errors import NotConverted

_LENGTH = struct.Struct(">I")
LONGEST = 1 << 30
"""No message of Kafka's is longer than this."""


Read: TypeAlias = Callable[[BinaryIO], Iterator[tuple[str, bytes]]]


def _text(decode: Callable[[str], bytes]) -> Read:
    def read(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
        for number, line in enumerate(file, start=1):
            try:
                yield f"line {number}", decode(line.decode("ascii").strip())
            except ValueError as error:
                raise _unread(f"line {number}", str(error)) from None

    return read


def _sized(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    for number in count(1):
        name, head = f"message {number}", file.read(_LENGTH.size)
        if not head:
            return
        if len(head) < _LENGTH.size:
            raise _unread(name, "the input ends in the middle of its length")
        length = _LENGTH.unpack(head)[0]
        if length > LONGEST:
            raise _unread(name, f"its length is {length} bytes, and no message is that long")
        data = file.read(length)
        if len(data) < length:
            raise _unread(name, f"the input ends after {len(data)} of its {length} bytes")
        yield name, data


def _raw(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    yield "the message", file.read()


def _unread(name: str, problem: str) -> NotConverted:
    return NotConverted(name, problem, fix="say with --as how the bytes are written: base64, hex, sized or raw")


LINES = ("base64", "hex")
READ: Mapping[str, Read] = {
    "base64": _text(lambda line: base64.b64decode(line, validate=True)),
    "hex": _text(bytes.fromhex),
    "sized": _sized,
    "raw": _raw,
}
WRITE: Mapping[str, Callable[[bytes], bytes]] = {
    "base64": lambda data: base64.b64encode(data) + b"\n",
    "hex": lambda data: data.hex().encode() + b"\n",
    "sized": lambda data: _LENGTH.pack(len(data)) + data,
    "raw": lambda data: data,
}
