"""What stands below two nodes at the same place, whichever language their schemas are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tallystick.compat import avro_steps, proto_steps
from tallystick.compat.pair import Step
from tallystick.schema.protobuf_types import ProtoNode


def children(
    reader: Any, writer: Any, can_read: Callable[[Any, Any], bool], same: Callable[[Any, Any], bool]
) -> Iterator[Step]:
    """Yield the pairs below two nodes, in the reader's order; fields whose types are the same may be left out."""
    if isinstance(reader, ProtoNode) and isinstance(writer, ProtoNode):
        return proto_steps.children(reader, writer)
    return avro_steps.children(reader, writer, can_read, same)
