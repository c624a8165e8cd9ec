"""PROTO212: a value of an enum is gone, and its name may be used again."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import reserved_name
from tallystick.compat.proto_enums import removed_values
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO212",
    name="enum-value-name-not-reserved",
    on=ProtoEnum,
    message="value '{value}' was removed from {where}, and its name is free for another value",
    fix="write 'reserved {name};' into the enum",
    severity=Severity.WARNING,
    since="0.1",
)
def enum_value_name_not_reserved(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A value was removed from an enum, and its name is not reserved.

    ## Why it matters

    Bytes: nothing; names are not in them. JSON: names are what is written. If the name comes back with another number, old messages are
    read as the new value. Source: old code that uses the name compiles again, with another meaning.

    That the number is free is worse, and is what PROTO211 is about; this is a warning.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { reserved 2; UNKNOWN = 0; PAID = 1; }
    ```

    ## How to fix it

    Reserve the name beside the number. PROTO219 says what old messages are even then.

    ```proto fixed
    syntax = "proto3";
    enum Status { reserved 2; reserved "LOST"; UNKNOWN = 0; PAID = 1; }
    ```
    """
    for value in removed_values(change):
        if value.name not in change.new.reserved.names:
            yield f"values/{value.name}", {"value": value.name, "name": reserved_name(change.new, value.name)}
