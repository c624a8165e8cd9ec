"""Values under a schema as JSON: section "JSON Encoding" of the Avro 1.12 specification.

The walk that writes JSON is also the strict check of a value: whoever must know where and why a value does not fit
calls `to_json` and reads the error.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tallystick.errors import EncodeError
from tallystick.schema import types as t
from tallystick.schema.avro_defaults import default_problem
from tallystick.schema.types import NamedType, RecordType, Type, UnionType
from tallystick.values.leaf import NON_FINITE, base_to_json, expect, shown, text, unknown_field
from tallystick.values.logical import PLAIN, Classes, Leaf, logical_of, python_type
from tallystick.values.types import attributes

_MISFITS = (TypeError, ValueError, ArithmeticError)


class Tagged(NamedTuple):
    """A value of a union with its branch, where Python's types need not tell which one it is of."""

    branch: Type
    value: Any


def from_json(kind: Type, value: Any, classes: Classes = PLAIN, *, tags: bool = False) -> Any:
    """Return the Python value that a JSON value stands for.

    A value of a union may stand bare where just one branch fits.
    Logical types appear as their base: a timestamp is a number.
    With `tags`, values of unions of several types are `Tagged`.

    Raises:
        EncodeError: with the path of the first thing that does not fit.
    """
    return _guarded(_Reader(classes, tags=tags).walk, kind, value, root_name(kind))


def default_value(field: t.Field, classes: Classes = PLAIN, *, tags: bool = False) -> Any:
    """Return the value of a field's default, made anew for each call.

    A default of a union stands without a wrapper, for the first branch that it fits: section "Complex Types".
    """
    return _guarded(_DefaultReader(classes, tags=tags).walk, field.type, field.default, field.name)


def to_json(kind: Type, value: Any, classes: Classes = PLAIN) -> Any:
    """Return a Python value as JSON.

    Raises:
        EncodeError: with the path of the first thing that does not fit.
    """
    return _guarded(_Writer(classes).walk, kind, value, root_name(kind))


def problems(kind: Type, value: Any, classes: Classes = PLAIN) -> tuple[EncodeError, ...]:
    """Return all that keeps a Python value from its type, each with its path; nothing if it fits."""
    return _collected(_AllOfWriter(classes), kind, value)


def problems_in_json(kind: Type, value: Any, classes: Classes = PLAIN) -> tuple[EncodeError, ...]:
    """Return all that keeps a JSON value from its type, as `problems` does."""
    return _collected(_AllOfReader(classes), kind, value)


def branch_of(union: UnionType, value: Any, classes: Classes = PLAIN, path: str = "") -> Type:
    """Return the branch of a union that a value belongs to.

    The exact Python type decides. Where several branches share one: for dicts just one may fit, for the rest the
    first that fits, and float and time-millis last: they lose most.

    Raises:
        EncodeError: no branch fits, or several fit a dict.
    """
    if type(value) is Tagged:
        return value.branch
    branches = sorted(union.branches, key=_is_coarse)
    alike = [b for b in branches if python_type(b, classes) is type(value)]
    if len(alike) == 1:
        return alike[0]
    fitting = [b for b in alike or branches if _fits(b, value, classes)]
    if not fitting:
        raise EncodeError(path, f"expected one of {_names(union)}, got {shown(value)}")
    if len(fitting) > 1 and type(value) is dict:
        problem = f"fits {' and '.join(map(_name, fitting))}, and nothing tells which: {shown(value)}"
        raise EncodeError(path, problem, fix="use the generated classes, which carry their name")
    return fitting[0]


def is_tagged(union: UnionType) -> bool:
    """Say whether values of a union are `Tagged`, where they are: a null beside one other type is told by its value."""
    return sum(branch.kind != "null" for branch in union.branches) > 1


def root_name(kind: Type) -> str:
    """Return what paths begin with: the name of a named type, or nothing."""
    return kind.short_name if isinstance(kind, NamedType) else ""


def _guarded(walk: Callable[[Type, Any, str], Any], kind: Type, value: Any, path: str) -> Any:
    try:
        return walk(kind, value, path)
    except RecursionError:
        raise EncodeError(path, "nested too deep") from None


class _Walk(ABC):
    """What both directions share: arrays and maps are lists and dicts in Python as in JSON."""

    def __init__(self, classes: Classes, *, tags: bool = False) -> None:
        self.classes, self.tags = classes, tags

    def refuse(self, error: EncodeError) -> None:
        """Say what does not fit, where the rest can be looked at all the same."""
        raise error

    def walk(self, kind: Type, value: Any, path: str) -> Any:
        match kind:
            case UnionType():
                return self.union(kind, value, path)
            case RecordType():
                return self.record(kind, value, path)
            case t.EnumType():
                return self.symbol(kind, value, path)
            case t.ArrayType():
                expect(type(value) is list, path, "list", value)
                return [self.walk(kind.items, item, f"{path}[{index}]") for index, item in enumerate(value)]
            case t.MapType():
                expect(type(value) is dict, path, "dict", value)
                return {text(key, path): self.walk(kind.values, v, f"{path}[{key!r}]") for key, v in value.items()}
            case _:
                return self.leaf(kind, value, path)

    def _refuse_unknown(self, value: Mapping[str, Any], kind: RecordType, path: str) -> None:
        for key in value:
            if key not in kind.by_name:
                self.refuse(unknown_field(path, str(key), [field.name for field in kind.fields], kind.short_name))

    @abstractmethod
    def union(self, kind: UnionType, value: Any, path: str) -> Any: ...
    @abstractmethod
    def record(self, kind: RecordType, value: Any, path: str) -> Any: ...
    @abstractmethod
    def symbol(self, kind: t.EnumType, value: Any, path: str) -> Any: ...
    @abstractmethod
    def leaf(self, kind: Leaf, value: Any, path: str) -> Any: ...


class _Writer(_Walk):
    def union(self, kind: UnionType, value: Any, path: str) -> Any:
        branch = branch_of(kind, value, self.classes, path)
        value = value.value if type(value) is Tagged else value
        written = self.walk(branch, value, path)
        return None if value is None else {_name(branch): written}

    def record(self, kind: RecordType, value: Any, path: str) -> dict[str, Any]:
        cls = self.classes.get(kind.name, dict)
        expect(type(value) is cls, path, f"{kind.short_name} as a dict" if cls is dict else cls.__name__, value)
        names = [field.name for field in kind.fields]
        held = {name: attributes(cls).get(name, name) for name in names}
        given = value if cls is dict else {n: getattr(value, held[n]) for n in names if hasattr(value, held[n])}
        self._refuse_unknown(given, kind, path)
        for name in names:
            if name not in given:
                self.refuse(EncodeError(_below(path, name), "missing"))
        fields = (field for field in kind.fields if field.name in given)
        return {f.name: self.walk(f.type, given[f.name], _below(path, f.name)) for f in fields}

    def symbol(self, kind: t.EnumType, value: Any, path: str) -> str:
        cls = self.classes.get(kind.name)
        fits = type(value) is cls if cls else isinstance(value, str) and value in kind.symbols
        expect(fits, path, cls.__name__ if cls else f"one of {', '.join(kind.symbols)}", value)
        return str(value)

    def leaf(self, kind: Leaf, value: Any, path: str) -> Any:
        logical = logical_of(kind)
        cls = None if logical or not isinstance(kind, t.FixedType) else self.classes.get(kind.name)
        if cls is not None:
            expect(type(value) is cls, path, cls.__name__, value)
            value = bytes(value)
        try:
            return base_to_json(kind, logical.to_base(value) if logical else value, path)
        except _MISFITS:
            raise EncodeError(path, f"expected {logical.label if logical else kind.kind}, got {shown(value)}") from None


class _Reader(_Walk):
    def union(self, kind: UnionType, value: Any, path: str) -> Any:
        wrapped, meant = None, None
        name, inner = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else (None, None)
        for branch in kind.branches:
            if name in (_name(branch), root_name(branch)) and branch.kind != "null":
                try:
                    return self._made(kind, branch, self._trial(branch, inner, path))
                except EncodeError as error:
                    wrapped, meant = error, branch  # a bare value may look like a wrapper
        fitting = list(self._bare(kind, value, path))
        if len(fitting) == 1:
            return self._made(kind, *fitting[0])
        if fitting:
            names = [_name(branch) for branch, _ in fitting]
            fix = f'write {{"{names[0]}": ...}}'
            raise EncodeError(path, f"fits {' and '.join(names)}: {shown(value)}", fix=fix)
        real = [branch for branch in kind.branches if branch.kind != "null"]
        if wrapped is None and len(real) == 1 and value is not None:
            return self.walk(real[0], value, path)  # raises, in the words of the one branch that can be meant
        if meant is not None:
            return self.walk(meant, inner, path)  # the same
        raise wrapped or EncodeError(path, f"expected one of {_names(kind)}, got {shown(value)}")

    def _made(self, union: UnionType, branch: Type, value: Any) -> Any:
        return Tagged(branch, value) if self.tags and value is not None and is_tagged(union) else value

    def _trial(self, kind: Type, value: Any, path: str) -> Any:
        """Return what a value is as a branch that it may be of; raise for the first thing that does not fit."""
        return _Reader(self.classes, tags=self.tags).walk(kind, value, path)

    def _bare(self, kind: UnionType, value: Any, path: str) -> Iterator[tuple[Type, Any]]:
        for branch in kind.branches:
            try:
                yield branch, self._trial(branch, value, path)
            except EncodeError:
                continue

    def record(self, kind: RecordType, value: Any, path: str) -> Any:
        expect(isinstance(value, dict), path, "object", value)
        self._refuse_unknown(value, kind, path)
        fields = {}
        for field in kind.fields:
            if field.name in value:
                fields[field.name] = self.walk(field.type, value[field.name], _below(path, field.name))
            elif field.has_default:
                defaults = _DefaultReader(self.classes, tags=self.tags)
                fields[field.name] = defaults.walk(field.type, field.default, field.name)
            else:
                self.refuse(EncodeError(_below(path, field.name), "missing, and it has no default"))
        if len(fields) < len(kind.fields):
            return None
        cls = self.classes.get(kind.name, dict)
        return cls(**{attributes(cls).get(name, name): item for name, item in fields.items()})

    def symbol(self, kind: t.EnumType, value: Any, path: str) -> Any:
        expect(isinstance(value, str) and value in kind.symbols, path, f"one of {', '.join(kind.symbols)}", value)
        return self.classes.get(kind.name, str)(value)

    def leaf(self, kind: Leaf, value: Any, path: str) -> Any:
        base = value
        if kind.kind in ("bytes", "fixed"):
            fits = isinstance(value, str) and max(value, default="") <= "\xff"
            expect(fits, path, "string of U+0000 to U+00FF", value)
            base = value.encode("latin-1")
        elif kind.kind in ("float", "double"):
            expect(not isinstance(value, float) or math.isfinite(value), path, "number", value)
            base = NON_FINITE[value] if isinstance(value, str) and value in NON_FINITE else value
        base_to_json(kind, base, path)
        logical = logical_of(kind)
        try:
            made = logical.from_base(base) if logical else base
        except _MISFITS:
            raise EncodeError(path, f"no {logical.label if logical else kind.kind}: {shown(value)}") from None
        if isinstance(kind, t.FixedType) and not logical:
            return self.classes.get(kind.name, bytes)(made)
        return float(made) if kind.kind in ("float", "double") else made


class _All(_Walk):
    """Goes on behind what does not fit, and keeps a list of it."""

    def __init__(self, classes: Classes) -> None:
        super().__init__(classes)
        self.found: list[EncodeError] = []

    def refuse(self, error: EncodeError) -> None:
        self.found.append(error)

    def walk(self, kind: Type, value: Any, path: str) -> Any:
        try:
            return super().walk(kind, value, path)
        except EncodeError as error:
            self.found.append(error)


class _AllOfWriter(_All, _Writer):
    pass


class _AllOfReader(_All, _Reader):
    pass


def _collected(walk: _All, kind: Type, value: Any) -> tuple[EncodeError, ...]:
    try:
        _guarded(walk.walk, kind, value, root_name(kind))
    except EncodeError as error:  # it goes no deeper
        walk.found.append(error)
    return tuple(walk.found)


class _DefaultReader(_Reader):
    """Read a schema's default. It was checked when the schema was read, all but the ranges of logical types."""

    def union(self, kind: UnionType, value: Any, path: str) -> Any:
        branch = next(b for b in kind.branches if default_problem(b, value) is None)
        return self._made(kind, branch, self.walk(branch, value, path))


def _fits(kind: Type, value: Any, classes: Classes) -> bool:
    try:
        _Writer(classes).walk(kind, value, "")
    except EncodeError:
        return False
    return True


def _name(branch: Type) -> str:
    return branch.name if isinstance(branch, NamedType) else branch.kind


def _names(union: UnionType) -> str:
    return ", ".join(_name(branch) for branch in union.branches) or "nothing"


def _is_coarse(kind: Type) -> bool:
    return kind.kind == "float" or (isinstance(kind, Leaf) and kind.logical == t.LogicalType("time-millis"))


def _below(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field
