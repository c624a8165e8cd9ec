"""PROTO401: a number is a scalar to the one, and a message or a map to the other."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import other_kinds
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO401",
    name="field-kind-changed",
    on=ProtoField,
    message="{where} (field {number}) is {writer} to the writer and {reader} to the reader",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    mirrors="FIELD_KIND_CHANGED",
    info="",
    since="0.1",
)
def field_kind_changed(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A field changed between a scalar, a message and a map.

    ## Why it matters

    The number in the bytes says which field it is, and the reader's own type decides how they are read. Bytes of another kind
    do not parse, or parse into something that nobody wrote.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string total = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { Money total = 1; }
    message Money { int64 units = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { string total = 1 [deprecated = true]; Money amount = 2; }
    message Money { int64 units = 1; }
    ```
    """
    for reader, writer in other_kinds(pair.reader, pair.writer):
        yield "", {"number": pair.reader.number, "reader": reader, "writer": writer}
