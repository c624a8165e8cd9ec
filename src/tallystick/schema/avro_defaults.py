"""Check defaults against their types: Avro 1.12 specification, "Complex Types", table of field defaults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tallystick.schema.json_text import escape
from tallystick.schema.types import ArrayType, EnumType, FixedType, MapType, RecordType, Type, UnionType

INT_BITS = {"int": 31, "long": 63}
_MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong with a default. `path` and `pointer` lead from the default to the part; empty for all of it."""

    problem: str
    path: str = ""
    pointer: str = ""

    def below(self, step: str | int) -> Misfit:
        """Return the same, seen from one level up."""
        shown = f"[{step}]" if isinstance(step, int) else f".{step}"
        return Misfit(self.problem, f"{shown}{self.path}", f"/{escape(str(step))}{self.pointer}")


def default_problem(kind: Type, value: Any) -> str | None:
    """Say why a JSON value can't be a default of a type; None if it can."""
    found = default_misfit(kind, value)
    return None if found is None else found.problem


def default_misfit(kind: Type, value: Any) -> Misfit | None:
    """Return what in a JSON value can't be a default of a type; None if it fits. A union's may be of any branch."""
    return _Check().misfit(kind, value, 0)


class _Check:
    """One default. Answers are kept: in a union of alike records each part would be asked about again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[Type, int], Misfit | None] = {}

    def misfit(self, kind: Type, value: Any, depth: int) -> Misfit | None:
        if depth > _MAX_DEPTH:
            return Misfit(f"is nested more than {_MAX_DEPTH} levels deep")
        key = (kind, id(value))
        if key not in self._known:
            self._known[key] = self._asked(kind, value, depth)
        return self._known[key]

    def _asked(self, kind: Type, value: Any, depth: int) -> Misfit | None:
        match kind:
            case UnionType():
                return self._union(kind, value, depth)
            case RecordType() | MapType() if not isinstance(value, dict):
                return Misfit(f"must be an object, not {shown(value)}")
            case ArrayType() if not isinstance(value, list):
                return Misfit(f"must be a list, not {shown(value)}")
            case RecordType(fields=fields):
                missing = next((f.name for f in fields if f.name not in value and not f.has_default), None)
                if missing is not None:
                    return Misfit(f"lacks field '{missing}'")
        for step, part, item in _parts(kind, value):
            found = self.misfit(part, item, depth + 1)
            if found is not None:
                return found.below(step)
        return _leaf_misfit(kind, value)

    def _union(self, union: UnionType, value: Any, depth: int) -> Misfit | None:
        alike: list[Misfit] = []
        for branch in union.branches:
            found = self.misfit(branch, value, depth)
            if found is None:
                return None
            if isinstance(branch, _SHAPES.get(type(value), ())):
                alike.append(found)
        # Where one branch has the value's shape, what is wrong there tells more.
        return alike[0] if len(alike) == 1 else Misfit(f"fits no branch of its union: {shown(value)}")


_SHAPES: dict[type, tuple[type, ...]] = {dict: (RecordType, MapType), list: (ArrayType,)}


def _parts(kind: Type, value: Any) -> Iterator[tuple[str | int, Type, Any]]:
    match kind:
        case RecordType(fields=fields):
            yield from ((f.name, f.type, value[f.name]) for f in fields if f.name in value)
        case ArrayType(items=items):
            yield from ((index, items, item) for index, item in enumerate(value))
        case MapType(values=values):
            yield from ((key, values, item) for key, item in value.items())


def _leaf_misfit(kind: Type, value: Any) -> Misfit | None:
    if isinstance(kind, EnumType):
        fits = isinstance(value, str) and value in kind.symbols
        return None if fits else Misfit(f"is none of the enum's symbols: {shown(value)}")
    if isinstance(kind, FixedType):
        fits = _is_latin(value) and len(value) == kind.size
        return None if fits else Misfit(f"must be a string of {kind.size} characters up to U+00FF, not {shown(value)}")
    fits = kind.kind not in _FITS or _FITS[kind.kind](value)
    return None if fits else Misfit(f"must be {kind.kind}, not {shown(value)}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(value: Any, bits: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << bits) <= value < 1 << bits


def _is_latin(value: Any) -> bool:
    return isinstance(value, str) and all(ord(c) <= 0xFF for c in value)  # noqa: PLR2004  # bytes are written as U+0000 to U+00FF


_FITS: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "int": lambda value: _is_integer(value, INT_BITS["int"]),
    "long": lambda value: _is_integer(value, INT_BITS["long"]),
    "float": _is_number,
    "double": _is_number,
    "bytes": _is_latin,
    "string": lambda value: isinstance(value, str),
}


def shown(value: Any) -> str:
    """Return a JSON value for a message: one short line."""
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # a message is one line
