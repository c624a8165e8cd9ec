"""The parts of an Avro schema: its named types, with their fields and symbols."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tallystick.gate.diff.parts import Facts, Part, plain, said
from tallystick.schema.types import (
    MISSING,
    ArrayType,
    EnumType,
    Field,
    FixedType,
    LogicalType,
    MapType,
    NamedType,
    Node,
    PrimitiveType,
    RecordType,
    Schema,
    Type,
    UnionType,
)


def avro_parts(schema: Schema) -> Iterator[Part]:
    """Yield the types that a schema is made of; first the message itself, if that is a type without a name."""
    if not isinstance(schema.root, NamedType):
        yield Part("", "the message", {"type": spelt(schema.root)})
    for kind in schema.named.values():
        yield _named(kind, schema.root)


def spelt(kind: Type) -> str:
    """Return a type in words: `array of OrderLine`, `long (timestamp-millis) or null`."""
    if isinstance(kind, NamedType):
        return kind.short_name
    own = _own_properties(kind)
    return f"{_unnamed(kind)} {plain(own)}" if own else _unnamed(kind)


def _unnamed(kind: PrimitiveType | ArrayType | MapType | UnionType) -> str:
    match kind:
        case ArrayType(items=inner):
            return f"array of {_inner(inner)}"
        case MapType(values=inner):
            return f"map of {_inner(inner)}"
        case UnionType(branches=(only,)):
            return f"union of {spelt(only)} alone"
        case UnionType(branches=branches):
            return " or ".join(map(spelt, branches)) or "nothing"
    return kind.kind if kind.logical is None else f"{kind.kind} ({_logical(kind.logical)})"


def _inner(kind: Type) -> str:
    return f"({spelt(kind)})" if isinstance(kind, UnionType) else spelt(kind)


def _logical(logical: LogicalType) -> str:
    return f"decimal {logical.precision}.{logical.scale}" if logical.name == "decimal" else logical.name


def _own_properties(node: Node) -> Facts:
    """Return the attributes of a node that its type, in words, does not say."""
    logical: LogicalType | None = getattr(node, "logical", None)
    said_by_type: tuple[str, ...] = ("logicalType",) if logical is not None else ()
    if logical is not None and logical.name == "decimal":
        said_by_type = ("logicalType", "precision", "scale")
    return {name: value for name, value in node.properties.items() if name not in said_by_type}


def _named(kind: NamedType, root: Type) -> Part:
    is_root = kind is root
    key, *former = (_key(name, root) for name in (kind.name, *kind.aliases))
    facts: dict[str, Any] = {"name": kind.name, "doc": kind.doc, "aliases": list(kind.aliases)}
    parts: tuple[Part, ...] = ()
    match kind:
        case RecordType(fields=fields):
            prefix = "" if is_root else f"{kind.short_name}."
            parts = tuple(_field(field, prefix) for field in fields)
        case EnumType(symbols=symbols, default=default):
            facts |= {"default": default}
            parts = tuple(Part(one, f"symbol '{one}' of '{kind.short_name}'") for one in symbols)
        case FixedType(size=size, logical=logical):
            facts |= {"size": size, "logical type": None if logical is None else _logical(logical)}
    own = _own_properties(kind)
    label = f"{getattr(kind, 'kind', 'type')} '{kind.short_name}'"
    # What messages are is one thing, whatever it is called.
    return Part(
        "" if is_root else key, label, said({**facts, **own}), tuple(former), parts, ("size", "doc"), is_ordered=True
    )


def _key(name: str, root: Type) -> str:
    """Return a name as the message's own namespace has it: types that move with it stay what they were."""
    namespace = root.namespace if isinstance(root, NamedType) else ""
    return name.removeprefix(namespace) if name.startswith(f"{namespace}.") else name


def _field(field: Field, prefix: str) -> Part:
    facts = {
        "name": field.name,
        "type": spelt(field.type),
        "default": None if field.default is MISSING else json.dumps(field.default, ensure_ascii=False),
        "doc": field.doc,
        "aliases": list(field.aliases),
        "order": None if field.order == "ascending" else field.order,
        **_own_properties(field),
    }
    label = f"field '{prefix}{field.name}'"
    return Part(field.name, label, said(facts), field.aliases, (), ("type", "default", "doc"))
