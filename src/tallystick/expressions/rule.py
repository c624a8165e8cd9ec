"""A rule: an expression about a message that must be true, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.errors import EvaluationError, InvalidExpression, UnsupportedExpression
from tallystick.expressions.check import Checked, check
from tallystick.expressions.compile import NOW, compiled
from tallystick.expressions.library import in_library
from tallystick.expressions.parse import parse
from tallystick.expressions.syntax import Call, Expression, Select, fields_read, paths, speaks_of
from tallystick.expressions.types import BOOL, DYN, NULL, TIMESTAMP, CelType, RecordType

MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is true or false of a message, and the fields that it speaks of, as `order.total`."""

    text: str
    fields: tuple[str, ...]
    needs_now: bool
    _run: Callable[..., Any]

    def holds(self, message: Any) -> bool:
        """Say whether it is true of a message.

        Raises:
            EvaluationError: neither: an error to CEL.
        """
        try:
            value = self._run(message)
        except RecursionError:
            raise EvaluationError("the message is nested too deep") from None
        if isinstance(value, bool):
            return value
        raise EvaluationError(f"the rule `{self.text}` is neither true nor false")


@dataclass(frozen=True, slots=True)
class Rule:
    """What must be true of each message: the last condition. One before it says which messages the rule is about."""

    conditions: tuple[Condition, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that it speaks of."""
        return tuple(dict.fromkeys(field for one in self.conditions for field in one.fields))

    @property
    def needs_now(self) -> bool:
        """Say whether the answer depends on when it is asked."""
        return any(one.needs_now for one in self.conditions)

    def holds(self, message: Any) -> bool:
        """Say whether a message keeps it.

        Raises:
            EvaluationError: neither: an error to CEL.
        """
        *guards, asked = self.conditions
        return not all(guard.holds(message) for guard in guards) or asked.holds(message)


def check_rule(text: str, kind: CelType) -> Iterator[InvalidExpression]:
    """Yield what is wrong with a rule about messages of some type. Each knows where in the text."""
    for start, part in parts_of(text):
        try:
            _checked(part, kind)
        except InvalidExpression as error:
            yield InvalidExpression(str(error), at=start + error.at)


def read_whole(text: str, kind: CelType) -> frozenset[str] | None:
    """Return the fields of a message that a rule needs with all that is in them; None where it needs the whole message.

    That is so where it compares records, and where it looks into one of several kinds: what is left of a record that is
    read in part may be equal to another, or be no record that has the field.
    """
    found: frozenset[str] = frozenset()
    for _, part in parts_of(text):
        checked = _checked(part, kind)
        if any(_takes_records(node, checked.types) for node in checked.types):
            fields = fields_read(checked.tree, MESSAGE)
            if fields is None:
                return None
            found |= fields
    return found


def _takes_records(node: Expression, types: Mapping[Expression, CelType]) -> bool:
    match node:
        case Select(operand=operand):
            return types[operand].sure == DYN
        case Call(function="==" | "!=" | "in", arguments=arguments) if NULL not in [types[one] for one in arguments]:
            return any(_has_records(types[one]) for one in arguments)
    return False


def _has_records(kind: CelType) -> bool:
    return isinstance(kind.sure, RecordType) or kind.sure == DYN or any(map(_has_records, kind.sure.of))


def needs_library(text: str, kind: CelType) -> bool:
    """Say whether a rule about messages of some type is left to the CEL library. One that is wrong needs none."""
    try:
        for _, part in parts_of(text):
            compiled(_checked(part, kind), _variables(kind))
    except UnsupportedExpression:
        return True
    except InvalidExpression:
        return False
    return False


def compile_rule(text: str, kind: CelType) -> Rule:
    """Return a rule about messages of some type.

    Raises:
        InvalidExpression: it is none.
        Unavailable: it needs the CEL library, which is not installed.
    """
    return Rule(tuple(condition(part, kind) for _, part in parts_of(text)))


def parts_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the conditions of a rule, each with its place: before a semicolon, and behind it."""
    before, semicolon, behind = text.partition(";")
    if not semicolon:
        yield 0, text
        return
    if before.strip():
        yield 0, before
    yield len(before) + 1, behind


def condition(text: str, kind: CelType) -> Condition:
    """Return a condition about messages of some type.

    Raises:
        InvalidExpression: it is none.
        Unavailable: it needs the CEL library, which is not installed.
    """
    checked = _checked(text, kind)
    run: Callable[..., Any]
    try:
        run = compiled(checked, _variables(kind))
    except UnsupportedExpression:
        run = in_library(text, checked, _variables(kind))
    fields = tuple(dict.fromkeys(paths(checked.tree, MESSAGE)))
    return Condition(text, fields, speaks_of(checked.tree, NOW), run)


def _checked(text: str, kind: CelType) -> Checked:
    checked = check(parse(text), _variables(kind))
    if checked.type.sure not in (BOOL, DYN):
        problem = f"a condition is true or false, and this is of type {checked.type}"
        raise InvalidExpression(problem, at=checked.tree.at)
    return checked


def _variables(kind: CelType) -> Mapping[str, CelType]:
    return {MESSAGE: kind, NOW: TIMESTAMP}
