"""Single-object encoding, on the fingerprint that the Avro project's own tests have for `"int"`."""

from __future__ import annotations

import pytest
from tests.strategies import avro

from tallystick.errors import DecodeError
from tallystick.wire.single_object import HEADER_SIZE, read_fingerprint, single_object_header


def test_the_header_has_the_marker_and_the_fingerprint_from_its_lowest_byte_on() -> None:
    header = single_object_header(avro("int"))

    assert bytes.fromhex("c301 8f5c393f1ad57572") == header
    assert (0x7275D51A3F395C8F, HEADER_SIZE) == (read_fingerprint(header + b"\x02"), len(header))


@pytest.mark.parametrize("data", [b"", b"\xc3", b"\xc3\x00" + bytes(8), b"\xc3\x01" + bytes(7)])
def test_what_is_shorter_or_has_another_marker_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        read_fingerprint(data)
