"""Write an Avro schema back as JSON: the registry's text, and the specification's parsing canonical form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tallystick.schema.types import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    Node,
    PrimitiveType,
    RecordType,
    Type,
    UnionType,
)

# A type may be called like one of these; Java then refers to it in full.
_KINDS = {"record", "enum", "array", "map", "union", "fixed", "string", "bytes", "int", "long", "float", "double",
          "boolean", "null"}  # fmt: skip


def registry_text(root: Type, known: Iterable[str] = ()) -> str:
    """Return the text that a Confluent registry stores and compares: Apache Avro's `Schema.toString()`.

    `known` are full names of types that another text defines: they are named, and not written out.

    Docs, defaults, aliases and custom properties stay; white space goes, `{"type": "string"}` becomes `"string"`,
    attributes get the Java library's order.
    """
    return _dump(_Writer(full=True, known=known).write(root, ""))


def normalized_text(root: Type, known: Iterable[str] = ()) -> str:
    """Return what a Confluent registry keeps of a schema sent with `normalize=true`.

    Like `registry_text`, but attributes of one's own are sorted by name (a logical type's come first), and so are
    aliases; an empty doc of a named type goes.
    """
    return _dump(_Writer(full=True, normal=True, known=known).write(root, ""))


def parsing_canonical_form(root: Type) -> str:
    """Return the form that fingerprints are made of: Avro 1.12, "Parsing Canonical Form for Schemas"."""
    return _dump(_Writer(full=False).write(root, ""))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Writer:
    """One walk for all forms: they differ in what is left out, in its order, and in how names are spelt."""

    def __init__(self, *, full: bool, normal: bool = False, known: Iterable[str] = ()) -> None:
        self._full, self._normal = full, normal
        self._written = set(known)

    def write(self, node: Type, namespace: str) -> Any:
        extra = self._extra(node)
        match node:
            case UnionType():
                return [self.write(branch, namespace) for branch in node.branches]
            case ArrayType():
                return {"type": "array", "items": self.write(node.items, namespace), **extra}
            case MapType():
                return {"type": "map", "values": self.write(node.values, namespace), **extra}
            case RecordType() | EnumType() | FixedType():
                return self._named(node, namespace, extra)
            case _:
                return {"type": node.kind, **extra} if extra else node.kind

    def _named(self, node: RecordType | EnumType | FixedType, namespace: str, extra: dict[str, Any]) -> Any:
        if node.name in self._written:
            is_clear = node.namespace == namespace and node.short_name not in _KINDS
            return node.short_name if self._full and is_clear else node.name
        self._written.add(node.name)
        return self._head(node, namespace) | self._body(node) | extra | self._aliases(node, node.namespace)

    def _head(self, node: RecordType | EnumType | FixedType, namespace: str) -> dict[str, Any]:
        if not self._full:
            return {"name": node.name, "type": node.kind}
        kind = "error" if isinstance(node, RecordType) and node.is_error else node.kind
        head: dict[str, Any] = {"type": kind, "name": node.short_name}
        if node.namespace != namespace:
            head["namespace"] = node.namespace
        is_empty = not node.doc if self._normal else node.doc is None
        return head if is_empty else head | {"doc": node.doc}

    def _body(self, node: RecordType | EnumType | FixedType) -> dict[str, Any]:
        match node:
            case RecordType():
                return {"fields": [self._field(field, node.namespace) for field in node.fields]}
            case EnumType():
                default = {"default": node.default} if self._full and node.default is not None else {}
                return {"symbols": list(node.symbols), **default}
            case FixedType():
                return {"size": node.size}

    def _field(self, field: Any, namespace: str) -> dict[str, Any]:
        written = {"name": field.name, "type": self.write(field.type, namespace)}
        if not self._full:
            return written
        if field.doc is not None:
            written["doc"] = field.doc
        if field.has_default:
            written["default"] = field.default
        if field.order != "ascending":
            written["order"] = field.order
        if field.aliases:
            written["aliases"] = sorted(field.aliases) if self._normal else list(field.aliases)
        return written | self._extra(field)

    def _extra(self, node: Node) -> dict[str, Any]:
        if not self._full or not self._normal:
            return dict(node.properties) if self._full else {}
        logical = node.logical if isinstance(node, PrimitiveType | FixedType) else None
        first = [] if logical is None else ["logicalType"]
        if logical is not None and logical.name == "decimal":
            first += ["precision", "scale"] if logical.scale else ["precision"]
        return {key: node.properties[key] for key in [*first, *sorted(node.properties.keys() - set(first))]}

    def _aliases(self, node: NamedType, namespace: str) -> dict[str, Any]:
        if not self._full or not node.aliases:
            return {}
        aliases = sorted(node.aliases) if self._normal else node.aliases
        return {"aliases": [a.rpartition(".")[2] if a.rpartition(".")[0] == namespace else a for a in aliases]}
