"""Visit every node of a schema, once each, with its path by field names."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.schema.types import ArrayType, Field, MapType, Node, RecordType, Schema, UnionType


def nodes(schema: Schema) -> Iterator[tuple[str, Node]]:
    """Yield each type and each field with its path: `/fields/lines/type/items`. A type used twice comes once."""
    seen: set[Node] = set()
    waiting: list[tuple[str, Node]] = [("", schema.root)]
    while waiting:
        path, node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        yield path or "/", node
        waiting.extend(reversed(list(_children(path, node))))


def _children(path: str, node: Node) -> Iterator[tuple[str, Node]]:
    match node:
        case RecordType(fields=fields):
            yield from ((f"{path}/fields/{field.name}", field) for field in fields)
        case Field(type=kind):
            yield f"{path}/type", kind
        case ArrayType(items=items):
            yield f"{path}/items", items
        case MapType(values=values):
            yield f"{path}/values", values
        case UnionType(branches=branches):
            yield from ((f"{path}/{index}", branch) for index, branch in enumerate(branches))
