"""PROTO415: an enum that the reader has numbers for."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_scalars import changes_sign, is_truncated, shared_bytes
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO415",
    name="enum-read-as-number",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader's {reader} has no names for its values",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    severity=Severity.WARNING,
    since="0.1",
)
def enum_read_as_number(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """An enum is read as a number.

    ## Why it matters

    On the wire nothing is lost. In JSON, an enum is written by name, and a reader of a number refuses `"PAID"`.
    Code that compares the field with names has a number in its hands.
    The registry takes these types for the same. The values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    message Order { State state = 1; }
    ```

    ```proto new
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    message Order { int32 state = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    message Order { State state = 1 [deprecated = true]; int32 state_number = 2; }
    ```
    """
    for reader, writer in shared_bytes(pair.reader, pair.writer):
        is_told = is_truncated(reader, writer) or changes_sign(reader, writer)
        if writer.kind == "enum" and reader.kind != "enum" and not is_told:
            yield "", {"number": pair.reader.number, "reader": reader.type_name, "writer": writer.type_name}
