"""PROTO127: a number or a name is no longer reserved."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import reserved_name, uncovered
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO127",
    name="reservation-dropped",
    on=ProtoMessage,
    message="{what} of {where} was reserved and is free now",
    fix="reserve it again: 'reserved {again};'",
    long_memory=True,
    since="0.1",
)
def reservation_dropped(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A number or a name is no longer reserved.

    ## Why it matters

    It was reserved because a field had it once. Bytes, JSON and source are what they were; but nothing stops the next field from taking
    the number or the name, and then PROTO113 is about data that is read wrongly. Nobody gains by a free number: there are half a billion.

    Each version that the compatibility level counts is looked at, not the newest one only.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { reserved 2; string id = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Keep what is reserved.

    ```proto fixed
    syntax = "proto3";
    message Order { reserved 2 to 9; string id = 1; }
    ```
    """
    used = [(field.number, field.number) for field in change.new.fields]
    for first, last in uncovered(change.old.reserved.ranges, [*change.new.reserved.ranges, *used]):
        again = f"{first}" if first == last else f"{first} to {last}"
        yield "reserved", {"what": f"number {again}", "again": again}
    for name in sorted(change.old.reserved.names - change.new.reserved.names - set(change.new.by_name)):
        yield "reserved", {"what": f"name '{name}'", "again": reserved_name(change.new, name)}
