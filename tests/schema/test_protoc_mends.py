"""What protoc complains of is shown where it can be mended, once, and with the mend."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.errors import InputError
from tallystick.schema.protobuf import read_protos
from tallystick.schema.types import Document

FILE = """\
syntax = "proto3";

// A { that is in a comment; and a "string" that is no string.
message Paid {
  string id = 1;
  /* several
     lines; */
  Money total = 2; // EUR
}

message Money {
  string currency = 1 [json_name = "a } in a string"];
  enum Kind { ZERO = 0; }
}
"""


def complaints(text: str) -> list[InputError]:
    return read_protos({"paid.proto": Document("paid.proto", text)})[1]


def test_the_file_is_sound() -> None:
    assert [] == complaints(FILE)


@pytest.mark.parametrize(
    ("old", "new", "at", "message", "fix"),
    [
        ("id = 1;", "id = 1", (5, 16), "a ';' is missing at the end of this line", "write ; here"),
        ("total = 2; //", "total = 2 //", (8, 18), "a ';' is missing at the end of this line", "write ; here"),
        ("ZERO = 0; }", "ZERO = 0 }", (13, 24), 'Expected ";".', "write ; here"),
        ("id = 1;", "id 1;", (5, 13), "Missing field number.", "write = and a number behind the name"),
        ("id = 1;", "id = ;", (5, 15), "Expected field number.", "write a number that was never used"),
        ("id = 1;", "= 1;", (5, 10), "Expected field name.", "a field is its type, its name, = and a number"),
        ("id = 1;", "id = 1; reserved 1;", (5, 27), 'Field "id" uses reserved number 1.', "give 'id' a number that was never used"),
        ("id = 1;", 'id = 1; reserved "id";', (5, 10), 'Field name "id" is reserved.', "give 'id' a name that was never used"),
        ("ZERO = 0", "ONE = 1", (13, 21), "The first enum value must be zero", "begin with a value 0 that says nothing, such as STATUS_UNSPECIFIED = 0"),
        ("ZERO = 0;", "ZERO = 0; NULL = 0;", (13, 32), '"Money.NULL" uses the same enum value', "give 'NULL' a number of its own"),
        ("  Money total = 2; // EUR\n}\n", "  Money total = 2;\n", (4, 1), "message 'Paid' has no closing }", "write } before line 10"),
        ("ZERO = 0; }", "ZERO = 0;", (11, 1), "message 'Money' has no closing }", "write } at the end of the file"),
        ("string id", "stringy id", (5, 3), '"stringy" is not defined.', "write string"),
        ("Money total", "Mony total", (8, 3), '"Mony" is not defined.', "write Money"),
        ("Money total", "Shipment total", (8, 3), '"Shipment" is not defined.', "define Shipment in this file, or import the file that defines it"),
        ("total = 2", "total = 1", (8, 17), "Field number 1 has already been used", "write = 2, or any number that was never used"),
        ("total = 2", "id = 2", (8, 9), '"id" is already defined in "Paid".', "give the second 'id' another name, or take it out"),
        ("total = 2", "total = 19500", (8, 17), "Field numbers 19000 through 19999 are reserved", "use a number below 19000, or above 19999"),
        ("total = 2", "total = 536870912", (8, 17), "Field numbers cannot be greater", "use a number from 1 to 536870911: those up to 15 take the fewest bytes"),
        ('"proto3"', '"proto4"', (1, 10), "Unrecognized syntax identifier", 'write syntax = "proto3";'),
        ("syntax =", "syn tax =", (1, 1), "Expected top-level statement", 'begin the file with syntax = "proto3";'),
        ('syntax = "proto3";', "", (5, 3), 'Expected "required"', 'begin the file with syntax = "proto3"; it is read as proto2'),
        ('syntax = "proto3";', '// syntax = "proto3";', (5, 3), 'Expected "required"', 'begin the file with syntax = "proto3"; it is read as proto2'),
        ('syntax = "proto3";', 'syntax = "proto2";', (5, 3), 'Expected "required"', "begin the field with optional, required or repeated"),
        ("message Money", "record Money", (11, 1), "Expected top-level statement", "a file has syntax, package, import, option, message, enum, extend and service"),
    ],
)  # fmt: skip
def test_a_slip_is_shown_at_its_place_with_its_mend(
    old: str, new: str, at: tuple[int, int], message: str, fix: str
) -> None:
    first, *rest = complaints(FILE.replace(old, new, 1))

    assert (at, fix) == ((first.line, first.column), first.fix)
    assert first.message.startswith(message)
    assert not rest or "proto2" in new


@settings(max_examples=40)
@given(
    st.integers(0, len(FILE)), st.integers(0, 12), st.sampled_from(["", "}", "{", ";", '"', "/*", "é", "\t", "\r\n"])
)
def test_any_slip_is_shown_in_the_file(at: int, length: int, put: str) -> None:
    text = FILE[:at] + put + FILE[at + length :]
    lines = text.split("\n")
    for problem in complaints(text):
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message
