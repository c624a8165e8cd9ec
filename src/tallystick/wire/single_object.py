"""Avro's single-object encoding: two marker bytes, then the schema's fingerprint: section "Single-object encoding"."""

from __future__ import annotations

from tallystick.errors import DecodeError
from tallystick.schema.fingerprint import crc64
from tallystick.schema.types import Schema

MARKER = b"\xc3\x01"
HEADER_SIZE = 10


def single_object_header(schema: Schema) -> bytes:
    """Return the ten bytes that stand before a value of a schema."""
    return MARKER + crc64(schema).to_bytes(8, "little")


def read_fingerprint(data: bytes) -> int:
    """Return the CRC-64 fingerprint of the schema that wrote a message. The value begins at `HEADER_SIZE`.

    Raises:
        DecodeError: this is no single-object encoding.
    """
    if not data.startswith(MARKER):
        raise DecodeError(
            "", f"expected the marker c3 01 of single-object encoding, got {data[:2].hex(' ') or 'no bytes'}"
        )
    if len(data) < HEADER_SIZE:
        raise DecodeError("", f"the message ends after {len(data)} bytes, its header takes {HEADER_SIZE}")
    return int.from_bytes(data[2:HEADER_SIZE], "little")
