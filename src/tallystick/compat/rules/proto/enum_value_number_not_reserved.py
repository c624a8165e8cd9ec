"""PROTO211: a value of an enum is gone, and its number may be used again."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import reservation
from tallystick.compat.proto_enums import removed_values
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO211",
    name="enum-value-number-not-reserved",
    on=ProtoEnum,
    message="value '{value}' was removed from {where}, and its number {number} is free for another value",
    fix="keep '{value}' with [deprecated = true]; or, if no message has it any more, write '{reserve}' into the enum",
    since="0.1",
)
def enum_value_number_not_reserved(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A value was removed from an enum, and its number is not reserved.

    ## Why it matters

    Bytes: messages in the topic still carry the number. Where the enum is open, readers get a number without a name; where it is closed,
    the field seems unset. If the next value takes the number, old messages mean something that nobody wrote.
    JSON: old messages have a name that new readers do not know; most parsers stop at it.
    Source: code that uses the value no longer compiles.

    To the registry, no change of an enum matters.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; }
    ```

    ## How to fix it

    Keep the value, and mark it as deprecated. Once no message has it, reserve its number and its name as it goes: PROTO219 says what old
    messages are then.

    ```proto fixed
    syntax = "proto3";
    enum Status { reserved 2; reserved "LOST"; UNKNOWN = 0; PAID = 1; }
    ```
    """
    said: set[int] = set()
    for value in removed_values(change):
        if not change.new.reserved.has(value.number) and value.number not in said:
            said.add(value.number)
            reserve = reservation(change.new, value.number, value.name)
            yield f"values/{value.name}", {"value": value.name, "number": value.number, "reserve": reserve}
