"""PROTO120: the default of a field is not what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import is_refused
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum, ProtoField


@change_rule(
    code="PROTO120",
    name="default-changed",
    on=ProtoField,
    message="the default of {where} (field {number}) was {old} and is {new}",
    fix="set it back to {old}",
    since="0.1",
)
def default_changed(change: Change[ProtoField]) -> Iterator[Hit]:
    """The default of a field changed.

    ## Why it matters

    Bytes: a default is never sent. Each reader takes its own for a message that lacks the field, so of one message two readers see two
    values: the one that upgraded, and the one that has not. JSON: the same. Source: all compiles.

    proto2 and editions have defaults of your own; a field that moves to proto3 loses its default, and has 0, "" or false. The
    registry does not look at them.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { optional int32 priority = 1 [default = 3]; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { optional int32 priority = 1 [default = 5]; }
    ```

    ## How to fix it

    Keep the default. If messages should carry another value from now on, let producers set it.

    ```proto fixed
    syntax = "proto2";
    message Order { optional int32 priority = 1 [default = 3]; /* producers set 5 since 2024 */ }
    ```
    """
    old, new = change.old, change.new
    if is_refused(old, new) or any(field.is_repeated or field.message is not None for field in (old, new)):
        return
    was, now = (_default(field) for field in (old, new))
    if was != now:
        yield "", {"number": new.number, "old": was, "new": now}


def _default(field: ProtoField) -> str:
    """Return what a reader takes for a field that is not there: enums and truth values as the numbers that they are."""
    if isinstance(field.type, ProtoEnum):
        values = field.type.values
        return str(next((v.number for v in values if v.name == field.default), values[0].number))
    if field.kind in ("string", "bytes"):
        return json.dumps(field.default or "", ensure_ascii=False)
    return {"false": "0", "true": "1"}.get(field.default or "0", field.default or "0")
