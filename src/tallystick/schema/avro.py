"""Read an Avro schema from its JSON form: section "Schema Declaration" of the Avro 1.12 specification."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from tallystick.errors import InvalidAvro
from tallystick.schema import canonical
from tallystick.schema.json_text import escape, read_json
from tallystick.schema.locate import locate
from tallystick.schema.types import (
    MISSING,
    ArrayType,
    Document,
    EnumType,
    Field,
    FixedType,
    Format,
    LogicalType,
    MapType,
    NamedType,
    Place,
    PrimitiveType,
    RecordType,
    Schema,
    Type,
    UnionType,
)

MAX_DEPTH = 100
INT_BITS = {"int": 31, "long": 63}
PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")

# Section "Logical Types": which base each may stand on. An unknown or ill-placed one is ignored, as the
# specification asks, and stays in `properties`.
_LOGICAL_BASES = {
    "date": {"int"},
    "time-millis": {"int"},
    "time-micros": {"long"},
    "timestamp-millis": {"long"},
    "timestamp-micros": {"long"},
    "local-timestamp-millis": {"long"},
    "local-timestamp-micros": {"long"},
    "uuid": {"string"},
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_RESERVED = {
    "record": {"type", "name", "namespace", "aliases", "doc", "fields"},
    "error": {"type", "name", "namespace", "aliases", "doc", "fields"},
    "enum": {"type", "name", "namespace", "aliases", "doc", "symbols", "default"},
    "fixed": {"type", "name", "namespace", "aliases", "doc", "size"},
    "array": {"type", "items"},
    "map": {"type", "values"},
    "field": {"name", "type", "default", "aliases", "doc", "order"},
}


def parse_avro(document: Document) -> Schema:
    """Return the schema that a JSON text declares.

    Raises:
        InvalidJson: the text is not JSON.
        InvalidAvro: it is, but no Avro schema; with the place and what was expected there.
    """
    value = read_json(document.text, document.path)
    parser = _Parser(document)
    root = parser.parse(value, "", "", 0)
    return Schema(
        format=Format.AVRO, document=document, root=root, named=parser.named, canonical=canonical.registry_text(root)
    )


class _Parser:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.named: dict[str, NamedType] = {}

    def parse(self, value: Any, pointer: str, namespace: str, depth: int) -> Type:
        if depth > MAX_DEPTH:
            self.fail(pointer, f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(value, str):
            return self._by_name(value, pointer, namespace)
        if isinstance(value, list):
            return self._union(value, pointer, namespace, depth)
        if not isinstance(value, dict):
            self.fail(pointer, f"expected a type, got {_shown(value)}")
        if "type" not in value:
            self.fail(pointer, "a type needs 'type'")
        match kind := value["type"]:
            case "record" | "error":
                return self._record(value, pointer, namespace, depth)
            case "enum":
                return self._enum(value, pointer, namespace)
            case "fixed":
                return self._fixed(value, pointer, namespace)
            case "array":
                items = self._child(value, "items", pointer, namespace, depth)
                return ArrayType(place=self._place(pointer), properties=_extra(value, "array"), items=items)
            case "map":
                values = self._child(value, "values", pointer, namespace, depth)
                return MapType(place=self._place(pointer), properties=_extra(value, "map"), values=values)
            case str() if kind in PRIMITIVES:
                extra = {key: item for key, item in value.items() if key != "type"}
                logical = self._logical(extra, kind, pointer)
                return PrimitiveType(place=self._place(pointer), properties=extra, kind=kind, logical=logical)
            case _:
                return self.parse(kind, f"{pointer}/type", namespace, depth + 1)

    def fail(self, pointer: str, problem: str, *, fix: str | None = None) -> NoReturn:
        span = locate(Place(self.document, pointer))
        raise InvalidAvro(problem, file=span.file, line=span.line, column=span.column, fix=fix)

    def _place(self, pointer: str) -> Place:
        return Place(self.document, pointer)

    def _by_name(self, name: str, pointer: str, namespace: str) -> Type:
        if name in PRIMITIVES:
            return PrimitiveType(place=self._place(pointer), kind=name)
        full = name if "." in name else _joined(namespace, name)
        found = self.named.get(full) or self.named.get(name)
        if found is None:
            self.fail(
                pointer,
                f"unknown type '{name}'",
                fix=f"define '{name}' before its first use, or use one of {', '.join(PRIMITIVES)}",
            )
        return found  # type: ignore[return-value]  # what is registered is always a concrete type

    def _child(self, value: dict[str, Any], key: str, pointer: str, namespace: str, depth: int) -> Type:
        if key not in value:
            self.fail(pointer, f"a type of this kind needs '{key}'")
        return self.parse(value[key], f"{pointer}/{key}", namespace, depth + 1)

    def _union(self, value: list[Any], pointer: str, namespace: str, depth: int) -> UnionType:
        branches: list[Type] = []
        seen: set[str] = set()
        for index, item in enumerate(value):
            branch = self.parse(item, f"{pointer}/{index}", namespace, depth + 1)
            if isinstance(branch, UnionType):
                self.fail(f"{pointer}/{index}", "a union can't hold a union directly")
            key = branch.name if isinstance(branch, NamedType) else branch.kind
            if key in seen:
                self.fail(f"{pointer}/{index}", f"'{key}' stands twice in one union")
            seen.add(key)
            branches.append(branch)
        return UnionType(place=self._place(pointer), branches=tuple(branches))

    def _record(self, value: dict[str, Any], pointer: str, namespace: str, depth: int) -> RecordType:
        # Registered before its fields are read, so that a field can mean the record itself.
        record = RecordType(**self._names(value, pointer, namespace), properties=_extra(value, "record"))
        self._register(record, pointer)
        listed = value.get("fields")
        if not isinstance(listed, list):
            self.fail(pointer, f"record '{record.name}' needs 'fields', a list")
        fields: dict[str, Field] = {}
        for index, item in enumerate(listed):
            field = self._field(item, f"{pointer}/fields/{index}", record.namespace, depth)
            if field.name in fields:
                self.fail(f"{pointer}/fields/{index}/name", f"field '{field.name}' stands twice in '{record.name}'")
            fields[field.name] = field
        object.__setattr__(record, "fields", tuple(fields.values()))
        object.__setattr__(record, "by_name", fields)
        # Defaults are checked once the record is whole: a default may be of the record's own type.
        for field in record.fields:
            problem = default_problem(field.type, field.default) if field.has_default else None
            if problem is not None:
                self.fail(f"{field.place.pointer}/default", f"the default of field '{field.name}' {problem}")
        return record

    def _field(self, value: Any, pointer: str, namespace: str, depth: int) -> Field:
        if not isinstance(value, dict):
            self.fail(pointer, f"expected a field, got {_shown(value)}")
        order = value.get("order", "ascending")
        if order not in ("ascending", "descending", "ignore"):
            self.fail(f"{pointer}/order", f"expected ascending, descending or ignore, got {_shown(order)}")
        return Field(
            place=self._place(pointer),
            name=self._name(value, pointer),
            type=self._child(value, "type", pointer, namespace, depth),
            default=value.get("default", MISSING),
            aliases=tuple(self._strings(value, "aliases", pointer)),
            doc=self._doc(value, pointer),
            order=order,
            properties=_extra(value, "field"),
        )

    def _enum(self, value: dict[str, Any], pointer: str, namespace: str) -> EnumType:
        names = self._names(value, pointer, namespace)
        if "symbols" not in value:
            self.fail(pointer, f"enum '{names['name']}' needs 'symbols', a list")
        symbols = self._strings(value, "symbols", pointer)
        seen: set[str] = set()
        for index, symbol in enumerate(symbols):
            self._check_name(symbol, f"{pointer}/symbols/{index}")
            if symbol in seen:
                self.fail(f"{pointer}/symbols/{index}", f"symbol '{symbol}' stands twice in '{names['name']}'")
            seen.add(symbol)
        default = value.get("default")
        if default is not None and default not in symbols:
            self.fail(f"{pointer}/default", f"the enum's default {_shown(default)} is none of its symbols")
        enum = EnumType(**names, symbols=tuple(symbols), default=default, properties=_extra(value, "enum"))
        self._register(enum, pointer)
        return enum

    def _fixed(self, value: dict[str, Any], pointer: str, namespace: str) -> FixedType:
        size = value.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            self.fail(pointer, f"a fixed needs 'size', a number of bytes, got {_shown(size)}")
        extra = _extra(value, "fixed")
        logical = self._logical(extra, "fixed", pointer, size)
        fixed = FixedType(**self._names(value, pointer, namespace), size=size, logical=logical, properties=extra)
        self._register(fixed, pointer)
        return fixed

    def _logical(
        self, extra: Mapping[str, Any], base: str, pointer: str, size: int | None = None
    ) -> LogicalType | None:
        name = extra.get("logicalType")
        if name == "decimal" and base in ("bytes", "fixed"):
            return self._decimal(extra, pointer, size)
        if isinstance(name, str) and base in _LOGICAL_BASES.get(name, ()):
            return LogicalType(name)
        return None

    def _decimal(self, extra: Mapping[str, Any], pointer: str, size: int | None) -> LogicalType:
        precision, scale = extra.get("precision"), extra.get("scale", 0)
        if not isinstance(precision, int) or isinstance(precision, bool) or precision < 1:
            self.fail(pointer, f"a decimal needs 'precision', a number above 0, got {_shown(precision)}")
        if not isinstance(scale, int) or isinstance(scale, bool) or not 0 <= scale <= precision:
            self.fail(f"{pointer}/scale", f"scale must be from 0 to precision {precision}, got {_shown(scale)}")
        if size is not None and precision > len(str(2 ** (8 * size - 1) - 1)) - 1:
            self.fail(f"{pointer}/precision", f"{precision} digits do not fit {size} bytes")
        return LogicalType("decimal", precision, scale)

    def _names(self, value: dict[str, Any], pointer: str, namespace: str) -> dict[str, Any]:
        name = self._name(value, pointer, dotted=True)
        declared = value.get("namespace")
        if declared is not None and not isinstance(declared, str):
            self.fail(f"{pointer}/namespace", f"expected a namespace, got {_shown(declared)}")
        if "." not in name:
            name = _joined(namespace if declared is None else declared, name)
        for part in name.split("."):
            self._check_name(part, f"{pointer}/name")
        space = name.rpartition(".")[0]
        aliases = tuple(a if "." in a else _joined(space, a) for a in self._strings(value, "aliases", pointer))
        return {"place": self._place(pointer), "name": name, "aliases": aliases, "doc": self._doc(value, pointer)}

    def _register(self, named: NamedType, pointer: str) -> None:
        if named.name in self.named:
            self.fail(f"{pointer}/name", f"'{named.name}' is defined twice")
        if named.name in PRIMITIVES:
            self.fail(f"{pointer}/name", f"'{named.name}' is the name of a primitive type")
        self.named[named.name] = named

    def _name(self, value: dict[str, Any], pointer: str, *, dotted: bool = False) -> str:
        name = value.get("name")
        if not isinstance(name, str):
            self.fail(pointer, f"expected a 'name', got {_shown(name)}")
        if not dotted:
            self._check_name(name, f"{pointer}/name")
        return name

    def _check_name(self, name: str, pointer: str) -> None:
        if not _NAME.match(name):
            self.fail(
                pointer, f"'{name}' is not a name", fix="use letters, digits and _, and do not begin with a digit"
            )

    def _strings(self, value: dict[str, Any], key: str, pointer: str) -> list[str]:
        listed = value.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self.fail(f"{pointer}/{escape(key)}", f"expected a list of strings, got {_shown(listed)}")
        return listed

    def _doc(self, value: dict[str, Any], pointer: str) -> str | None:
        doc = value.get("doc")
        if doc is not None and not isinstance(doc, str):
            self.fail(f"{pointer}/doc", f"expected a text, got {_shown(doc)}")
        return doc


def default_problem(kind: Type, value: Any) -> str | None:
    """Say why a JSON value can't be a default of a type; None if it can.

    Section "Complex Types", table of field defaults. A union's default may be of any branch since 1.12.
    """
    match kind:
        case UnionType(branches=branches):
            fits = any(default_problem(branch, value) is None for branch in branches)
            return None if fits else f"fits no branch of its union: {_shown(value)}"
        case RecordType():
            return _record_default_problem(kind, value)
        case ArrayType(items=items):
            if not isinstance(value, list):
                return f"must be a list, not {_shown(value)}"
            return next((p for item in value if (p := default_problem(items, item))), None)
        case MapType(values=values):
            if not isinstance(value, dict):
                return f"must be an object, not {_shown(value)}"
            return next((p for item in value.values() if (p := default_problem(values, item))), None)
        case EnumType(symbols=symbols):
            return None if value in symbols else f"is none of the enum's symbols: {_shown(value)}"
        case FixedType(size=size):
            fits = _is_latin(value) and len(value) == size
            return None if fits else f"must be a string of {size} characters up to U+00FF, not {_shown(value)}"
        case _:
            return _primitive_default_problem(kind.kind, value)


def _record_default_problem(record: RecordType, value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"must be an object, not {_shown(value)}"
    for field in record.fields:
        if field.name not in value and not field.has_default:
            return f"lacks field '{field.name}'"
        problem = default_problem(field.type, value[field.name]) if field.name in value else None
        if problem is not None:
            return f"has a field '{field.name}' that {problem}"
    return None


def _primitive_default_problem(kind: str, value: Any) -> str | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        **{k: isinstance(value, int) and number and -(1 << b) <= value < 1 << b for k, b in INT_BITS.items()},
        "float": number,
        "double": number,
        "bytes": _is_latin(value),
        "string": isinstance(value, str),
    }
    return None if fits[kind] else f"must be {kind}, not {_shown(value)}"


def _is_latin(value: Any) -> bool:
    return isinstance(value, str) and all(ord(c) <= 0xFF for c in value)  # noqa: PLR2004  # bytes are written as U+0000 to U+00FF


def _joined(namespace: str, name: str) -> str:
    return f"{namespace}.{name}" if namespace else name


def _extra(value: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in _RESERVED[kind]}


def _shown(value: Any) -> str:
    import json  # noqa: PLC0415  # only a message needs it

    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # a message is one line
