"""What stands below two nodes at the same place, whichever language their schemas are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tallystick.compat import avro_steps, proto_steps
from tallystick.compat.pair import Step
from tallystick.schema.protobuf_types import ProtoNode
from tallystick.schema.types import Document


def children(
    reader: Any,
    writer: Any,
    can_read: Callable[[Any, Any], bool],
    same: Callable[[Any, Any], bool],
    own: frozenset[Document] = frozenset(),
) -> Iterator[Step]:
    """Yield the pairs below two nodes, in the reader's order; fields whose types are the same may be left out."""
    if isinstance(reader, ProtoNode) and isinstance(writer, ProtoNode):
        return proto_steps.children(reader, writer, own)
    return avro_steps.children(reader, writer, can_read, same)
