"""What stands below two nodes at the same place, whichever language their schemas are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tallystick.compat import avro_steps
from tallystick.compat.pair import Step
from tallystick.schema.types import Document, Format


def children(
    reader: Any,
    writer: Any,
    can_read: Callable[[Any, Any], bool],
    same: Callable[[Any, Any], bool],
    own: frozenset[Document] = frozenset(),
    *,
    with_docs: bool = True,
    explains: bool = False,
) -> Iterator[Step]:
    """Yield the pairs below two nodes, in the reader's order; fields whose types are the same may be left out."""
    if reader.language is Format.PROTOBUF:
        from tallystick.compat import proto_steps  # noqa: PLC0415  # only who has .proto files pays for it

        return proto_steps.children(reader, writer, own, with_docs=with_docs)
    return avro_steps.children(reader, writer, can_read, same, explains=explains)
