"""Write a checked expression as text again, for a library that holds records as maps.

There `has(order.note)` is true of a note that is null, and false to us: the text that comes out says so. And numbers of two types
are compared to us, and to the library only where it does not know the types before: so it is told that it does not.
"""

from __future__ import annotations

import math
import re

from tallystick.expressions.check import Checked
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
    Scalar,
    Select,
    Unsigned,
)

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_WORDS = ("true", "false", "null", "in")
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")


def written(checked: Checked) -> str:
    """Return the text of an expression. What `has` tests is also asked whether it is null, but for keys of maps."""
    return _Writer(checked).text(checked.tree)


class _Writer:
    def __init__(self, checked: Checked) -> None:
        self._types = checked.types

    def text(self, tree: Expression) -> str:
        match tree:
            case Literal(value=value):
                return _scalar(value)
            case Name(name=name):
                return name
            case Select():
                return self._select(tree)
            case Call():
                return self._call(tree)
            case Logic(operator=operator, conditions=conditions):
                return f"({f' {operator} '.join(map(self.text, conditions))})"
            case Choice(condition=condition, yes=yes, no=no):
                return f"({self.text(condition)} ? dyn({self.text(yes)}) : dyn({self.text(no)}))"
            case ListOf(items=items):
                return f"[{', '.join(map(self.text, items))}]"
            case MapOf(entries=entries):
                return f"{{{', '.join(f'{self.text(key)}: {self.text(value)}' for key, value in entries)}}}"
            case Each(macro=macro, operand=operand, variable=variable):
                parts = [self.text(part) for part in (tree.condition, tree.result) if part is not None]
                return f"{self.text(operand)}.{macro}({', '.join([variable, *parts])})"
        raise AssertionError(tree)

    def _select(self, tree: Select) -> str:
        name = tree.field if _NAME.fullmatch(tree.field) and tree.field not in _WORDS else f"`{tree.field}`"
        text = f"{self.text(tree.operand)}.{name}"
        if not tree.tests:
            return text
        is_key = self._types[tree.operand].sure.name == "map"
        return f"has({text})" if is_key else f"(has({text}) && {text} != null)"

    def _call(self, tree: Call) -> str:
        arguments = [self.text(argument) for argument in tree.arguments]
        match tree.function, arguments:
            case "[]", [operand, key]:
                return f"{operand}[{key}]"
            case "-_" | "!_" as sign, [operand]:
                return f"({sign[0]}{operand})"
            case function, [left, right] if function in _COMPARISONS:
                return f"(dyn({left}) {function} {right})"
            case function, [left, right] if not _NAME.fullmatch(function):
                return f"({left} {function} {right})"
        target = "" if tree.target is None else f"{self.text(tree.target)}."
        return f"{target}{tree.function}({', '.join(arguments)})"


def _scalar(value: Scalar) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Unsigned(number=number):
            return f"{number}u"
        case str():
            return f'"{"".join(map(_character, value))}"'
        case bytes():
            return f'b"{"".join(map(_byte, value))}"'
        case float() if math.isinf(value):
            return "1e999"
    return f"({value!r})" if value < 0 else repr(value)


def _character(one: str) -> str:
    return one if one.isalnum() and one.isascii() else f"\\U{ord(one):08x}"


def _byte(one: int) -> str:
    return f"\\x{one:02x}"
