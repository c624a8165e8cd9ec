"""PROTO219: a value of an enum is gone, and reserved as it should be: old messages still have it."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_enums import removed_values
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO219",
    name="enum-value-removed",
    on=ProtoEnum,
    message="value '{value}' ({number}) of {where} is gone: where messages still have it, readers of this version {effect}",
    fix="keep '{value}' with [deprecated = true] until no message in the topic has it any more",
    severity=Severity.WARNING,
    since="0.1",
)
def enum_value_removed(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A value was removed from an enum, with its number and its name reserved.

    ## Why it matters

    Nothing else can take its number or its name, so nothing is misread. But messages in the topic may still have it.

    Bytes: where the enum is open, readers get a number without a name; where it is closed, the field seems unset. JSON: most parsers stop
    at a name that they do not know. Source: code that uses the value does not compile.

    The registry lets it pass. Without the reservation the rules PROTO211 and PROTO212 speak of it.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { reserved 2; reserved "LOST"; UNKNOWN = 0; PAID = 1; }
    ```

    ## How to fix it

    Mark it as deprecated first, and stop sending it.

    ```proto fixed
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2 [deprecated = true]; }
    ```
    """
    for value in removed_values(change):
        reserved = change.new.reserved
        if reserved.has(value.number) and value.name in reserved.names:
            effect = "take the field for unset" if change.new.is_closed else "get a number without a name"
            yield f"values/{value.name}", {"value": value.name, "number": value.number, "effect": effect}
