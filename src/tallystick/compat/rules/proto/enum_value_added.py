"""PROTO220: an enum has a value that readers of earlier versions do not know."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.modes import Direction
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoEnum


@change_rule(
    code="PROTO220",
    name="enum-value-added",
    on=ProtoEnum,
    message="value '{value}' ({number}) of {where} is new: readers of earlier versions {effect}, and parsers of JSON refuse its name",
    fix="send '{value}' only after all readers have upgraded",
    severity=Severity.WARNING,
    since="0.1",
)
def enum_value_added(change: Change[ProtoEnum]) -> Iterator[Hit]:
    """An enum has a value more, and the compatibility level looks forward: released readers must read new messages.

    ## Why it matters

    Bytes: where the enum is open, as in proto3, released readers get a number without a name, which code with a branch for each value does
    not expect; where it is closed, the field seems unset. JSON: most parsers stop at a name that they do not know.
    Source: a switch that must be exhaustive no longer is.

    No registry minds. Where the level does not look forward, new readers come first anyway, and the rule is silent.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; }
    ```

    ```proto new
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; LOST = 2; }
    ```

    ## How to fix it

    The schema may stay as it is: deploy it to all readers, and send the value after that. To be sure, leave it out until then.

    ```proto fixed
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; }
    ```
    """
    if Direction.FORWARD not in change.directions:
        return
    known = {value.number for value in change.old.values}
    named = {value.name for value in change.old.values}
    for value in change.new.values:
        if value.number not in known and value.name not in named:  # another number for a name is PROTO214's
            known.add(value.number)
            effect = "take the field for unset" if change.old.is_closed else "get a number without a name"
            yield f"values/{value.name}", {"value": value.name, "number": value.number, "effect": effect}
