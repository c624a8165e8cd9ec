"""The file that a registry is exported to: all comes back, and what is no such file is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.errors import UsageError
from tallystick.registry.transfer.records import Holdings, Kept, Key, beside, lines, read_lines
from tallystick.registry.transfer.restore import order

TEXT = st.text(st.characters(codec=None), max_size=8)  # half surrogate pairs, too: other registries take them
NUMBERS = st.integers(1, 2**31 - 1)
REFERENCES = st.fixed_dictionaries({"name": TEXT, "subject": TEXT, "version": NUMBERS})
BODIES = st.fixed_dictionaries(
    {"schema": TEXT},
    optional={
        "schemaType": st.sampled_from(["AVRO", "JSON", "PROTOBUF"]),
        "references": st.lists(REFERENCES, min_size=1, max_size=2),
        "metadata": st.fixed_dictionaries({"properties": st.dictionaries(TEXT, TEXT)}),
        "ruleSet": st.fixed_dictionaries({"domainRules": st.lists(st.fixed_dictionaries({"name": TEXT}))}),
    },
)
HOLDINGS = st.builds(
    Holdings,
    st.dictionaries(st.builds(Key, TEXT, NUMBERS), st.builds(Kept, NUMBERS, BODIES, st.booleans()), max_size=4),
    st.dictionaries(st.none() | TEXT, st.dictionaries(TEXT, TEXT | st.booleans(), max_size=2), max_size=3),
    st.dictionaries(st.none() | TEXT, st.sampled_from(["READWRITE", "IMPORT"]), max_size=3),
)
HEAD = '{"kind": "tallystick-registry", "format": 1}'
VERSION = '{"kind": "version", "subject": "s", "version": 1, "id": 1, "schema": "x"}'


def end(count: int) -> str:
    return json.dumps({"kind": "end", "records": count})


@given(HOLDINGS)
def test_what_was_written_is_read_back(holdings: Holdings) -> None:
    text = "".join(f"{line}\n" for line in lines(holdings)).encode().decode()

    assert holdings == read_lines(text.splitlines(), "backup.jsonl")


@given(HOLDINGS, st.data())
def test_a_file_that_was_cut_off_is_refused(holdings: Holdings, data: st.DataObject) -> None:
    """Wherever it was: in a line, or between two."""
    text = "\n".join(lines(holdings))
    length = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(UsageError, match=r"(not all of the export)|(not one of a registry's export)"):
        read_lines(text[:length].split("\n"), "backup.jsonl")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([], "backup ends after 0 lines"),
        (["half a li"], "backup:1: the line is not one"),
        (["[" * 100_000], "backup:1: the line is not one"),
        ([HEAD.replace("1", "2")], "backup was written by a later tallystick"),
        ([VERSION, end(1)], "backup:1: the line is not one"),
        ([HEAD, VERSION, VERSION, end(2)], "backup:3: the line is not one"),
        ([HEAD, VERSION, end(2)], "backup:3: the line is not one"),
        ([HEAD, VERSION.replace('"x"', "5"), end(1)], "backup:2: the line is not one"),
        ([HEAD, VERSION.replace('"id": 1', '"id": 0'), end(1)], "backup:2: the line is not one"),
        ([HEAD, VERSION.replace('"x"', '"x", "deleted": "no"'), end(1)], "backup:2: the line is not one"),
        ([HEAD, VERSION.replace('"x"', '"x", "references": [{}]'), end(1)], "backup:2: the line is not one"),
        ([HEAD, VERSION.replace('"x"', '"x", "references": 7'), end(1)], "backup:2: the line is not one"),
        ([HEAD, '{"kind": "config", "subject": null, "config": "FULL"}', end(1)], "backup:2: the line is not one"),
    ],
)
def test_a_file_that_is_no_export_is_refused_with_its_line(content: list[str], problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_lines(content, "backup")

    assert problem in str(caught.value)
    assert caught.value.fix


def test_what_is_referred_to_comes_first() -> None:
    """Also where it was registered later, and in the context of what refers to it."""
    needs = Kept(1, {"schema": "", "references": [{"name": "n", "subject": "b", "version": 2}]})
    plain = Kept(2, {"schema": ""})
    versions = {Key(":.c:a", 1): needs, Key(":.c:b", 1): plain, Key(":.c:b", 2): plain}

    assert [[Key(":.c:b", 1)], [Key(":.c:b", 2)], [Key(":.c:a", 1)]] == order(versions)
    circle = Kept(3, {"schema": "", "references": [{"name": "n", "subject": "a", "version": 1}]})
    with pytest.raises(UsageError, match=r"in a circle: '.*a' version 1"):
        order({**versions, Key(":.c:b", 2): circle})


@pytest.mark.parametrize(
    ("subject", "other", "found"),
    [("a", "b", "b"), (":.c:a", "b", ":.c:b"), (":.c:a", ":.d:b", ":.d:b"), ("a:b", "c", "c"), (":.c", "b", "b")],
)
def test_a_reference_is_in_the_context_of_what_refers_to_it(subject: str, other: str, found: str) -> None:
    assert found == beside(subject, other)
