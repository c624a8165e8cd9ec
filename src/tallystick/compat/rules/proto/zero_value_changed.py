"""PROTO215: an unset field of an enum is another value."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_enums import is_zero_changed
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO215",
    name="zero-value-changed",
    on=ProtoEnum,
    message="an unset field of {where} was '{old}' ({was}) and is '{new}' ({now})",
    fix="put '{old} = {was};' first again",
    since="0.1",
)
def zero_value_changed(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """An unset field of an enum is another value.

    ## Why it matters

    The first value of an enum is what a field is that nobody set; where the enum is open, that is the value 0.
    Bytes: an unset field is not sent, so every message that lacks it now says something else. JSON: the same; and the old name is not known.
    Source: code that asks for the old name may not compile, and code that leaves the field alone sends something else.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { PENDING = 0; PAID = 1; LOST = 2; }
    ```

    ## How to fix it

    Leave the first value as it is. Yours goes behind it: PROTO220 says who must know it first.

    ```proto fixed
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```
    """
    if is_zero_changed(change):
        old, new = change.old.values[0], change.new.values[0]
        yield f"values/{new.name}", {"old": old.name, "was": old.number, "new": new.name, "now": new.number}
