"""PROTO113: a field has a number or a name that was reserved."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO113",
    name="reserved-number-used",
    on=ProtoMessage,
    message="field '{field}' ({number}) of {where} uses {what} that an earlier version reserved",
    fix="give '{field}' a number and a name that were never used",
    long_memory=True,
    since="0.1",
)
def reserved_number_used(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field uses a number or a name that was reserved.

    ## Why it matters

    Somebody reserved it because a field had it once. Bytes: messages in the topic may still carry that number, and are read as the new
    field. JSON: the same by name. Source: old code that uses the name compiles again, with another meaning.

    Each version that the compatibility level counts is looked at, not the newest one only.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { reserved 2; string id = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; int64 total = 2; }
    ```

    ## How to fix it

    Take the next free number, and leave what is reserved as it is.

    ```proto fixed
    syntax = "proto3";
    message Order { reserved 2; string id = 1; int64 total = 3; }
    ```
    """
    for field in change.new.fields:
        number, name = change.old.reserved.has(field.number), field.name in change.old.reserved.names
        if number or name:
            what = "a number and a name" if number and name else "a number" if number else "a name"
            yield f"fields/{field.name}", {"field": field.name, "number": field.number, "what": what}
