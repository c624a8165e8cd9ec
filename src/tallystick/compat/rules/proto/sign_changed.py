"""PROTO412: a number whose sign the reader sees otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_scalars import changes_sign, shared_bytes
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO412",
    name="sign-changed",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader's {reader} takes some values for others: the one has a sign, the other has none",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    since="0.1",
)
def sign_changed(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A number with a sign is read as one without, or the other way round.

    ## Why it matters

    The bytes decode, and no one is told: an int32 of -1 is 4294967295 to a uint32, and 18446744073709551615 to a uint64. A
    uint32 of 4294967295 is -1 to an int32. The same is true of fixed32 and sfixed32, and of fixed64 and sfixed64.
    The registry takes these types for the same. The keys and values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { int32 change = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { uint32 change = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { int32 change = 1 [deprecated = true]; uint32 amount = 2; }
    ```
    """
    for reader, writer in shared_bytes(pair.reader, pair.writer):
        if changes_sign(reader, writer):
            yield "", {"number": pair.reader.number, "reader": reader.type_name, "writer": writer.type_name}
