"""Values under a .proto file as JSON: https://protobuf.dev/programming-guides/json/, the ProtoJSON format.

Where that page leaves parsers a choice, this one is strict: what it takes, every parser takes in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from tallystick.errors import EncodeError
from tallystick.schema.protobuf_types import Presence, ProtoEnum, ProtoField, ProtoMessage, ProtoSchema, ProtoScope
from tallystick.values.leaf import expect, shown, text, unknown_field
from tallystick.values.proto_leaf import TEXTS, WRAPPED, integer, map_key, scalar

MAX_DEPTH = 100
"""How deep messages may nest: parsers of all languages stop there unless told otherwise."""
_VALUE, _NULL = "google.protobuf.Value", "google.protobuf.NullValue"
_STRUCT, _LIST, _ANY = "google.protobuf.Struct", "google.protobuf.ListValue", "google.protobuf.Any"


def check_json(schema: ProtoSchema, value: Any) -> None:
    """Check that a JSON value is a message of the schema.

    Raises:
        EncodeError: with the path of the first thing that does not fit.
    """
    _Checker(schema).message(schema.root, value, schema.root.short_name, 1)


class _Checker:
    """Walks a value along its message. `depth` counts messages, and lists and objects of any kind of value."""

    def __init__(self, schema: ProtoSchema) -> None:
        self._schema = schema

    @cached_property
    def _messages(self) -> Mapping[str, ProtoMessage]:
        """Return what an Any may hold: the messages of all files that the schema is made of."""
        kinds = (kind for file in self._schema.file.closure() for kind in file.types())
        return {kind.name: kind for kind in kinds if isinstance(kind, ProtoMessage)}

    @cached_property
    def _extensions(self) -> Mapping[str, ProtoField]:
        return {
            f"{scope}.{field.name}".lstrip("."): field
            for file in self._schema.file.closure()
            for scope, field in _extensions(file.package, file)
        }

    def message(self, kind: ProtoMessage, value: Any, path: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise EncodeError(path, f"nested deeper than {MAX_DEPTH} messages")
        if kind.name in TEXTS:
            TEXTS[kind.name](value, path)
        elif kind.name in WRAPPED:
            scalar(WRAPPED[kind.name], value, path)
        elif kind.name in self._special:
            self._special[kind.name](value, path, depth)
        else:
            expect(isinstance(value, dict), path, f"{kind.short_name} as an object", value)
            self._fields(kind, value, path, depth)

    @cached_property
    def _special(self) -> Mapping[str, Callable[[Any, str, int], None]]:
        return {_ANY: self._any, _STRUCT: self._struct, _LIST: self._list, _VALUE: self._value}

    def _fields(self, kind: ProtoMessage, value: Mapping[str, Any], path: str, depth: int) -> None:
        keys: dict[ProtoField, str] = {}
        oneofs: dict[str, str] = {}
        for key, inner in value.items():
            field = self._named(kind, key, path)
            if field in keys:
                raise EncodeError(_below(path, key), f"{shown(keys[field])} and {shown(key)} are the same field")
            keys[field] = key
            if inner is None and (field.is_repeated or not _knows_null(field)):
                continue
            if field.oneof is not None and oneofs.setdefault(field.oneof, key) != key:
                both = f"{shown(oneofs[field.oneof])} and {shown(key)}"
                raise EncodeError(_below(path, key), f"{both} are both set, and the oneof '{field.oneof}' takes one")
            self._field(field, inner, _below(path, key), depth)
        for field in kind.fields:
            if field.presence is Presence.REQUIRED and value.get(keys.get(field, "")) is None:
                raise EncodeError(_below(path, field.json_name), "missing, and it is required")

    def _named(self, kind: ProtoMessage, key: str, path: str) -> ProtoField:
        by_json = next((field for field in kind.fields if field.json_name == key), None)
        found = by_json or kind.by_name.get(key)
        if found is None and key.startswith("[") and key.endswith("]"):
            extension = self._extensions.get(key[1:-1])
            found = extension if extension is not None and extension.extends == kind.name else None
        if found is None:
            raise unknown_field(path, key, [field.json_name for field in kind.fields], kind.short_name)
        return found

    def _field(self, field: ProtoField, value: Any, path: str, depth: int) -> None:
        if field.entry is not None:
            expect(isinstance(value, dict), path, "an object, for a map", value)
            self._map(*field.entry, value, path, depth)
        elif field.is_repeated:
            expect(isinstance(value, list), path, "a list", value)
            for index, item in enumerate(value):
                self._one(field, item, f"{path}[{index}]", depth)
        else:
            self._one(field, value, path, depth)

    def _map(self, key: ProtoField, kind: ProtoField, value: Mapping[str, Any], path: str, depth: int) -> None:
        seen: dict[Any, str] = {}
        for name, item in value.items():
            at = f"{path}[{name!r}]"
            known = map_key(key.kind, name, at)
            if known in seen:
                raise EncodeError(at, f"{shown(seen[known])} and {shown(name)} are the same key")
            seen[known] = name
            self._one(kind, item, at, depth)

    def _one(self, field: ProtoField, value: Any, path: str, depth: int) -> None:
        if value is None and not _knows_null(field):
            raise EncodeError(path, "null is no value inside a list or a map")
        if isinstance(field.type, ProtoMessage):
            self.message(field.type, value, path, depth + 1)
        elif isinstance(field.type, ProtoEnum):
            _enum(field.type, value, path)
        else:
            scalar(field.kind, value, path)

    def _any(self, value: Any, path: str, depth: int) -> None:
        expect(isinstance(value, dict), path, "an object with '@type', for an Any", value)
        if not value:
            return
        url = value.get("@type")
        expect(isinstance(url, str) and "/" in url, path, "'@type' as in 'type.googleapis.com/acme.Order'", url)
        name = str(url).rpartition("/")[2]
        kind = self._messages.get(name)
        if kind is None:
            raise EncodeError(path, f"nothing that the schema imports defines {shown(name)}", fix="import its file")
        rest = {key: inner for key, inner in value.items() if key != "@type"}
        if name in TEXTS or name in WRAPPED or name in self._special:
            if [*rest] != ["value"]:
                raise EncodeError(path, f"expected '@type' and 'value' and nothing else, for an Any of {name}")
            self.message(kind, rest["value"], f"{path}.value", depth + 1)
        else:
            self.message(kind, rest, path, depth + 1)

    def _struct(self, value: Any, path: str, depth: int) -> None:
        expect(isinstance(value, dict), path, "an object", value)
        self._value(value, path, depth)

    def _list(self, value: Any, path: str, depth: int) -> None:
        expect(isinstance(value, list), path, "a list", value)
        self._value(value, path, depth)

    def _value(self, value: Any, path: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise EncodeError(path, f"nested deeper than {MAX_DEPTH} values")
        match value:
            case dict():
                for key, inner in value.items():
                    self._value(inner, f"{path}[{text(key, path)!r}]", depth + 1)
            case list():
                for index, inner in enumerate(value):
                    self._value(inner, f"{path}[{index}]", depth + 1)
            case str():
                text(value, path)
            case int() | float() if not isinstance(value, bool):
                scalar("double", value, path)


def _enum(kind: ProtoEnum, value: Any, path: str) -> None:
    if kind.name == _NULL and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        names = [one.name for one in kind.values]
        expect(value in names, path, f"one of {', '.join(names)}", value)
        return
    number = integer("int32", value, path)
    if kind.is_closed and not kind.named(number):
        known = ", ".join(f"{one.number} ({one.name})" for one in kind.values)
        raise EncodeError(path, f"expected one of {known}, got {shown(value)}")


def _knows_null(field: ProtoField) -> bool:
    """Say whether null is a value of a field, and not a word for leaving it out."""
    return field.type is not None and field.type.name in (_VALUE, _NULL)


def _extensions(prefix: str, scope: ProtoScope) -> Iterator[tuple[str, ProtoField]]:
    yield from ((prefix, field) for field in scope.extensions)
    for message in scope.messages:
        yield from _extensions(message.name, message)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isascii() and key.isidentifier() else f"{path}[{key!r}]"
