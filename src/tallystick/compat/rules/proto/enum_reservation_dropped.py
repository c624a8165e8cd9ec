"""PROTO218: a number or a name of an enum is no longer reserved."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import reserved_name, uncovered
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO218",
    name="enum-reservation-dropped",
    on=ProtoEnum,
    message="{what} of {where} was reserved and is {now} now",
    fix="keep 'reserved {again};': values that are new take what was never used",
    long_memory=True,
    since="0.1",
)
def enum_reservation_dropped(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """A number or a name of an enum is no longer reserved.

    ## Why it matters

    It was reserved because a value had it once. Bytes: messages in the topic may still carry the number, and are read as whatever takes it.
    JSON: the same by name. Source: old code that uses the name compiles again, with another meaning.

    Each version that the compatibility level counts is looked at, not the newest one only.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { reserved 2; UNKNOWN = 0; PAID = 1; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; STOLEN = 2; }
    ```

    ## How to fix it

    Keep what is reserved. A new value takes a number that is free; PROTO220 says who must know it first.

    ```proto fixed
    syntax = "proto3";
    enum Status { reserved 2; UNKNOWN = 0; PAID = 1; }
    ```
    """
    old, new = change.old.reserved, change.new
    for value in new.values:
        if old.has(value.number):
            yield _hit(f"number {value.number}", f"used by '{value.name}'", str(value.number))
        if value.name in old.names:
            yield _hit(f"name '{value.name}'", "used", reserved_name(new, value.name))
    used = [(value.number, value.number) for value in new.values]
    for first, last in uncovered(old.ranges, [*new.reserved.ranges, *used]):
        again = f"{first}" if first == last else f"{first} to {last}"
        yield _hit(f"number {again}", "free", again)
    for name in sorted(old.names - new.reserved.names - {value.name for value in new.values}):
        yield _hit(f"name '{name}'", "free", reserved_name(new, name))


def _hit(what: str, now: str, again: str) -> Hit:
    return "reserved", {"what": what, "now": now, "again": again}
