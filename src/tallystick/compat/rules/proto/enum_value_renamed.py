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
    fix="keep '{old} = {number};': with 'option allow_alias = true;' both names may stay",
    since="0.1",
)
def enum_value_renamed(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A value of an enum has another name.

    ## Why it matters

    Bytes: nothing changes; they have the number. JSON: the name is what is written. New readers do not know the old name, and old readers
    not the new one; most parsers stop at it. Source: code that uses the old name no longer compiles.

    A number may have several names. This rule is about each name that is gone while its number stays; a name more is no trouble.

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

    Keep the old name as the first one: that is the one that is written as JSON.

    ```proto fixed
    syntax = "proto3";
    enum Status { option allow_alias = true; UNKNOWN = 0; PAID = 1; LOST = 2; MISSING = 2; }
    ```
    """
    for value, names in renamed_values(change):
        yield f"values/{names[0]}", {"number": value.number, "old": value.name, "new": listed(names)}
