"""PROTO413: bytes that need not be text."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_scalars import shared_bytes
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField

_REFUSED = "messages in which it is not UTF-8 do not parse"
_UNCHECKED = "what is not UTF-8 is no text to some languages, and others fail on it"


@rule(
    code="PROTO413",
    name="bytes-read-as-text",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as {writer}, and the reader has it as {reader}: {effect}",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    since="0.1",
)
def bytes_read_as_text(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """Bytes are read as a string.

    ## Why it matters

    A string must be UTF-8. Of bytes that are not, a proto3 reader refuses the whole message, not the field alone. A proto2
    reader takes them as they are in some languages, and others fail once the text is asked for.
    In JSON, bytes are base64, and a string would take that for the text.
    The registry takes these types for the same. The values of maps count, too.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { bytes token = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string token = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { bytes token = 1 [deprecated = true]; string token_text = 2; }
    ```
    """
    for reader, writer in shared_bytes(pair.reader, pair.writer):
        if (reader.kind, writer.kind) == ("string", "bytes"):
            effect = _REFUSED if reader.verifies_utf8 else _UNCHECKED
            values = {"number": pair.reader.number, "reader": reader.type_name, "writer": writer.type_name}
            yield "", {**values, "effect": effect}
