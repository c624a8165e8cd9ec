"""PROTO111: a field is gone, and its number may be used again."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import removed_fields, reservation
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO111",
    name="field-number-not-reserved",
    on=ProtoMessage,
    message="field '{field}' was removed from {where}, and its number {number} is free for another field",
    fix="keep '{field}' with [deprecated = true]; or, if nobody reads it, write '{reserve}' into the message",
    since="0.1",
)
def field_number_not_reserved(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field was removed, and its number is not reserved.

    ## Why it matters

    Bytes: messages in the topic still carry the number. The next person who adds a field takes the first free one, and old bytes are
    then read as something that nobody wrote: no error, other values. `reserved` makes the compiler refuse it.
    JSON: old messages have a name that new readers do not know; most parsers stop at it.
    Source: code that uses the field no longer compiles against the new version.

    The registry says nothing of it, but for a required field: that is PROTO103, and not repeated here.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; string note = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Keep the field, and mark it as deprecated. Once nobody reads it, reserve its number and its name as it goes: PROTO130 says what is
    lost then.

    ```proto fixed
    syntax = "proto3";
    message Order { reserved 2; reserved "note"; string id = 1; }
    ```
    """
    for field in removed_fields(change):
        if not change.new.reserved.has(field.number):
            reserve = reservation(change.new, field.number, field.name)
            yield f"fields/{field.name}", {"field": field.name, "number": field.number, "reserve": reserve}
