"""What is wrong with a schema file is said where it is, in words that help."""

from __future__ import annotations

import pytest

from tallystick.errors import InputError
from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document

IDL = """\
@namespace("shop")
protocol Orders {
  import idl "other.avdl";
  /** What was bought. */
  record Order {
    union { null, array<map<string>> } `note` = null;
    decimal(9, 2) @order("ignore") price;
  }
  enum Size { S, M } = S;
}
"""


def error_of(path: str, text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_avro(Document(path, text))
    return caught.value


@pytest.mark.parametrize(
    ("path", "text", "at"),
    [
        ("a.avsc", '{"type": "record",\n<<<<<<< HEAD\n "name": "A"\n', (2, 1)),
        ("a.avsc", '{"type": "fixed", "name": "A"\n=======\n', (2, 1)),
        ("a.avsc", '{"type": "fixed", "name": "A"}\n>>>>>>> main\n', (2, 1)),
        ("a.avdl", "protocol P {\n<<<<<<< HEAD\n  record A {}\n", (2, 1)),
        ("a.avdl", "protocol P {\n  record A {}\n||||||| 4f3c2a1\n", (3, 1)),
    ],
)
def test_an_unfinished_merge_is_called_one(path: str, text: str, at: tuple[int, int]) -> None:
    error = error_of(path, text)

    assert ("a git conflict marker", at) == (error.message, (error.line, error.column))
    assert error.fix is not None
    assert error.fix.startswith("finish the merge")


@pytest.mark.parametrize("name", ["1shop", "shop.2", "shop..orders"])
def test_a_bad_namespace_is_shown_at_the_namespace(name: str) -> None:
    error = error_of("a.avsc", f'{{"type": "fixed", "name": "A",\n  "namespace": "{name}", "size": 1}}')

    assert (2, 3) == (error.line, error.column)


@pytest.mark.parametrize("cut", range(len(IDL) - 1))
def test_idl_that_was_cut_off_is_an_error_no_further_than_its_end(cut: int) -> None:
    text = IDL[:cut]
    error = error_of("a.avdl", text)

    assert error.code in ("FILE104", "FILE109")
    assert (error.line, error.column) <= (text.count("\n") + 1, len(text) - text.rfind("\n"))
