"""Confluent's framing: a zero byte, the schema's id as four bytes big-endian, then the payload."""

from __future__ import annotations

import struct

from tallystick.errors import DecodeError, EncodeError

MAGIC = 0
HEADER_SIZE = 5
_HEADER = struct.Struct(">BI")
_MOST = 2**31 - 1


def header(schema_id: int) -> bytes:
    """Return the five bytes that stand before a payload."""
    if not 0 <= schema_id <= _MOST:
        raise EncodeError("", f"expected a schema id from 0 to {_MOST}, got {schema_id}")
    return _HEADER.pack(MAGIC, schema_id)


def frame(schema_id: int, payload: bytes) -> bytes:
    """Return a message's bytes."""
    return header(schema_id) + payload


def read_header(data: bytes | None) -> int:
    """Return the schema id of a message. The payload begins at `HEADER_SIZE`.

    Raises:
        DecodeError: this was not written with a schema registry.
    """
    if not data:
        what = "no value (a tombstone)" if data is None else "an empty value"
        raise DecodeError("", f"expected a framed message, got {what}")
    if data[0] != MAGIC:
        fix = "find out who writes to this topic without a schema registry"
        raise DecodeError("", f"unknown magic byte {data[0]}", fix=fix)
    if len(data) < HEADER_SIZE:
        raise DecodeError("", f"the message ends after {len(data)} bytes, its header takes {HEADER_SIZE}")
    schema_id: int = _HEADER.unpack_from(data)[1]
    if schema_id > _MOST:
        raise DecodeError("", f"{schema_id} is no schema id: a registry counts to {_MOST}")
    return schema_id
