"""PROTO416: a number that need not be any value of the reader's enum."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_scalars import is_truncated, shared_bytes
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO416",
    name="number-read-as-enum",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader's {reader} does not name every number",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    since="0.1",
)
def number_read_as_enum(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A number is read as an enum.

    ## Why it matters

    The enum names some numbers. Of others, a closed enum (proto2) sets the field aside as unknown, and readers get the default.
    An open one (proto3) keeps the number without a name, and a uint32 above 2147483647 as a number below 0.
    The registry takes these types for the same. The values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    message Order { int32 state = 1; }
    ```

    ```proto new
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    message Order { State state = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    message Order { int32 state = 1 [deprecated = true]; State stage = 2; }
    ```
    """
    for reader, writer in shared_bytes(pair.reader, pair.writer):
        if reader.kind == "enum" and writer.kind != "enum" and not is_truncated(reader, writer):
            yield "", {"number": pair.reader.number, "reader": reader.type_name, "writer": writer.type_name}
