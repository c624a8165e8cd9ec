"""Visit every node of a schema, once each, with its path by field names."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.schema.types import ArrayType, Field, MapType, NamedType, Node, RecordType, Schema, Type, UnionType


def nodes(schema: Schema) -> Iterator[tuple[str, Node]]:
    """Yield each type and each field with its path: `/fields/lines/type/items`. A type used twice comes once."""
    return _below(schema.root)


def named(root: Type) -> Iterator[NamedType]:
    """Yield every named type in a type, in the order of first use."""
    return (node for _, node in _below(root) if isinstance(node, NamedType))


def uses(kind: NamedType) -> set[str]:
    """Return the full names of the types that a definition itself uses; not those that they use."""
    found: set[str] = set()
    waiting = [child for _, child in _children("", kind)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, NamedType):
            found.add(node.name)
        else:
            waiting += [child for _, child in _children("", node)]
    return found


def depth(root: Type) -> int:
    """Return how many levels deep a type nests, once written with each named type at its first use."""
    seen: set[Node] = set()
    waiting: list[tuple[int, Node]] = [(0, root)]
    deepest = 0
    while waiting:
        level, node = waiting.pop()
        if node not in seen:
            seen.add(node)
            deepest = max(deepest, level)
            below = level if isinstance(node, RecordType) else level + 1
            waiting.extend(reversed([(below, child) for _, child in _children("", node)]))
    return deepest


def _below(root: Type) -> Iterator[tuple[str, Node]]:
    seen: set[Node] = set()
    waiting: list[tuple[str, Node]] = [("", root)]
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
