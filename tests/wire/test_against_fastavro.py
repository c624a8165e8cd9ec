"""Where fastavro's writer is loose: the rows of docs/avro-libraries.md, which a new release of it may change."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import pytest
from tests.strategies import avro

from tallystick.errors import DecodeError, EncodeError
from tallystick.values.types import Duration, TimestampNanos
from tallystick.wire.avro import compile_decoder, compile_encoder


def logical(base: str, logical_type: str, **more: Any) -> dict[str, Any]:
    return {"type": base, "logicalType": logical_type, **more}


def record(name: str) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": "id", "type": "string"}]}


def by_fastavro(declared: Any, value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, declared, value)
    return out.getvalue()


NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # the zone is what is missing
DECIMAL = logical("bytes", "decimal", precision=4, scale=2)
ID = logical("fixed", "uuid", name="Id", size=16)
LASTS = logical("fixed", "duration", name="Lasts", size=12)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("int", True),
        ("int", 2**40),
        (logical("int", "date"), NOON),
        (logical("long", "timestamp-millis"), NOON),
        (record("A"), {"id": "x", "idd": "y"}),
        ([record("A"), record("B")], {"id": "x"}),
    ],
)
def test_what_it_writes_and_we_refuse(declared: Any, value: Any) -> None:
    assert by_fastavro(declared, value)
    with pytest.raises(EncodeError):
        compile_encoder(avro(declared))(value)


@pytest.mark.parametrize(
    ("declared", "value", "data"),
    [
        (ID, UUID(int=5), bytes(15) + b"\5"),
        (logical("bytes", "big-decimal"), Decimal("1.5"), b"\x06\x02\x0f\x02"),
        (LASTS, Duration(months=1, days=2, milliseconds=3), b"\1\0\0\0\2\0\0\0\3\0\0\0"),
        (logical("long", "timestamp-nanos"), TimestampNanos.of(datetime(1970, 1, 1, tzinfo=UTC), 64), b"\x80\x01"),
    ],
)
def test_what_it_can_not_write_and_we_can(declared: Any, value: Any, data: bytes) -> None:
    schema = avro(declared)

    assert data == compile_encoder(schema)(value)
    assert value == compile_decoder(schema)(data, 0)


@pytest.mark.parametrize("declared", [ID, logical("bytes", "big-decimal"), LASTS])
def test_what_it_fails_at(declared: Any) -> None:
    values = {"uuid": UUID(int=5), "big-decimal": Decimal("1.5"), "duration": Duration()}
    with pytest.raises((TypeError, ValueError)):
        by_fastavro(declared, values[declared["logicalType"]])


def test_a_negative_decimal_is_a_byte_longer_than_it_must_be() -> None:
    ours, theirs = compile_encoder(avro(DECIMAL))(Decimal("-1.28")), by_fastavro(DECIMAL, Decimal("-1.28"))

    assert (b"\x02\x80", b"\x04\xff\x80") == (ours, theirs)
    assert Decimal("-1.28") == compile_decoder(avro(DECIMAL))(ours, 0) == compile_decoder(avro(DECIMAL))(theirs, 0)


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        (logical("bytes", "big-decimal"), b"\x00"),
        (logical("bytes", "big-decimal"), b"\x04\x04\x01"),
        (logical("bytes", "big-decimal"), b"\x08\x02\x0f\x02\x00"),
        (logical("bytes", "big-decimal"), b"\x18" + b"\xff" * 12),
        (logical("bytes", "big-decimal"), b"\x88\x40\x82\x40" + b"\x7f" * 4097 + b"\x00"),
    ],
)
def test_bytes_that_are_no_decimal_are_refused(declared: Any, data: bytes) -> None:
    with pytest.raises(DecodeError, match="expected finite Decimal"):
        compile_decoder(avro(declared))(data, 0)
