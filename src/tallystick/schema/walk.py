"""Visit every node of a schema, once each, with its path by field names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tallystick.schema.types import (
    ArrayType,
    Field,
    MapType,
    NamedType,
    Node,
    PrimitiveType,
    RecordType,
    Schema,
    Type,
    UnionType,
)


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


def survey(root: Type) -> tuple[list[NamedType], int]:
    """Return every named type in a type, in the order of first use; and how deep it nests, written just there.

    Every schema that is read goes through here: no paths, and nothing is made for fields.
    """
    seen: set[Type] = set()
    found: list[NamedType] = []
    deepest = 0
    waiting: list[tuple[int, Type]] = [(0, root)]
    while waiting:
        level, kind = waiting.pop()
        deepest = max(deepest, level)
        if isinstance(kind, PrimitiveType) or kind in seen:
            continue
        seen.add(kind)
        if isinstance(kind, NamedType):
            found.append(kind)
        waiting += [(level + 1, inner) for inner in reversed(_inner(kind))]
    return found, deepest


def _inner(kind: Type) -> Sequence[Type]:
    match kind:
        case RecordType(fields=fields):
            return [field.type for field in fields]
        case UnionType(branches=branches):
            return branches
        case ArrayType(items=inner) | MapType(values=inner):
            return (inner,)
        case _:
            return ()


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
