"""The functions and operators of CEL's standard library: what each takes and gives, and how it is written in Python.

CEL specification, section "List of Standard Definitions". `matches` is left to a library: its patterns are RE2's.
Beside them stand those that Confluent's clients add for the formats of texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tallystick.expressions.formats import FORMATS
from tallystick.expressions.types import (
    BOOL,
    BYTES,
    DECIMAL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    NUMBERS,
    STRING,
    TIMESTAMP,
    UINT,
    CelType,
    list_of,
    map_of,
)

A: Final = CelType("A")
B: Final = CelType("B")
"""Any type, the same one wherever it stands in an overload."""


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function. `python` is a template; None where only a library can do it."""

    takes: tuple[CelType, ...]
    gives: CelType
    python: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function. `form` says how it is called: `operator`, `f(x)`, `x.f()`, or both of the latter."""

    form: str
    overloads: tuple[Overload, ...]


def _same(template: str, gives: CelType | None, *kinds: CelType) -> list[Overload]:
    """Return an overload for two values of each of some types."""
    return [Overload((kind, kind), gives or kind, template) for kind in kinds]


_ORDERED = (BOOL, STRING, BYTES, TIMESTAMP, DURATION)
_PLUS = [
    *_same("int64({0} + {1})", None, INT),
    *_same("uint64({0} + {1})", None, UINT),
    *_same("({0} + {1})", None, DOUBLE, STRING, BYTES, DURATION),
    Overload((TIMESTAMP, DURATION), TIMESTAMP, "({0} + {1})"),
    Overload((DURATION, TIMESTAMP), TIMESTAMP, "({0} + {1})"),
    Overload((list_of(A), list_of(A)), list_of(A), "[*{0}, *{1}]"),
]
_MINUS = [
    *_same("int64({0} - {1})", None, INT),
    *_same("uint64({0} - {1})", None, UINT),
    *_same("({0} - {1})", None, DOUBLE, DURATION),
    Overload((TIMESTAMP, DURATION), TIMESTAMP, "({0} - {1})"),
    Overload((TIMESTAMP, TIMESTAMP), DURATION, "({0} - {1})"),
]
_TIMES = [
    *_same("int64({0} * {1})", None, INT),
    *_same("uint64({0} * {1})", None, UINT),
    *_same("({0} * {1})", None, DOUBLE),
]
_BY = [
    *_same("quotient({0}, {1})", None, INT),
    *_same("({0} // {1})", None, UINT),
    *_same("divided({0}, {1})", None, DOUBLE),
]
_EQUAL = [
    *_same("({0} OP {1})", BOOL, *_ORDERED, NULL),
    *(Overload((one, other), BOOL, "({0} OP {1})") for one in NUMBERS for other in NUMBERS),
]


def _equality(sign: str, template: str) -> list[Overload]:
    plain = [Overload(o.takes, o.gives, str(o.python).replace("OP", sign)) for o in _EQUAL]
    is_null = "is" if sign == "==" else "is not"
    nulls = [((A, NULL), f"({{0}} {is_null} None)"), ((NULL, A), f"({{1}} {is_null} None)")]
    return [*plain, *(Overload(takes, BOOL, null) for takes, null in nulls), Overload((A, A), BOOL, template)]


def _order(sign: str) -> list[Overload]:
    pairs = [(one, other) for one in NUMBERS for other in NUMBERS] + [(kind, kind) for kind in _ORDERED]
    return [Overload(pair, BOOL, f"({{0}} {sign} {{1}})") for pair in pairs]


def _part(at_time: str, of_span: str | None = None) -> list[Overload]:
    """Return the ways to ask a timestamp, in UTC or in a zone, and maybe a duration, for a part of it."""
    found = [
        Overload((TIMESTAMP,), INT, at_time.format("zoned({0})")),
        Overload((TIMESTAMP, STRING), INT, at_time.format("zoned({0}, {1})")),
    ]
    return found if of_span is None else [*found, Overload((DURATION,), INT, of_span)]


def _from(gives: CelType, template: str, *kinds: CelType) -> list[Overload]:
    return [Overload((kind,), gives, "present({0})" if kind == gives else template) for kind in kinds]


def _table() -> Iterator[tuple[str, str, Sequence[Overload]]]:
    for sign, overloads in {"+": _PLUS, "-": _MINUS, "*": _TIMES, "/": _BY}.items():
        yield sign, "operator", overloads
    yield "%", "operator", _same("remainder({0}, {1})", None, INT, UINT)
    yield "-_", "operator", [Overload((INT,), INT, "int64(-{0})"), Overload((DOUBLE,), DOUBLE, "(-{0})")]
    yield "!_", "operator", [Overload((BOOL,), BOOL, "(not {0})")]
    yield "==", "operator", _equality("==", "equal({0}, {1})")
    yield "!=", "operator", _equality("!=", "(not equal({0}, {1}))")
    for sign in ("<", "<=", ">", ">="):
        yield sign, "operator", _order(sign)
    exact = [Overload((k, list_of(k)), BOOL, "({0} in {1})") for k in (STRING, INT, UINT, BYTES)]
    keys = [Overload((k, map_of(k, A)), BOOL, "({0} in {1})") for k in (STRING, INT, UINT, BOOL)]
    yield "in", "operator", [*exact, *keys, Overload((A, list_of(A)), BOOL, "among({0}, {1})")]
    at = [Overload((map_of(k, A), k), A, "entry({0}, {1})") for k in (STRING, INT, UINT, BOOL)]
    yield "[]", "operator", [Overload((list_of(A), INT), A, "item({0}, {1})"), *at]

    yield "size", "both", _from(INT, "len({0})", STRING, BYTES, list_of(A), map_of(A, B))
    yield "contains", "x.f()", [Overload((STRING, STRING), BOOL, "({1} in {0})")]
    yield "startsWith", "x.f()", [Overload((STRING, STRING), BOOL, "{0}.startswith({1})")]
    yield "endsWith", "x.f()", [Overload((STRING, STRING), BOOL, "{0}.endswith({1})")]
    yield "matches", "both", [Overload((STRING, STRING), BOOL, None)]
    for name, test in FORMATS.items():
        yield name, "x.f()", [Overload((STRING,), BOOL, f"{test.__name__}({{0}})")]

    yield "bool", "f(x)", _from(BOOL, "to_bool({0})", BOOL, STRING)
    yield "int", "f(x)", _from(INT, "to_int({0})", INT, UINT, DOUBLE, STRING, TIMESTAMP)
    yield "uint", "f(x)", _from(UINT, "to_uint({0})", UINT, INT, DOUBLE, STRING)
    yield "double", "f(x)", _from(DOUBLE, "to_double({0})", DOUBLE, INT, UINT, STRING, DECIMAL)
    as_text = [
        *_from(STRING, "str(present({0}))", STRING, INT, UINT),
        *_from(STRING, "str(present({0})).lower()", BOOL),
    ]
    in_a_library = [Overload((kind,), STRING, None) for kind in (DOUBLE, TIMESTAMP, DURATION)]
    yield "string", "f(x)", [*as_text, *_from(STRING, "{0}.decode()", BYTES), *in_a_library]
    yield "bytes", "f(x)", _from(BYTES, "{0}.encode()", BYTES, STRING)
    yield "timestamp", "f(x)", _from(TIMESTAMP, "to_timestamp({0})", TIMESTAMP, STRING, INT)
    yield "duration", "f(x)", _from(DURATION, "to_duration({0})", DURATION, STRING)
    yield "dyn", "f(x)", [Overload((A,), DYN, "{0}")]

    yield "getFullYear", "x.f()", _part("{}.year")
    yield "getMonth", "x.f()", _part("({}.month - 1)")
    yield "getDate", "x.f()", _part("{}.day")
    yield "getDayOfMonth", "x.f()", _part("({}.day - 1)")
    yield "getDayOfWeek", "x.f()", _part("({}.isoweekday() % 7)")
    yield "getDayOfYear", "x.f()", _part("({}.timetuple().tm_yday - 1)")
    yield "getHours", "x.f()", _part("{}.hour", "whole({0}, 3600)")
    yield "getMinutes", "x.f()", _part("{}.minute", "whole({0}, 60)")
    yield "getSeconds", "x.f()", _part("{}.second", "whole({0}, 1)")
    yield "getMilliseconds", "x.f()", _part("({}.microsecond // 1000)", "millis({0})")


FUNCTIONS: Final[Mapping[str, Function]] = {
    name: Function(form, tuple(overloads)) for name, form, overloads in _table()
}


def matching(function: Function, given: Sequence[CelType]) -> list[tuple[Overload, CelType]]:
    """Return the overloads that may take arguments of some types, each with what it gives."""
    found: list[tuple[Overload, CelType]] = []
    for overload in function.overloads:
        bound: dict[str, CelType] = {}
        if len(overload.takes) == len(given) and all(
            _fits(wanted, one, bound) for wanted, one in zip(overload.takes, given, strict=True)
        ):
            found.append((overload, _filled(overload.gives, bound)))
    return found


def _fits(wanted: CelType, given: CelType, bound: dict[str, CelType]) -> bool:
    if wanted in (A, B):
        known = bound.setdefault(wanted.name, given)
        # An empty list is one of anything, and what one item may be the rest may be: null.
        if known.sure == DYN or (given.name == "nullable" and given.sure == known):
            bound[wanted.name] = given
        return _alike(known, given)
    if wanted != NULL:
        given = given.sure
    if given == DYN:
        return True
    if wanted.name != given.name or len(wanted.of) != len(given.of):
        return False
    return all(_fits(inner, one, bound) for inner, one in zip(wanted.of, given.of, strict=True))


def _alike(one: CelType, other: CelType) -> bool:
    """Say whether values of two types can be equal; where nulls may be decides nothing."""
    one, other = one.sure, other.sure
    if DYN in (one, other) or NULL in (one, other):
        return True
    return one.name == other.name and len(one.of) == len(other.of) and all(map(_alike, one.of, other.of))


def _filled(kind: CelType, bound: Mapping[str, CelType]) -> CelType:
    if kind in (A, B):
        return bound.get(kind.name, DYN)
    return CelType(kind.name, tuple(_filled(inner, bound) for inner in kind.of), kind.held) if kind.of else kind
