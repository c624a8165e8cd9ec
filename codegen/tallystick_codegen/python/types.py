"""A schema's types as Python annotations, and its defaults as Python expressions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from tallystick.errors import EncodeError
from tallystick.schema.avro_defaults import default_problem
from tallystick.schema.types import ArrayType, EnumType, Field, MapType, Place, RecordType, Type, UnionType
from tallystick.values.avro_json import default_value
from tallystick.values.logical import python_type
from tallystick_codegen.python.names import refuse
from tallystick_codegen.python.text import Bracket, Either, Tree, flat, literal, prefixed


class Scope:
    """Renders what stands in one class, and collects in `used` each name that it takes from outside."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def annotation(self, kind: Type) -> Tree:
        """Return a type as it stands after a field's colon."""
        match kind:
            case UnionType(branches=branches):
                distinct = {flat(tree): tree for tree in map(self.annotation, branches)}
                ordered = sorted(distinct, key=lambda text: text == "None")
                return Either(tuple(distinct[text] for text in ordered)) if len(ordered) > 1 else "".join(ordered)
            case ArrayType(items=items):
                return Bracket(f"{self._use('list')}[", (self.annotation(items),), "]", comma="")
            case MapType(values=values):
                return Bracket(f"{self._use('dict')}[", (self._use("str"), self.annotation(values)), "]")
            case RecordType() | EnumType():
                return self._use(kind.short_name)
            case _:
                found = python_type(kind, {})
                return self._use(found.__name__) if found and kind.kind != "null" else "None"

    def default(self, field: Field) -> Tree:
        """Return the expression of a field's default. A mutable one is made anew for each message."""
        try:
            default_value(field)
        except EncodeError as error:
            place = Place(field.place.document, f"{field.place.pointer}/default")
            refuse(place, f"this default has no value in Python: {error}", "use one that its type can hold")
        tree = self._expression(field, field.type, field.default)
        if not isinstance(tree, Bracket) or not tree.comma:
            return tree
        empty = {"[]": "list", "{}": "dict"}.get(flat(tree))
        made = f"default_factory={self._use(empty)}" if empty else prefixed("default_factory=lambda: ", tree)
        return Bracket(f"{self._use('field')}(", (made,), ")")

    def _use(self, name: str) -> str:
        self.used.add(name)
        return name

    def _expression(self, field: Field, kind: Type, value: Any) -> Tree:
        match kind:
            case UnionType(branches=branches):
                return self._expression(field, next(b for b in branches if default_problem(b, value) is None), value)
            case RecordType(fields=fields):
                given = [(f"{f.name}=", self._expression(f, f.type, value[f.name])) for f in fields if f.name in value]
                return Bracket(f"{self._use(kind.short_name)}(", tuple(prefixed(*item) for item in given), ")")
            case EnumType():
                return f"{self._use(kind.short_name)}.{value}"
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
