import re

import pytest

from tallystick.errors import DecodeError, EncodeError
from tallystick.wire.frame import HEADER_SIZE, frame, header, read_header


def test_a_frame_is_a_zero_byte_an_id_and_the_payload() -> None:
    framed = frame(258, b"payload")

    assert b"\0\0\0\1\2payload" == framed
    assert 258 == read_header(framed)
    assert b"payload" == framed[HEADER_SIZE:]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "expected a framed message, got no value (a tombstone)"),
        (b"", "expected a framed message, got an empty value"),
        (b"\x01garbage", "unknown magic byte 1"),
        (b"\0\0\0\1", "the message ends after 4 bytes, its header takes 5"),
    ],
)
def test_what_is_not_framed_is_refused_with_the_reason(data: bytes | None, message: str) -> None:
    with pytest.raises(DecodeError, match=f"^{re.escape(message)}$"):
        read_header(data)


def test_an_id_that_does_not_fit_is_refused() -> None:
    with pytest.raises(EncodeError, match="expected a schema id from 0 to 2147483647, got -1"):
        header(-1)
