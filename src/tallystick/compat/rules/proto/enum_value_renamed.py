"""PROTO213: a value of an enum has another name."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import listed
from tallystick.compat.proto_enums import renamed_values
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO213",
    name="enum-value-renamed",
    on=ProtoEnum,
    message="value {number} of {where} was called '{old}' and is {new} now",
    fix="keep the name '{old}', as the first one of {number}",
    since="0.1",
)
def enum_value_renamed(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A value of an enum has another name.

    ## Why it matters

    Bytes: nothing changes; they have the number. JSON: the name is what is written. New readers do not know the old name, and old readers
    not the new one; most parsers stop at it. Source: code that uses the old name no longer compiles.

    A number may have several names, with `option allow_alias = true`. The first is the one that is written, so a name more is no trouble
    behind the others, and a new one before them is a new name to all who read.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; MISSING = 2; }
    ```

    ## How to fix it

    Keep the old name. What people are shown need not be called as it is in the schema.

    ```proto fixed
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```
    """
    for value, names in renamed_values(change):
        now = f"'{names[0]}' first" if value.name in names else listed(names)
        yield f"values/{names[0]}", {"number": value.number, "old": value.name, "new": now}
