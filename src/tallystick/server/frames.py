"""Messages between a node and its workers: a JSON head and a body, each with its length before it."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any, BinaryIO, TypeAlias

Frame: TypeAlias = tuple[dict[str, Any], bytes]
_LENGTHS = struct.Struct(">II")


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    """Return a message as bytes."""
    text = json.dumps(head).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


async def received(reader: asyncio.StreamReader) -> Frame:
    """Return the next message. EOFError: there is none, and will be none."""
    text, body = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
    return json.loads(await reader.readexactly(text)), await reader.readexactly(body)


def read(pipe: BinaryIO) -> Frame | None:
    """Wait for the next message; None: there will be none."""
    lengths = pipe.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    text, body = _LENGTHS.unpack(lengths)
    return json.loads(pipe.read(text)), pipe.read(body)
