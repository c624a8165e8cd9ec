"""PROTO214: a value of an enum has another number."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO214",
    name="enum-value-renumbered",
    on=ProtoEnum,
    message="value '{value}' of {where} had the number {old} and has {new}",
    fix="give '{value}' the number {old} back",
    since="0.1",
)
def enum_value_renumbered(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A value of an enum has another number.

    ## Why it matters

    Bytes: the number is all that is written. Messages in the topic have the old one, which now means nothing, or something else.
    JSON: names have not changed, so nothing changes. Source: all compiles, and the values are wrong.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 3; }
    ```

    ## How to fix it

    Numbers are for ever. What is new gets a new name, too.

    ```proto fixed
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```
    """
    was = {value.name: value.number for value in change.old.values}
    for value in change.new.values:
        old = was.get(value.name, value.number)
        if old != value.number:
            yield f"values/{value.name}", {"value": value.name, "old": old, "new": value.number}
