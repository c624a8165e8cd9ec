"""A rule has one answer, whether it is compiled or left to Google's library: for fields of every type that a schema can have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from tests.codegen.test_nasty import NASTY, golden_events, topic_of

from meridian_events.payments import FRAUD_ALERT_RAISED, TRANSACTION_AUTHORIZED
from tallystick.errors import EvaluationError, InvalidExpression
from tallystick.expressions.rule import Condition, condition
from tallystick.expressions.types import CelType, RecordType
from tallystick.runtime.typed_topic import TypedTopic
from tallystick.testing.catalog import Catalog

__all__ = ["golden_events"]

RULES = """
    has({0}) | {0} == null | {0} != null | {0} == {0} | {0} in [{0}] | [{0}].size() == 1 | {0} ? true : false
    {0} > 0 | {0} == 0.5 | {0} < 5u | int({0}) == int({0}) | double({0}) < 1e300 | string({0}) != "" | {0} - {0} == 0
    {0} == "x" | {0} < "~" | {0} + "x" != "" | {0}.size() < 3 | size({0}) >= 0 | {0}.contains("a") | {0}.isEmail()
    {0}.all(x, x == x) | {0}.exists(x, x == "") | {0}.map(x, x).size() == {0}.size() | {0}[0] == {0}[0]
    {0} >= timestamp("2000-01-01T00:00:00Z") | {0}.getFullYear() > 1 | {0} < duration("1h") | now > {0} | bool({0}) | !{0}
"""
ERROR = "an error"


def answer(asked: Condition, value: Any) -> object:
    try:
        return asked.holds(value)
    except EvaluationError:
        return ERROR


def paths_of(kind: CelType) -> Iterator[str]:
    """Yield the fields of a message, and those of the records in it."""
    for name, field in kind.fields.items() if isinstance(kind, RecordType) else ():
        yield f"message.{name}"
        inner = field.type.sure
        yield from (f"message.{name}.{below}" for below in (inner.fields if isinstance(inner, RecordType) else ()))


def differences(topic: TypedTopic[Any]) -> tuple[int, list[Any]]:
    """Return how often both were asked, and where they differ."""
    kind, values = topic.message_type, list(islice(Catalog(topic).fakes(topic, seed=1), 5))
    asked, found = 0, []
    for path in paths_of(kind):
        for rule in (rule.format(path) for line in RULES.split("\n") for rule in line.strip().split(" | ") if rule):
            try:
                compiled = condition(rule, kind)
            except InvalidExpression:
                continue  # it is no rule about this type
            in_library = condition(f"({rule}) && 'x'.matches('x')", kind)
            answers = [(answer(compiled, value), answer(in_library, value)) for value in values]
            asked += len(answers)
            found += [(rule, pair) for pair in answers if pair[0] != pair[1]]
    return asked, found


@pytest.mark.parametrize("name", NASTY)
def test_a_rule_about_a_type_of_avro_has_one_answer(name: str) -> None:
    asked, found = differences(topic_of(name))

    assert [] == found
    assert asked or not isinstance(topic_of(name).message_type, RecordType)


@pytest.mark.parametrize("topic", [TRANSACTION_AUTHORIZED, FRAUD_ALERT_RAISED], ids=lambda topic: topic.contract)
def test_a_rule_about_a_message_of_protobuf_has_one_answer(topic: TypedTopic[Any]) -> None:
    asked, found = differences(topic)

    assert [] == found
    assert asked > 100
