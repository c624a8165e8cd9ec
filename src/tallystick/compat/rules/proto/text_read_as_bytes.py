"""PROTO414: text that is base64 in JSON now."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_scalars import shared_bytes
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO414",
    name="text-read-as-bytes",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader's {reader} is base64 in JSON",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    severity=Severity.WARNING,
    since="0.1",
)
def text_read_as_bytes(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A string is read as bytes.

    ## Why it matters

    On the wire nothing is lost. In JSON, bytes are base64: a reader decodes the text as that, and gets other bytes or an error.
    Code that compares the field with text has another type in its hands.
    The registry takes these types for the same. The values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string note = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { bytes note = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { string note = 1 [deprecated = true]; bytes raw_note = 2; }
    ```
    """
    for reader, writer in shared_bytes(pair.reader, pair.writer):
        if (reader.kind, writer.kind) == ("bytes", "string"):
            yield "", {"number": pair.reader.number, "reader": reader.type_name, "writer": writer.type_name}
