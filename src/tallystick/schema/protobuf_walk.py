"""Visit every node of a .proto file, and of those that it imports, once each, with its path by names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tallystick.schema.protobuf_types import (
    ProtoEnum,
    ProtoFile,
    ProtoMessage,
    ProtoNode,
    ProtoSchema,
    ProtoScope,
    ProtoService,
)


def nodes(schema: ProtoSchema) -> Iterator[tuple[str, ProtoNode]]:
    """Yield each file, import, type, field, extension, oneof, value, service and method, the schema's own file first.

    Paths are like `/messages/Order/fields/id`, behind `/imports/shared/money.proto` for what is imported.
    protoc's own files and what stands for the entry of a map are left out.
    """
    needed = {document.name for document in schema.files}
    for file in schema.file.closure():
        if file is schema.file or file.name in needed:
            prefix = "" if file is schema.file else f"/imports/{file.name}"
            waiting: list[tuple[str, ProtoNode]] = [(prefix, file)]
            while waiting:
                path, node = waiting.pop()
                yield path or "/", node
                waiting += reversed(list(_children(path, node)))


def _children(path: str, node: ProtoNode) -> Iterator[tuple[str, ProtoNode]]:
    match node:
        case ProtoFile(imports=imports):
            yield from ((f"{path}/imports/{one.name}", one) for one in imports)
            yield from _scope(path, node)
            yield from _named(f"{path}/services", node.services)
        case ProtoMessage(fields=fields, oneofs=oneofs):
            yield from _named(f"{path}/fields", fields)
            yield from _named(f"{path}/oneofs", oneofs)
            yield from _scope(path, node)
        case ProtoEnum(values=values):
            yield from _named(f"{path}/values", values)
        case ProtoService(methods=methods):
            yield from _named(f"{path}/methods", methods)


def _scope(path: str, scope: ProtoScope) -> Iterator[tuple[str, ProtoNode]]:
    yield from _named(f"{path}/messages", (one for one in scope.messages if not one.is_map_entry))
    yield from _named(f"{path}/enums", scope.enums)
    yield from _named(f"{path}/extensions", scope.extensions)


def _named(path: str, nodes: Iterable[ProtoNode]) -> Iterator[tuple[str, ProtoNode]]:
    yield from ((f"{path}/{one.short_name}", one) for one in nodes)
