"""Message indexes are those of Confluent's serializers, in every form."""

from __future__ import annotations

import io

import pytest
from confluent_kafka.schema_registry.serde import SchemaId
from hypothesis import example, given
from hypothesis import strategies as st

from tallystick.errors import DecodeError
from tallystick.wire.message_indexes import read_indexes, write_indexes

PATHS = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=20)


@given(PATHS)
@example([0])
@example([0, 0])
@example([63])
@example([64])
def test_they_are_confluents_both_ways(path: list[int]) -> None:
    theirs = SchemaId("PROTOBUF", 7, message_indexes=path).id_to_bytes()

    assert theirs[5:] == write_indexes(path)
    assert (tuple(path), len(theirs)) == read_indexes(theirs, 5)


def test_the_first_message_may_be_written_out() -> None:
    assert ((0,), 2) == read_indexes(b"\x02\x00", 0)
    assert [0] == _theirs(b"\x02\x00")


def _theirs(data: bytes) -> list[int] | None:
    read = SchemaId("PROTOBUF")
    read.from_bytes(io.BytesIO(b"\0\0\0\0\7" + data))
    return read.message_indexes


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the message ends within its message indexes"),
        (b"\x04\x00", "the message ends within its message indexes"),
        (b"\xff", "the message ends within its message indexes"),
        (b"\x80" * 11, "a message index has no end"),
        (b"\x01", "expected 0 to 100 message indexes, got -1"),
        (b"\xca\x01", "expected 0 to 100 message indexes, got 101"),
        (b"\x02\x01", "expected a message index of 0 or more, got -1"),
    ],
)
def test_what_can_be_no_path_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(DecodeError, match=says):
        read_indexes(data, 0)


@given(st.binary(max_size=30))
def test_any_bytes_are_a_path_or_an_error(data: bytes) -> None:
    try:
        path, at = read_indexes(data, 0)
    except DecodeError:
        return
    assert at <= len(data)
    assert min(path) >= 0
