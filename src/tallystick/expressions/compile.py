"""Compile a checked expression to a Python function.

Each is compiled twice, where it must be. The first way is plain Python, and right whenever it returns. Where it raises, the second
one has the word: CEL's `&&` and `||` forgive an error on either side when the other side decides, and Python's do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from tallystick.errors import EvaluationError, UnsupportedExpression
from tallystick.expressions import runtime
from tallystick.expressions.check import Checked
from tallystick.expressions.formats import FORMATS
from tallystick.expressions.functions import Overload
from tallystick.expressions.syntax import (
    Call,
    Choice,
    Each,
    Expression,
    ListOf,
    Literal,
    Logic,
    MapOf,
    Name,
    Select,
    Unsigned,
)
from tallystick.expressions.types import BOOL, DECIMAL, DYN, NULL, CelType, RecordType, is_held

_HELPERS = {name: item for name, item in vars(runtime).items() if callable(item)} | {"Decimal": Decimal}
_HELPERS |= {test.__name__: test for test in FORMATS.values()}
_HELD = {"date": "days", "UUID": "uuid_text", "Timestamp": "moment", "Duration": "span", "Wrapped": "unwrapped"}
NOW = "now"


@dataclass(frozen=True)
class Compiled:
    """An expression as a function of its variables, in the order that it was compiled with.

    `source` is what a message goes through: for people who wonder.
    """

    source: str
    _exact_source: str
    _parameters: tuple[str, ...]
    _needs_now: bool

    def __call__(self, *values: Any) -> Any:
        """Return the value of the expression.

        Raises:
            EvaluationError: an error to CEL: a null where a value is due, an index out of range, an overflow.
        """
        if self._needs_now:
            values = (*values, datetime.now(UTC))
        try:
            return self._fast(*values)
        except runtime.ERRORS:
            pass
        try:
            return self._exact(*values)
        except EvaluationError:
            raise
        except runtime.ERRORS as error:
            raise EvaluationError(_explained(error)) from error

    @cached_property
    def _fast(self) -> Callable[..., Any]:
        return self._made(self.source)

    @cached_property
    def _exact(self) -> Callable[..., Any]:
        return self._made(self._exact_source)

    def _made(self, body: str) -> Callable[..., Any]:
        # Written below, from checked nodes: of the expression's text only literals get in, by repr().
        return eval(f"lambda {', '.join(self._parameters)}: {body}", dict(_HELPERS))  # type: ignore[no-any-return]  # noqa: S307  # see above


def compiled(checked: Checked, variables: Mapping[str, CelType]) -> Compiled:
    """Return the function of an expression. Of the variables it takes all but `now`, which it finds out itself.

    Raises:
        UnsupportedExpression: it does what only a CEL library can.
    """
    names = {name: f"v_{index}" for index, name in enumerate(variables)}
    fast, exact = _Writer(checked, is_exact=False), _Writer(checked, is_exact=True)
    source, exact_source = fast.value(checked.tree, names), exact.value(checked.tree, names)
    now = names.pop(NOW, None)
    needs_now = now in fast.used
    return Compiled(source, exact_source, (*names.values(), *([str(now)] if needs_now else [])), needs_now)


class _Writer:
    def __init__(self, checked: Checked, *, is_exact: bool) -> None:
        self._checked = checked
        self._is_exact = is_exact
        self._depth = 0
        self.used: set[str] = set()

    def value(self, tree: Expression, names: Mapping[str, str]) -> str:
        """Return Python for a node, as a value of CEL's: a date that Python holds is turned into a number here."""
        text = self._raw(tree, names)
        held = self._checked.types[tree].sure.held
        if not held:
            return text
        if held not in _HELD:
            raise UnsupportedExpression("a value whose type is not known", at=tree.at)
        is_nullable = self._checked.types[tree].name == "nullable"
        return f"maybe({_HELD[held]}, {text})" if is_nullable else f"{_HELD[held]}({text})"

    def _raw(self, tree: Expression, names: Mapping[str, str]) -> str:
        match tree:
            case Literal(value=value):
                return _literal(value)
            case Name(name=name):
                self.used.add(names[name])
                return names[name]
            case Select():
                return self._select(tree, names)
            case Call():
                return self._call(tree, names)
            case Logic(operator=operator, conditions=conditions):
                return self._logic(operator, [self._condition(one, names) for one in conditions])
            case Choice(condition=condition, yes=yes, no=no):
                parts = (self.value(yes, names), self._condition(condition, names), self.value(no, names))
                return "({} if {} else {})".format(*parts)
            case ListOf(items=items):
                if any(map(is_held, self._checked.types[tree].of)):
                    raise _unsupported_lists(tree)
                return f"[{', '.join(self.value(item, names) for item in items)}]"
            case MapOf(entries=entries):
                if any(map(is_held, self._checked.types[tree].of)):
                    raise _unsupported_lists(tree)
                written = (f"{self.value(key, names)}: {self.value(value, names)}" for key, value in entries)
                return f"{{{', '.join(written)}}}"
            case Each():
                return self._each(tree, names)
        raise AssertionError(tree)

    def _condition(self, tree: Expression, names: Mapping[str, str]) -> str:
        text = self.value(tree, names)
        return text if self._checked.types[tree] == BOOL else f"truth({text})"

    def _logic(self, operator: str, conditions: Sequence[str]) -> str:
        if self._is_exact:
            function = "both" if operator == "&&" else "either"
            return f"{function}({', '.join(f'lambda: {condition}' for condition in conditions)})"
        return f"({(' and ' if operator == '&&' else ' or ').join(conditions)})"

    def _select(self, tree: Select, names: Mapping[str, str]) -> str:
        operand = self.value(tree.operand, names)
        match self._checked.types[tree.operand].sure:
            case RecordType(fields=fields):
                field = fields[tree.field]
                return f"({field.test.format(operand)})" if tree.tests else field.read.format(operand)
            case CelType(name="map"):
                return f"({tree.field!r} in {operand})" if tree.tests else f"entry({operand}, {tree.field!r})"
        raise UnsupportedExpression(f"'.{tree.field}' of a value whose type is not known", at=tree.at)

    def _call(self, tree: Call, names: Mapping[str, str]) -> str:
        arguments = [*([tree.target] if tree.target is not None else []), *tree.arguments]
        overloads = self._checked.calls[tree]
        types = [self._checked.types[argument] for argument in arguments]
        if len(overloads) > 1 or any(kind.sure == DYN for kind in types):
            overloads = _settled(tree, overloads)
        template = overloads[0].python
        if template is None:
            raise UnsupportedExpression(f"{tree.function}() is left to a library", at=tree.at)
        if tree.function in ("==", "!=") and NULL in types:
            (other,) = [one for one, kind in zip(arguments, types, strict=True) if kind != NULL] or [arguments[0]]
            if isinstance(other, Literal):
                return str((other.value is None) is (tree.function == "=="))
            return f"({self._raw(other, names)} {'is' if tree.function == '==' else 'is not'} None)"
        if tree.function not in ("size", "[]") and any(is_held(inner) for kind in types for inner in kind.sure.of):
            raise _unsupported_lists(tree)
        read = self._as_decimals if any(kind.sure == DECIMAL for kind in types) else self._argument
        return template.format(*(read(argument, names, tree) for argument in arguments))

    def _as_decimals(self, tree: Expression, names: Mapping[str, str], around: Call) -> str:
        """Return an argument beside a decimal: 0.10 in the text is a tenth then, and not the double next to it."""
        match tree:
            case Literal(value=float() as value):
                return f"Decimal({str(value)!r})"
            case Call(function="-_", arguments=(Literal(value=float() as value),)):
                return f"Decimal({str(-value)!r})"
        return self._argument(tree, names, around)

    def _argument(self, tree: Expression, names: Mapping[str, str], around: Call) -> str:
        # `in` asks one list again and again: a tuple of constants is made once, by Python itself.
        if around.function == "in" and isinstance(tree, ListOf) and all(isinstance(i, Literal) for i in tree.items):
            return f"({''.join(f'{self.value(item, names)}, ' for item in tree.items)})"
        if around.function == "!_":
            return self._condition(tree, names)
        return self.value(tree, names)

    def _each(self, tree: Each, names: Mapping[str, str]) -> str:
        operand = self.value(tree.operand, names)
        if self._checked.types[tree.operand].sure == DYN:
            raise UnsupportedExpression(f"{tree.macro}() of a value whose type is not known", at=tree.at)
        self._depth += 1
        variable = f"i_{self._depth}"
        inner = {**names, tree.variable: variable}
        condition = None if tree.condition is None else self._condition(tree.condition, inner)
        result = variable if tree.result is None else self.value(tree.result, inner)
        self._depth -= 1
        match tree.macro:
            case "all" | "exists" if self._is_exact:
                function = "every" if tree.macro == "all" else "some"
                return f"{function}(lambda {variable}: {condition}, {operand})"
            case "all" | "exists":
                return f"{'all' if tree.macro == 'all' else 'any'}({condition} for {variable} in {operand})"
            case "exists_one":
                return f"(sum(1 for {variable} in {operand} if {condition}) == 1)"
        passes = f" if {condition}" if condition else ""
        return f"[{result} for {variable} in {operand}{passes}]"


def _settled(tree: Call, overloads: Sequence[Overload]) -> Sequence[Overload]:
    """Return the overload that is right whatever the types turn out to be: there is one for equality alone."""
    if tree.function in ("==", "!=", "in"):
        general = [o for o in overloads if o.python is not None and ("equal(" in o.python or "among(" in o.python)]
        if general:
            return general[:1]
    if tree.function == "dyn":
        return overloads
    raise UnsupportedExpression(f"'{tree.function.strip('_')}' of a value whose type is not known", at=tree.at)


def _unsupported_lists(tree: Expression) -> UnsupportedExpression:
    return UnsupportedExpression("lists of dates and of UUIDs as a whole", at=tree.at)


def _literal(value: Any) -> str:
    if isinstance(value, Unsigned):
        return repr(value.number)
    if value == math.inf:
        return "1e999"
    # Python would take a minus last: -1 .real is -(1 .real).
    return f"({value!r})" if isinstance(value, int | float) and value < 0 else repr(value)


def _explained(error: Exception) -> str:
    match error:
        case KeyError():
            return f"there is no key {error}"
        case ZeroDivisionError():
            return "a division by zero"
        case OverflowError():
            return "the result is out of range"
        case TypeError() | AttributeError():
            return f"a null where a value is due ({error})"
    return str(error)
