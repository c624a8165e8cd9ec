"""What the fields of a .proto file use of the files that it imports: to see whether any of it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tallystick.schema.protobuf_types import ProtoDocument, ProtoMessage, ProtoSchema, ProtoType
from tallystick.schema.protoc import OWN
from tallystick.schema.types import Place


def imported_types(schema: ProtoSchema) -> Mapping[str, bytes]:
    """Return the types of other files that fields lead to, however far down: serialised, by full name.

    Those that protoc brings along are left out, and so is what a file defines and nobody here uses.
    """
    own = schema.file.described
    found: dict[str, bytes] = {}
    seen: set[ProtoType] = set()
    waiting: list[ProtoType] = list(schema.file.types())
    while waiting:
        kind = waiting.pop()
        if kind in seen or kind.described.name.startswith(OWN):
            continue
        seen.add(kind)
        if kind.described is not own:
            found[kind.name] = descriptor_at(kind.place).SerializeToString(deterministic=True)
        if isinstance(kind, ProtoMessage):
            # A map's entry is a message, too: its fields lead on to the types of its values.
            waiting += [field.type for field in kind.fields if field.type is not None]
    return found


def descriptor_at(place: Place) -> Any:
    """Return the descriptor of a type or a field: its pointer is the numbers and indexes that lead there from the file's."""
    node: Any = cast("ProtoDocument", place.document).descriptor
    steps = [int(step) for step in place.pointer.removeprefix("/").split("/")]
    for number, index in zip(steps[::2], steps[1::2], strict=True):
        node = getattr(node, node.DESCRIPTOR.fields_by_number[number].name)[index]
    return node
