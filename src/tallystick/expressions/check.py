"""Check the types of an expression: each node gets one, each call its overloads, each trouble its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from tallystick.errors import EvaluationError, InvalidExpression
from tallystick.expressions import runtime
from tallystick.expressions.functions import FUNCTIONS, Function, Overload, matching
from tallystick.expressions.patterns import problem_of
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
from tallystick.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    UINT,
    CelType,
    RecordType,
    converted,
    is_known,
    joined,
    list_of,
    map_of,
    nullable,
)

_KEYS = (STRING, INT, UINT, BOOL)
_SIGNS = {"-_": "-", "!_": "!", "[]": "[]"}


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression whose types are known. `calls` has the overloads that each call may take when values are there."""

    tree: Expression
    type: CelType
    types: Mapping[Expression, CelType]
    calls: Mapping[Expression, Sequence[Overload]]


def check(tree: Expression, variables: Mapping[str, CelType]) -> Checked:
    """Return the types of an expression over some variables.

    Raises:
        InvalidExpression: a name that is not known, or a function that does not take what it is given.
    """
    checker = _Checker()
    kind = checker.type_of(tree, variables)
    return Checked(tree, kind, checker.types, checker.calls)


@dataclass(slots=True)
class _Checker:
    types: dict[Expression, CelType] = field(default_factory=dict)
    calls: dict[Expression, Sequence[Overload]] = field(default_factory=dict)

    def type_of(self, tree: Expression, names: Mapping[str, CelType]) -> CelType:
        kind = self._type_of(tree, names)
        self.types[tree] = kind
        return kind

    def _type_of(self, tree: Expression, names: Mapping[str, CelType]) -> CelType:
        match tree:
            case Literal(value=value):
                return _of_literal(value)
            case Name(name=name):
                if name not in names:
                    raise InvalidExpression(f"there is no '{name}' here{_near(name, names)}", at=tree.at)
                return names[name]
            case Select():
                return self._selected(tree, self.type_of(tree.operand, names))
            case Call():
                return self._called(tree, names)
            case Logic(operator=operator, conditions=conditions):
                for condition in conditions:
                    self._wants_bool(condition, names, f"'{operator}' joins conditions")
                return BOOL
            case Choice(condition=condition, yes=yes, no=no):
                self._wants_bool(condition, names, "what stands before '?' is a condition")
                return joined(converted(self.type_of(yes, names)), converted(self.type_of(no, names)))
            case ListOf(items=items):
                return list_of(_common(converted(self.type_of(item, names)) for item in items))
            case MapOf(entries=entries):
                return self._map(entries, names)
            case Each():
                return self._each(tree, names)
        raise AssertionError(tree)

    def _wants_bool(self, tree: Expression, names: Mapping[str, CelType], why: str) -> None:
        kind = self.type_of(tree, names)
        if kind.sure not in (BOOL, DYN):
            raise InvalidExpression(f"{why}, and this is {_a(kind)}", at=tree.at)

    def _selected(self, tree: Select, operand: CelType) -> CelType:
        match operand.sure:
            case RecordType(fields=fields) as record:
                if tree.field not in fields:
                    problem = f"{record} has no field '{tree.field}'{_near(tree.field, fields)}"
                    raise InvalidExpression(problem, at=tree.at)
                kind = fields[tree.field].type
            case CelType(name="map", of=(key, value)) if key in (STRING, DYN):
                kind = value
            case CelType(name="dyn"):
                kind = DYN
            case other:
                raise InvalidExpression(f"{_a(other)} has no fields, so no '{tree.field}'", at=tree.at)
        return BOOL if tree.tests else kind

    def _called(self, tree: Call, names: Mapping[str, CelType]) -> CelType:
        function = FUNCTIONS.get(tree.function)
        is_operator = function is not None and function.form == "operator"
        if function is None or (is_operator and tree.target is not None):
            problem = f"CEL's standard library has no function '{tree.function}'"
            raise InvalidExpression(problem + _near(tree.function, _plain_functions()), at=tree.at)
        arguments = [*([tree.target] if tree.target is not None else []), *tree.arguments]
        given = [self.type_of(argument, names) for argument in arguments]
        if not is_operator:
            _check_form(tree, function)
        found = matching(function, given)
        if not found:
            raise InvalidExpression(_no_overload(tree, function, given), at=tree.at)
        if all(map(is_known, given)):
            found = found[:1]
        self.calls[tree] = [overload for overload, _ in found]
        _check_literal(tree, arguments)
        return reduce(joined, (gives for _, gives in found))

    def _map(self, entries: Sequence[tuple[Expression, Expression]], names: Mapping[str, CelType]) -> CelType:
        keys = [self.type_of(key, names) for key, _ in entries]
        for (tree, _), key in zip(entries, keys, strict=True):
            if key not in (*_KEYS, DYN):
                raise InvalidExpression(f"{_a(key)} can't be the key of a map", at=tree.at)
        values = (converted(self.type_of(value, names)) for _, value in entries)
        return map_of(_common(map(converted, keys)), _common(values))

    def _each(self, tree: Each, names: Mapping[str, CelType]) -> CelType:
        operand = self.type_of(tree.operand, names)
        match operand.sure:
            case CelType(name="list" | "map", of=(one, *_)):
                inner = {**names, tree.variable: one}
            case CelType(name="dyn"):
                one, inner = DYN, {**names, tree.variable: DYN}
            case other:
                raise InvalidExpression(f"{tree.macro}() looks at a list or a map, and this is {_a(other)}", at=tree.at)
        if tree.condition is not None:
            self._wants_bool(tree.condition, inner, f"{tree.macro}() takes a condition")
        if tree.result is not None:
            return list_of(converted(self.type_of(tree.result, inner)))
        return list_of(one) if tree.macro == "filter" else BOOL


def _of_literal(value: object) -> CelType:
    kinds = {bool: BOOL, int: INT, Unsigned: UINT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL}
    return kinds[type(value)]


def _common(kinds: Iterable[CelType]) -> CelType:
    found = list(kinds)
    if not found:
        return DYN
    first = next((kind for kind in found if kind != NULL), NULL)
    if any(kind not in (first, NULL) for kind in found):
        return reduce(joined, found)
    return nullable(first) if NULL in found and first != NULL else first


def _check_form(tree: Call, function: Function) -> None:
    if function.form == "x.f()" and tree.target is None:
        raise InvalidExpression(f"{tree.function}() is written behind a dot: x.{tree.function}(…)", at=tree.at)
    if function.form == "f(x)" and tree.target is not None:
        raise InvalidExpression(f"{tree.function}() is written before its argument: {tree.function}(x)", at=tree.at)


def _check_literal(tree: Call, arguments: Sequence[Expression]) -> None:
    """Read timestamps, durations and patterns that stand in the text now, and not with each message."""
    match tree.function, arguments[-1]:
        case "matches", Literal(value=str(pattern), at=at):
            if problem := problem_of(pattern):
                raise InvalidExpression(f"no pattern: {problem}", at=at)
    convert = {"timestamp": runtime.to_timestamp, "duration": runtime.to_duration}.get(tree.function)
    if convert is None or len(arguments) != 1:
        return
    match arguments[0]:
        case Literal(value=str(text), at=at):
            try:
                convert(text)
            except (EvaluationError, ValueError, OverflowError) as error:
                raise InvalidExpression(str(error), at=at) from None


def _no_overload(tree: Call, function: Function, given: Sequence[CelType]) -> str:
    label = _SIGNS.get(tree.function, tree.function)
    what = f"'{label}'" if function.form == "operator" else f"{label}()"
    known = sorted({", ".join(map(str, o.takes)) for o in function.overloads if len(o.takes) == len(given)})
    if not known:
        return f"{what} does not take {len(given)} arguments"
    shown = "; ".join(known[:6]) + ("; …" if len(known) > 6 else "")  # noqa: PLR2004  # as many as can be read at a glance
    return f"{what} does not take {' and '.join(map(_a, given))}; it takes {shown}"


def _plain_functions() -> list[str]:
    return [name for name, function in FUNCTIONS.items() if function.form != "operator"]


def _near(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # most expressions name nothing wrong

    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f": did you mean '{near[0]}'?"
    return f"; there are {', '.join(sorted(names)[:20])}" if names else ""


def _a(kind: CelType) -> str:
    return f"an {kind}" if str(kind)[:1] in "ai" else "null" if kind == NULL else f"a {kind}"
