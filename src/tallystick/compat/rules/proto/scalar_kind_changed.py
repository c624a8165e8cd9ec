"""PROTO402: two scalar types that do not share their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import other_scalars
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO402",
    name="scalar-kind-changed",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader's {reader} has other bytes",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    mirrors="FIELD_SCALAR_KIND_CHANGED",
    info="",
    since="0.1",
)
def scalar_kind_changed(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A scalar type changed to one of another group.

    ## Why it matters

    Types of one group share their bytes, and a reader of one takes the other's: int32, int64, uint32, uint64, bool and enums; sint32
    and sint64; string and bytes; fixed32 and sfixed32; fixed64 and sfixed64. All others read each other's bytes wrongly:
    a sint64 of -1 is 1 to an int64. The keys and values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { int64 total = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { sint64 total = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { int64 total = 1 [deprecated = true]; sint64 amount = 2; }
    ```
    """
    for reader, writer in other_scalars(pair.reader, pair.writer):
        yield "", {"number": pair.reader.number, "reader": reader, "writer": writer}
