"""The rules of a contract, asked of each value: before it is sent, and after it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tallystick.errors import EvaluationError, RuleBroken
from tallystick.expressions.rule import compile_rule
from tallystick.expressions.types import CelType
from tallystick.values.types import attributes

_LONGEST = 100

Check: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRule:
    """A rule: `expr` is CEL, and true of each message. What stands before a semicolon says which messages it is about."""

    name: str
    expr: str
    doc: str = ""
    on_write: bool = True
    on_read: bool = False


def check_of(rules: Sequence[TypedRule], kind: CelType, name: str) -> Check:
    """Return a function that raises for the first rule that a value breaks. `name` is what messages of `kind` are called.

    Raises:
        InvalidExpression: a rule is no CEL, or does not fit the type.
        Unavailable: a rule needs the CEL library, which is not installed.
    """
    checks = [_check(rule, kind, name) for rule in rules]

    def check(value: Any) -> None:
        for each in checks:
            each(value)

    return checks[0] if len(checks) == 1 else check


def _check(rule: TypedRule, kind: CelType, name: str) -> Check:
    asked = compile_rule(rule.expr, kind)

    def check(value: Any) -> None:
        try:
            if not asked.holds(value):
                raise _broken(rule, asked.fields, value, name, "")
        except EvaluationError as error:
            raise _broken(rule, asked.fields, value, name, f" can't be asked ({error})") from error

    return check


def _broken(rule: TypedRule, fields: Sequence[str], value: Any, name: str, why: str) -> RuleBroken:
    values = {path: _value_at(value, path) for path in fields}
    held = ", ".join(f"{path} is {_short(value)}" for path, value in values.items())
    problem = f"rule '{rule.name}'{why or ' is broken'}: {rule.expr.strip()}" + (f", and {held}" if held else "")
    return RuleBroken(name, problem, rule=rule.name, values=values, fix=rule.doc or None)


def _value_at(value: Any, path: str) -> Any:
    """Return what stands at a path of the schema's names, or where it ends: at a null, in a list or in a map."""
    for part in path.split("."):
        if isinstance(value, Mapping):
            return value[part] if part in value else None  # noqa: SIM401  # a Struct is a Mapping that has no get()
        kind: type = type(value)
        if not hasattr(value, attribute := attributes(kind).get(part, part)):
            return value
        value = getattr(value, attribute)
    return value


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "nested too deep to show"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
