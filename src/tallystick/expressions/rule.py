"""A rule: an expression about a message that must be true, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.errors import EvaluationError, InvalidExpression, UnsupportedExpression
from tallystick.expressions.check import check
from tallystick.expressions.compile import NOW, compiled
from tallystick.expressions.library import in_library
from tallystick.expressions.parse import parse
from tallystick.expressions.syntax import Expression, paths
from tallystick.expressions.types import BOOL, DYN, TIMESTAMP, CelType

MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is true or false of a message, and the fields that it speaks of, as `order.total`."""

    text: str
    fields: tuple[str, ...]
    _run: Callable[..., Any]

    def holds(self, message: Any) -> bool:
        """Say whether it is true of a message.

        Raises:
            EvaluationError: neither: an error to CEL.
        """
        value = self._run(message)
        if isinstance(value, bool):
            return value
        raise EvaluationError(f"the rule `{self.text}` is neither true nor false")


def check_condition(text: str, kind: CelType) -> None:
    """Check that an expression is one about a message of some type, and that it is true or false.

    Raises:
        InvalidExpression: it is not. It knows where in the text.
    """
    _checked(text, kind)


def condition(text: str, kind: CelType) -> Condition:
    """Return a condition about messages of some type.

    Raises:
        InvalidExpression: it is none.
        Unavailable: it needs the CEL library, which is not installed.
    """
    tree, variables = _checked(text, kind)
    try:
        run: Callable[..., Any] = compiled(check(tree, variables), variables)
    except UnsupportedExpression:
        run = in_library(text, variables)
    return Condition(text, tuple(dict.fromkeys(paths(tree, MESSAGE))), run)


def _checked(text: str, kind: CelType) -> tuple[Expression, Mapping[str, CelType]]:
    variables = {MESSAGE: kind, NOW: TIMESTAMP}
    tree = parse(text)
    found = check(tree, variables).type
    if found.sure not in (BOOL, DYN):
        raise InvalidExpression(f"a condition is true or false, and this is of type {found}", at=tree.at)
    return tree, variables
