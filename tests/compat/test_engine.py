"""The walk over two schemas: right on types that hold themselves, and never deeper than the machine's stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import readers, schemas

from tallystick.compat.engine import Engine
from tallystick.compat.pair import Pair
from tallystick.compat.verdict import compat_rules, judge_pairs, registry_messages
from tallystick.contract.modes import Mode
from tallystick.schema.avro import parse_avro
from tallystick.schema.fixpoint import AnyOf, Fixpoint
from tallystick.schema.types import ArrayType, Document, MapType, RecordType, Schema, UnionType

RULES = list(compat_rules())
VERDICT = [rule for rule in RULES if rule.mirrors and rule.code.startswith("AVRO")]


def simplest(reader: Any, writer: Any, path: frozenset[tuple[Any, Any]] = frozenset()) -> bool:
    """Return what Avro's resolution says, as plainly as it can be written: nothing is remembered."""
    if (reader, writer) in path:
        return True
    path |= {(reader, writer)}
    match reader, writer:
        case _, UnionType(branches=branches):
            return all(simplest(reader, branch, path) for branch in branches)
        case UnionType(branches=branches), _:
            return any(simplest(branch, writer, path) for branch in branches)
    if any(
        True
        for rule in VERDICT
        if isinstance(reader, rule.on) and isinstance(writer, rule.on)
        for _ in rule.check(Pair(reader, writer, simplest))
    ):
        return False
    match reader, writer:
        case RecordType(), RecordType():
            found = [(field, writer.find(field)) for field in reader.fields]
            return all(simplest(field.type, other.type, path) for field, other in found if other is not None)
        case ArrayType(), ArrayType():
            return simplest(reader.items, writer.items, path)
        case MapType(), MapType():
            return simplest(reader.values, writer.values, path)
    return True


@given(schemas().flatmap(lambda schema: st.tuples(st.just(schema), st.one_of(readers(schema), schemas()))))
def test_what_is_readable_is_what_the_simplest_resolution_says(pair: tuple[Schema, Schema]) -> None:
    for reader, writer in (pair, pair[::-1]):
        assert simplest(reader.root, writer.root) == Engine(RULES, RULES).can_read(reader, writer)


@given(
    st.dictionaries(st.integers(0, 6), st.tuples(st.sampled_from(["all", "any", "no"]), st.lists(st.integers(0, 6))))
)
def test_an_answer_is_the_greatest_fixed_point(rests_on: dict[int, tuple[str, list[int]]]) -> None:
    def ask(question: int) -> Any:
        kind, others = rests_on.get(question, ("all", []))
        return {"all": others, "any": AnyOf(others), "no": False}[kind]

    holds = dict.fromkeys(range(7), True)
    for _ in range(7):
        for question in holds:
            kind, others = rests_on.get(question, ("all", []))
            answer = {"all": all(holds[o] for o in others), "any": any(holds[o] for o in others), "no": False}[kind]
            holds[question] = holds[question] and answer

    fixpoint = Fixpoint(ask)

    assert holds == {question: fixpoint(question) for question in range(7)}


def test_a_chain_of_a_hundred_thousand_questions_is_answered() -> None:
    last = 100_000

    assert not Fixpoint(lambda n: [n + 1] if n < last else False)(0)


def knot(kind: str, size: int, *, union: bool) -> Schema:
    """Return records that all hold each other, one of which has a field of some kind."""
    records: list[Any] = []
    for number in range(size):
        others = ["null", *(f"R{other}" for other in range(number + 1))]
        fields = (
            [{"name": "other", "type": others}]
            if union
            else [{"name": f"other_{n}", "type": ["null", name]} for n, name in enumerate(others[1:])]
        )
        fields += [{"name": "top", "type": ["null", "Top"]}, {"name": "value", "type": kind if number == 0 else "int"}]
        records.append({"name": f"r{number}", "type": {"type": "record", "name": f"R{number}", "fields": fields}})
    return parse_avro(Document(kind, json.dumps({"type": "record", "name": "Top", "fields": records})))


@pytest.mark.parametrize("union", [True, False])
def test_records_that_all_hold_each_other_are_compared(union: bool) -> None:  # noqa: FBT001  # a parameter of the test
    old, new = knot("long", 60, union=union), knot("string", 60, union=union)

    assert {"AVRO301", "AVRO401"} == {finding.code for finding in judge_pairs(new, [("v1", old)], Mode.FULL)}
    assert registry_messages(new, [(1, old)], Mode.BACKWARD)
    assert [] == registry_messages(knot("long", 60, union=union), [(1, old)], Mode.FULL_TRANSITIVE)
