"""A schema's types as Python annotations, and its defaults as Python expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from tallystick.errors import EncodeError
from tallystick.schema.avro_defaults import default_problem
from tallystick.schema.types import ArrayType, EnumType, Field, FixedType, MapType, Place, RecordType, Type, UnionType
from tallystick.values.avro_json import default_value
from tallystick.values.logical import python_type
from tallystick.values.types import Duration, LocalTimestampNanos, TimestampNanos
from tallystick_codegen.python.names import Names, id_of, member_names, refuse
from tallystick_codegen.python.text import Bracket, Either, Tree, flat, literal, prefixed


class Scope:
    """Renders what stands in one class, and collects in `used` each name that it takes from outside."""

    def __init__(self, names: Names, attributes: Callable[[RecordType], Mapping[str, str]]) -> None:
        self.names, self.attributes = names, attributes
        self.used: set[str] = set()

    def annotation(self, kind: Type) -> Tree:
        """Return a type as it stands after a field's colon."""
        match kind:
            case UnionType(branches=branches):
                distinct = {flat(tree): tree for tree in map(self.annotation, branches)}
                ordered = sorted(distinct, key=lambda text: text == "None")
                if len(ordered) < 2:  # noqa: PLR2004  # one type alone, or none at all
                    return distinct[ordered[0]] if ordered else self._use("Never")
                return Either(tuple(distinct[text] for text in ordered))
            case ArrayType(items=items):
                return Bracket(f"{self._use('list')}[", (self.annotation(items),), "]", comma="")
            case MapType(values=values):
                return Bracket(f"{self._use('dict')}[", (self._use("str"), self.annotation(values)), "]")
            case RecordType() | EnumType() | FixedType() if id_of(kind) in self.names:
                return self.names[id_of(kind)]
            case _:
                found = python_type(kind, {})
                return self._use(found.__name__) if found and kind.kind != "null" else "None"

    def value(self, field: Field, attribute: str) -> Tree:
        """Return what stands behind a field's `=`, if anything. The wire's name stands there if Python has another."""
        renamed = () if attribute == field.name else (f"metadata={{{literal('wire')}: {literal(field.name)}}}",)
        default = self._checked(field) if field.has_default else ""
        if default and isinstance(default, Bracket) and default.comma:  # it can change: made anew for each message
            empty = {"[]": "list", "{}": "dict"}.get(flat(default))
            default = f"default_factory={self._use(empty)}" if empty else prefixed("default_factory=lambda: ", default)
        elif not renamed:
            return default
        else:
            default = prefixed("default=", default) if default else ""
        return Bracket(f"{self._use('field')}(", (*([default] if default else []), *renamed), ")")

    def _checked(self, field: Field) -> Tree:
        try:
            default_value(field)
        except EncodeError as error:
            place = Place(field.place.document, f"{field.place.pointer}/default")
            refuse(place, f"this default has no value in Python: {error}", "use one that its type can hold")
        return self._expression(field, field.type, field.default)

    def _use(self, name: str) -> str:
        self.used.add(name)
        return name

    def _expression(self, field: Field, kind: Type, value: Any) -> Tree:
        match kind:
            case UnionType(branches=branches):
                return self._expression(field, next(b for b in branches if default_problem(b, value) is None), value)
            case RecordType(fields=fields):
                names = self.attributes(kind)
                given = [
                    (f"{names[f.name]}=", self._expression(f, f.type, value[f.name])) for f in fields if f.name in value
                ]
                return Bracket(f"{self.names[id_of(kind)]}(", tuple(prefixed(*item) for item in given), ")")
            case EnumType():
                return f"{self.names[id_of(kind)]}.{member_names(kind)[value]}"
            case FixedType() if id_of(kind) in self.names:
                made = literal(default_value(replace(field, type=kind, default=value)))
                return Bracket(f"{self.names[id_of(kind)]}(", (made,), ")", comma="")
            case ArrayType(items=items):
                return Bracket("[", tuple(self._expression(field, items, item) for item in value), "]")
            case MapType(values=values):
                members = [(f"{literal(key)}: ", self._expression(field, values, v)) for key, v in value.items()]
                return Bracket("{", tuple(prefixed(*member) for member in members), "}")
            case _:
                return self._leaf(default_value(replace(field, type=kind, default=value)))

    def _leaf(self, value: Any) -> Tree:
        match value:
            case str() | bytes():
                return literal(value)
            case float():
                return repr(value).replace("e+", "e")
            case Duration():
                return self._call(value, ", ".join(f"{name}={part}" for name, part in value._asdict().items()))
            case TimestampNanos() | LocalTimestampNanos():
                return self._call(value, str(int(value)))
            case Decimal() | UUID():
                return self._call(value, f'"{value}"')
            case date() | time():
                arguments = repr(value).partition("(")[2].removesuffix(")")
                zoned = arguments.replace("datetime.timezone.utc", "UTC")
                self.used |= {"UTC"} if zoned != arguments else set()
                return self._call(value, zoned)
            case _:
                return repr(value)

    def _call(self, value: Any, arguments: str) -> Tree:
        return Bracket(f"{self._use(type(value).__name__)}(", (arguments,), ")", comma="")
