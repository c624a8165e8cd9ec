"""Fingerprints of a schema: Avro 1.12 specification, section "Schema Fingerprints"."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tallystick.schema.canonical import parsing_canonical_form
from tallystick.schema.types import Schema

if TYPE_CHECKING:
    from tallystick.schema.protobuf_types import ProtoSchema

_EMPTY = 0xC15D213AA4D7A795


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_EMPTY & -(value & 1))  # noqa: PLW2901  # the specification's own loop
        table.append(value)
    return tuple(table)


_TABLE = _table()


def crc64(schema: Schema) -> int:
    """Return the 64-bit Rabin fingerprint, unsigned."""
    result = _EMPTY
    for byte in parsing_canonical_form(schema.root).encode():
        result = (result >> 8) ^ _TABLE[(result ^ byte) & 0xFF]
    return result


def md5(schema: Schema) -> str:
    """Return the MD5 fingerprint in hexadecimal: for those who look schemas up by it, not against forgery."""
    return hashlib.md5(parsing_canonical_form(schema.root).encode(), usedforsecurity=False).hexdigest()


def sha256(schema: Schema | ProtoSchema) -> str:
    """Return the SHA-256 fingerprint in hexadecimal: what lock files and generated modules carry.

    Protobuf knows no parsing canonical form: it is that of the registry's text.
    """
    text = parsing_canonical_form(schema.root) if isinstance(schema, Schema) else schema.canonical
    return hashlib.sha256(text.encode()).hexdigest()
