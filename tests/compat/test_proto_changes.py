"""What holds for the rules about .proto files, whatever the files: they can be compared, and one is silent about itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proto_strategies import Edit, Proto, edits, proto_files

from tallystick.compat.engine import Engine
from tallystick.compat.proto_changes import uncovered
from tallystick.compat.verdict import compat_rules
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_types import ProtoMessage, ProtoSchema
from tallystick.schema.types import Document

RULES = list(compat_rules())
# What each edit of the strategies makes of a field, and a rule that has to say so.
SAID = {
    "remove": {"PROTO103", "PROTO111", "PROTO301", "PROTO313"},
    "rename": {"PROTO115", "PROTO116"},
    "renumber": {"PROTO114"},
}
ranges = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9)).map(lambda r: (r[0], r[0] + r[1])), max_size=5)


@settings(max_examples=30, deadline=None)
@given(proto_files())
def test_a_file_is_silent_about_itself(proto: Proto) -> None:
    """The engine passes over the same text, so one of them ends with a comment."""
    old, new = schema("old", proto.text), schema("new", proto.text + "\n// the end\n")

    assert [] == Engine(RULES, RULES).compare(new, old)


@settings(max_examples=30, deadline=None)
@given(proto_files(), proto_files())
def test_any_two_files_can_be_compared(old: Proto, new: Proto) -> None:
    for found in Engine(RULES, RULES).compare(schema("new", new.text), schema("old", old.text)):
        assert "" != found.rule.message.format(**found.values)
        assert found.location.startswith("#/")


@settings(max_examples=40, deadline=None)
@given(edits())
def test_what_breaks_is_said(edit: Edit) -> None:
    found = Engine(RULES, RULES).compare(schema("new", edit.after.text), schema("old", edit.before.text))
    said = {one.rule.code for one in found}

    assert edit.kind not in SAID or said & SAID[edit.kind]
    if edit.kind == "remove and reserve":
        assert not said & {"PROTO111", "PROTO112", "PROTO113", "PROTO127"}


@given(ranges, ranges)
def test_uncovered_numbers_are_those_of_the_one_and_not_of_the_other(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    assert _numbers(one) - _numbers(other) == _numbers(list(uncovered(one, other)))


def schema(label: str, text: str) -> ProtoSchema:
    found, problems = read_protos({"main.proto": Document(f"{label}/main.proto", text)})

    assert () == tuple(problems)
    file = found["main.proto"]
    return ProtoSchema(file, file.messages[0] if file.messages else ProtoMessage(place=file.place, name="None"))


def _numbers(ranges: list[tuple[int, int]]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}
