"""Confluent's framing: a zero byte, the schema's id as four bytes big-endian, then the payload.

Or, with the payload bare, a header of the message that names the schema: by its guid behind a byte of one, or as above.
Message indexes, where there are some, stand behind it. This is what its `HeaderSchemaIdSerializer` writes.
"""

from __future__ import annotations

import struct
from typing import TypeAlias
from uuid import UUID

from tallystick.errors import DecodeError, EncodeError

SchemaKey: TypeAlias = int | UUID
"""What a message says of its writer's schema: the id that a registry gave it, or its guid, the same in each registry."""

KEY_SCHEMA_ID, VALUE_SCHEMA_ID = "__key_schema_id", "__value_schema_id"
MAGIC, GUID_MAGIC = 0, 1
HEADER_SIZE, GUID_SIZE = 5, 17
_HEADER = struct.Struct(">BI")
_MOST = 2**31 - 1
TOMBSTONE = "no value (a tombstone)"


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
        raise DecodeError("", f"expected a framed message, got {'an empty value' if data == b'' else TOMBSTONE}")
    if data[0] != MAGIC:
        fix = "find out who writes to this topic without a schema registry"
        raise DecodeError("", f"unknown magic byte {data[0]}", fix=fix)
    if len(data) < HEADER_SIZE:
        raise DecodeError("", f"the message ends after {len(data)} bytes, its header takes {HEADER_SIZE}")
    schema_id: int = _HEADER.unpack_from(data)[1]
    if schema_id > _MOST:
        raise DecodeError("", f"{schema_id} is no schema id: a registry counts to {_MOST}")
    return schema_id


def read_named(named: bytes) -> tuple[SchemaKey, int]:
    """Return what a message's header says of the schema, and where message indexes may begin behind it.

    Raises:
        DecodeError: it names none.
    """
    size = {MAGIC: HEADER_SIZE, GUID_MAGIC: GUID_SIZE}.get(named[0]) if named else None
    if size is None:
        what = f"begins with {named[0]}" if named else "is empty"
        problem = f"the header that names the schema {what}, and not with {MAGIC} for an id or {GUID_MAGIC} for a guid"
        raise DecodeError("", problem)
    if len(named) < size:
        raise DecodeError("", f"the header that names the schema ends after {len(named)} of its {size} bytes")
    return read_header(named) if named[0] == MAGIC else UUID(bytes=named[1:size]), size
