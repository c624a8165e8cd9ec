"""PROTO112: a field is gone, and its name may be used again."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import removed_fields, reserved_name
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO112",
    name="field-name-not-reserved",
    on=ProtoMessage,
    message="field '{field}' was removed from {where}, and its name is free for another field",
    fix="write 'reserved {reserved};' into the message",
    severity=Severity.WARNING,
    since="0.1",
)
def field_name_not_reserved(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field was removed, and its name is not reserved.

    ## Why it matters

    JSON: names are what it goes by. A new field of the old name reads old JSON, whatever its number and its type are.
    Source: code that still uses the name compiles again, with another meaning.
    Bytes have no names, so this is a warning.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; string note = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { reserved 2; string id = 1; }
    ```

    ## How to fix it

    Reserve the name as well as the number. PROTO130 says what is lost even then.

    ```proto fixed
    syntax = "proto3";
    message Order { reserved 2; reserved "note"; string id = 1; }
    ```
    """
    for field in removed_fields(change):
        if field.name not in change.new.reserved.names:
            yield f"fields/{field.name}", {"field": field.name, "reserved": reserved_name(change.new, field.name)}
