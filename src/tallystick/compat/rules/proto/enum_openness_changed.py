"""PROTO217: an enum takes unknown numbers now, or no longer."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO217",
    name="enum-openness-changed",
    on=ProtoEnum,
    message="{where} was {old} and is {new}",
    fix="make {where} {old} again: with the syntax that it had, or with 'option features.enum_type' in an edition",
    since="0.1",
)
def enum_openness_changed(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """An enum takes unknown numbers now, or no longer does.

    ## Why it matters

    An enum of proto2 is closed: a number that a reader does not know leaves the field unset. One of proto3 is open: the field has the
    number. Editions let you choose.
    Bytes: the same message is read in two ways, by who upgraded and by who has not; in a list, unknown values vanish or stay.
    JSON: the same for numbers; names that are not known are refused in both. Source: open enums need a case for what is not known, and some
    languages use another type for the field.

    ## Example

    ```proto old
    syntax = "proto2";
    enum Status { UNKNOWN = 0; PAID = 1; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; }
    ```

    ## How to fix it

    Keep the syntax of the file, or set the feature `enum_type` of an edition to what it was.

    ```proto fixed
    syntax = "proto2";
    enum Status { UNKNOWN = 0; PAID = 1; }
    ```
    """
    if change.old.is_closed != change.new.is_closed:
        old, new = ("closed" if enum.is_closed else "open" for enum in (change.old, change.new))
        yield "", {"old": old, "new": new}
