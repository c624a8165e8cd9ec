"""From JSON to the type model: each kind of type, its attributes, and what the specification asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.schema import walk
from tallystick.schema.avro_attributes import Attributes
from tallystick.schema.avro_defaults import default_misfit, shown
from tallystick.schema.avro_logical import logical_type
from tallystick.schema.avro_names import NAME, PRIMITIVES, full_name, possible_names
from tallystick.schema.types import (
    MISSING,
    NO_PROPERTIES,
    ArrayType,
    Document,
    EnumType,
    Field,
    FixedType,
    MapType,
    NamedType,
    Place,
    PrimitiveType,
    RecordType,
    Type,
    UnionType,
)

MAX_DEPTH = 100
# What the specification gives a meaning, on whichever type: Java's parser keeps none of these as a custom property.
# What people write who come from JSON, Java, SQL or Protobuf.
_OTHER_WORDS = {
    "integer": "int",
    "int32": "int",
    "int64": "long",
    "bigint": "long",
    "short": "int",
    "byte": "int",
    "number": "double",
    "real": "double",
    "float64": "double",
    "float32": "float",
    "numeric": "double",
    "bool": "boolean",
    "str": "string",
    "text": "string",
    "varchar": "string",
    "binary": "bytes",
    "none": "null",
}
_RESERVED = {"type", "name", "namespace", "aliases", "doc", "fields", "items", "values", "size", "symbols"}
_RESERVED_IN_ENUM = _RESERVED | {"default"}
_RESERVED_IN_FIELD = {"name", "type", "default", "aliases", "doc", "order"}


class Parser(Attributes):
    """One document. `named` are the types that it has defined so far."""

    def __init__(self, document: Document, known: Mapping[str, NamedType]) -> None:
        super().__init__(document)
        self.named: dict[str, NamedType] = {}
        self._known = known
        self._waiting: dict[str, tuple[Any, str]] = {}
        self._namespace = ""

    def protocol(self, value: Any) -> dict[str, Type]:
        """Read the types of a protocol, which may use one another in any order; return those at the top."""
        types = value.get("types", []) if isinstance(value, dict) else None
        if not isinstance(types, list):
            self.fail("", "expected a protocol: an object with 'types', a list")
        self._namespace = value.get("namespace") or ""
        if not isinstance(self._namespace, str):
            self.fail("/namespace", f"expected a namespace, got {shown(self._namespace)}")
        for index, item in enumerate(types):
            name = full_name(item, self._namespace)
            if name in self._waiting:
                self.fail(f"/types/{index}/name", f"'{name}' is defined twice")
            self._waiting[name or f"/types/{index}"] = item, f"/types/{index}"
        top = list(self._waiting)
        while self._waiting:
            self._read_waiting(next(iter(self._waiting)), 0)
        return {name: self.named[name] for name in top if name in self.named}  # type: ignore[misc]  # what is registered is always a concrete type

    def main(self, value: dict[str, Any], wanted: str | None, types: dict[str, Type]) -> Type:
        """Return the schema of a file of types: the one that is wanted, or declared, or used by no other."""
        for name, kind in types.items():
            if wanted in (name, name.rpartition(".")[2]):
                return kind
        if "schema" in value:
            return self.parse(value["schema"], "/schema", self._namespace, 0)
        used = {used for name, kind in self.named.items() for used in walk.uses(kind) if used != name}
        free = [kind for name, kind in types.items() if isinstance(kind, RecordType) and name not in used]
        if len(free) != 1:
            listed = [f"'{name}'" for name, kind in types.items() if isinstance(kind, RecordType)]
            names = ", ".join(listed[:5] + ["…"] * (len(listed) > 5))  # noqa: PLR2004  # a message is one line
            fix = "name one: schema <name>; below the namespace, or schema[0].name in contract.yaml"
            self.fail("", f"no single record is the schema here; the records are {names or 'none'}", fix=fix)
        return free[0]

    def parse(self, value: Any, pointer: str, namespace: str, depth: int) -> Type:
        """Return the type that a value at a pointer declares, in a namespace."""
        if depth > MAX_DEPTH:
            self.fail(pointer, f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(value, str):
            return self._by_name(value, pointer, namespace, depth)
        if isinstance(value, list):
            return self._union(value, pointer, namespace, depth)
        if not isinstance(value, dict):
            self.fail(pointer, f"expected a type, got {shown(value)}")
        if "type" not in value:
            self.fail(pointer, "a type needs 'type'")
        return self._of_kind(value["type"], value, pointer, namespace, depth)

    def _of_kind(self, kind: Any, value: dict[str, Any], pointer: str, namespace: str, depth: int) -> Type:
        if not isinstance(kind, str):
            fix = "write the inner type itself, without an object around it"
            self.fail(f"{pointer}/type", f"expected the name of a type, got {shown(kind)}", fix=fix)
        match kind:
            case "record" | "error":
                return self._record(value, pointer, namespace, depth)
            case "enum":
                return self._enum(value, pointer, namespace)
            case "fixed":
                return self._fixed(value, pointer, namespace)
            case "array":
                items = self._child(value, "items", pointer, namespace, depth)
                return ArrayType(place=self._place(pointer), properties=_extra(value), items=items)
            case "map":
                values = self._child(value, "values", pointer, namespace, depth)
                return MapType(place=self._place(pointer), properties=_extra(value), values=values)
            case _ if kind in PRIMITIVES:
                extra = _extra(value)
                logical = logical_type(extra, kind)
                return PrimitiveType(place=self._place(pointer), properties=extra, kind=kind, logical=logical)
            case _:
                return self._by_name(kind, f"{pointer}/type", namespace, depth)

    def check_defaults(self) -> None:
        """Check all defaults. Only now is each record whole: a default may be of a record that holds it."""
        for named in self.named.values():
            for field in named.fields if isinstance(named, RecordType) else ():
                misfit = default_misfit(field.type, field.default) if field.has_default else None
                if misfit is not None:
                    path = misfit.path.lstrip(".")
                    path = path if len(path) <= 60 else f"…{path[-57:]}"  # noqa: PLR2004  # a message is one line
                    inner = f"in the default of field '{field.name}', '{path}'"
                    subject = inner if misfit.path else f"the default of field '{field.name}'"
                    self.fail(f"{field.place.pointer}/default{misfit.pointer}", f"{subject} {misfit.problem}")

    def named_in(self, root: Type) -> dict[str, NamedType]:
        """Return the named types of a schema. Two of one name come from two files, and a text has room for one."""
        named: dict[str, NamedType] = {}
        found, depth = walk.survey(root)
        if depth > MAX_DEPTH:
            self.fail("", f"with the types that it uses, nested more than {MAX_DEPTH} levels deep")
        for kind in found:
            other = named.setdefault(kind.name, kind)
            if other is not kind:
                files = f"'{other.place.document.path}' and '{kind.place.document.path}'"
                fix = "keep one definition, or give them different names"
                self.fail("", f"this schema needs two types called '{kind.name}', from {files}", fix=fix)
        return named

    def _near(self, name: str) -> str | None:
        """Return what a name may be meant to be: what other languages call a type, or one that is spelt nearly so."""
        from difflib import get_close_matches  # noqa: PLC0415  # only who has such an error pays for it

        near = get_close_matches(name, [*PRIMITIVES, *_OTHER_WORDS], n=1, cutoff=0.75)
        return _OTHER_WORDS.get(near[0], near[0]) if near else None

    def _place(self, pointer: str) -> Place:
        return Place(self.document, pointer)

    def _by_name(self, name: str, pointer: str, namespace: str, depth: int) -> Type:
        if name in PRIMITIVES:
            return PrimitiveType(place=self._place(pointer), kind=name)
        found = self._find(name, namespace, depth)
        if found is None:
            near = self._near(name)
            fix = f"define '{name}' before its first use, or use one of {', '.join(PRIMITIVES)}"
            self.fail(pointer, f"unknown type '{name}'", fix=f"write '{near}'" if near else fix)
        return found  # type: ignore[return-value]  # what is registered is always a concrete type

    def _find(self, name: str, namespace: str, depth: int) -> NamedType | None:
        for full in possible_names(name, namespace):
            if full in self._waiting:
                self._read_waiting(full, depth)
            if full in self.named or full in self._known:
                return self.named.get(full) or self._known[full]
        return None

    def _read_waiting(self, name: str, depth: int) -> None:
        value, pointer = self._waiting.pop(name)
        self.parse(value, pointer, self._namespace, depth)

    def _child(self, value: dict[str, Any], key: str, pointer: str, namespace: str, depth: int) -> Type:
        if key not in value:
            self.fail(pointer, f"a type of this kind needs '{key}'")
        return self.parse(value[key], f"{pointer}/{key}", namespace, depth + 1)

    def _union(self, value: list[Any], pointer: str, namespace: str, depth: int) -> UnionType:
        branches: list[Type] = []
        seen: set[tuple[bool, str]] = set()
        for index, item in enumerate(value):
            branch = self.parse(item, f"{pointer}/{index}", namespace, depth + 1)
            if isinstance(branch, UnionType):
                self.fail(f"{pointer}/{index}", "a union can't hold a union directly")
            is_named = isinstance(branch, NamedType)
            key = branch.name if isinstance(branch, NamedType) else branch.kind
            if (is_named, key) in seen:
                self.fail(
                    f"{pointer}/{index}", f"'{key}' stands twice in one union", fix=f"take the second '{key}' out"
                )
            seen.add((is_named, key))
            branches.append(branch)
        return UnionType(place=self._place(pointer), branches=tuple(branches))

    def _record(self, value: dict[str, Any], pointer: str, namespace: str, depth: int) -> RecordType:
        # Registered before its fields are read, so that a field can mean the record itself.
        names, is_error = self._names(value, pointer, namespace), value["type"] == "error"
        record = RecordType(**names, properties=_extra(value), is_error=is_error)
        self._register(record, pointer)
        listed = value.get("fields")
        if not isinstance(listed, list):
            self.fail(pointer, f"record '{record.name}' needs 'fields', a list")
        fields: dict[str, Field] = {}
        for index, item in enumerate(listed):
            field = self._field(item, f"{pointer}/fields/{index}", record.namespace, depth)
            if field.name in fields:
                self.fail(
                    f"{pointer}/fields/{index}/name",
                    f"field '{field.name}' stands twice in '{record.name}'",
                    fix=f"give the second '{field.name}' another name, or take it out",
                )
            fields[field.name] = field
        object.__setattr__(record, "fields", tuple(fields.values()))
        object.__setattr__(record, "by_name", fields)
        return record

    def _field(self, value: Any, pointer: str, namespace: str, depth: int) -> Field:
        if not isinstance(value, dict):
            self.fail(pointer, f"expected a field, got {shown(value)}")
        order = value.get("order", "ascending")
        if order not in ("ascending", "descending", "ignore"):
            self.fail(f"{pointer}/order", f"expected ascending, descending or ignore, got {shown(order)}")
        return Field(
            place=self._place(pointer),
            name=self._name(value, pointer),
            type=self._child(value, "type", pointer, namespace, depth),
            default=value.get("default", MISSING),
            aliases=self._aliases(value, pointer),
            doc=self._doc(value, pointer),
            order=order,
            properties=_extra(value, _RESERVED_IN_FIELD),
        )

    def _enum(self, value: dict[str, Any], pointer: str, namespace: str) -> EnumType:
        names = self._names(value, pointer, namespace)
        if "symbols" not in value:
            self.fail(pointer, f"enum '{names['name']}' needs 'symbols', a list")
        symbols = self._strings(value, "symbols", pointer)
        # All at once, and one by one only where something is wrong: there may be a million.
        if len(set(symbols)) != len(symbols) or not all(map(NAME.match, symbols)):
            self._fail_symbols(symbols, pointer, names["name"])
        default = value.get("default")
        if default is not None and default not in symbols:
            self.fail(f"{pointer}/default", f"the enum's default {shown(default)} is none of its symbols")
        enum = EnumType(**names, symbols=tuple(symbols), default=default, properties=_extra(value, _RESERVED_IN_ENUM))
        self._register(enum, pointer)
        return enum

    def _fail_symbols(self, symbols: list[str], pointer: str, name: str) -> None:
        seen: set[str] = set()
        for index, symbol in enumerate(symbols):
            self._check_name(symbol, f"{pointer}/symbols/{index}")
            if symbol in seen:
                self.fail(
                    f"{pointer}/symbols/{index}",
                    f"symbol '{symbol}' stands twice in '{name}'",
                    fix=f"take the second '{symbol}' out",
                )
            seen.add(symbol)

    def _fixed(self, value: dict[str, Any], pointer: str, namespace: str) -> FixedType:
        size = value.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 1 << 31:
            self.fail(pointer, f"a fixed needs 'size', a number of bytes, got {shown(size)}")
        extra, names = _extra(value), self._names(value, pointer, namespace)
        fixed = FixedType(**names, size=size, logical=logical_type(extra, "fixed", size), properties=extra)
        self._register(fixed, pointer)
        return fixed

    def _register(self, named: NamedType, pointer: str) -> None:
        if named.name in self.named:
            self.fail(f"{pointer}/name", f"'{named.name}' is defined twice")
        if named.short_name in PRIMITIVES:
            self.fail(f"{pointer}/name", f"'{named.short_name}' is the name of a primitive type")
        self.named[named.name] = named


def _extra(value: Mapping[str, Any], reserved: set[str] = _RESERVED) -> Mapping[str, Any]:
    if value.keys() <= reserved:
        return NO_PROPERTIES
    return {key: item for key, item in value.items() if key not in reserved}
