"""PROTO411: a number that the reader has too few bits for."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_scalars import is_truncated, shared_bytes
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO411",
    name="number-truncated",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader's {reader} cuts off what does not fit",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    since="0.1",
)
def number_truncated(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A number is read as a type with fewer bits.

    ## Why it matters

    The bytes decode, and no one is told: int32, uint32 and enums keep the lower 32 bits, so 4294967297 is read as 1.
    A bool is true for all numbers but 0. A sint64 that does not fit into a sint32 becomes another number.
    The registry takes these types for the same. The keys and values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { int64 total = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { int32 total = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { int64 total = 1 [deprecated = true]; int32 cents = 2; }
    ```
    """
    for reader, writer in shared_bytes(pair.reader, pair.writer):
        if is_truncated(reader, writer):
            yield "", {"number": pair.reader.number, "reader": reader.type_name, "writer": writer.type_name}
