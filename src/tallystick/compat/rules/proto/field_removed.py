"""PROTO130: a field is gone, and reserved as it should be: what still carries it loses it."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import removed_fields
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO130",
    name="field-removed",
    on=ProtoMessage,
    message="field '{field}' ({number}) of {where} is gone: readers of this version take it for unknown, and lose it on the way",
    fix="if anyone still reads '{field}' or passes it on, keep it with [deprecated = true] until they do not",
    severity=Severity.WARNING,
    since="0.1",
)
def field_removed(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field was removed, with its number and its name reserved.

    ## Why it matters

    Nothing else can take its number or its name, so nothing is misread. But messages in the topic still have the field, and to a
    reader of this version it is unknown.

    Bytes: it is kept aside, and written again with the whole message; it is lost where code copies field by field, into another message
    or another store. JSON: parsers refuse an unknown field, or drop it where they were told to. Source: code that uses the field does not
    compile.

    The registry lets it pass. Without the reservation the rules PROTO111 and PROTO112 speak of it.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; string note = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; reserved 2; reserved "note"; }
    ```

    ## How to fix it

    Mark it as deprecated first. Remove it once no message in the topic has it any more, and nobody reads it.

    ```proto fixed
    syntax = "proto3";
    message Order { string id = 1; string note = 2 [deprecated = true]; }
    ```
    """
    for field in removed_fields(change):
        reserved = change.new.reserved
        if reserved.has(field.number) and field.name in reserved.names:
            yield f"fields/{field.name}", {"field": field.name, "number": field.number}
