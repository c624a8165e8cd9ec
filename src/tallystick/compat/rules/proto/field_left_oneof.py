"""PROTO312: a field that was in a oneof stands alone."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO312",
    name="field-left-oneof",
    on=ProtoMessage,
    message="field '{field}' of {where} was in oneof '{oneof}' and stands alone now",
    fix="put '{field}' back into the oneof",
    severity=Severity.WARNING,
    since="0.1",
)
def field_left_oneof(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field that was in a oneof stands alone now.

    ## Why it matters

    Bytes and JSON: new producers may set it together with what is still in the oneof, and readers of the earlier version then keep the last
    and drop the rest; the registry lets that pass at BACKWARD. Without `optional`, unset can't be told from the default any more.
    Source: the field gets another type and other accessors, and code that asks which one is set has a case less.

    ## Example

    ```proto old
    syntax = "proto3";
    message Pay { oneof how { string card = 1; string iban = 2; } }
    ```

    ```proto new
    syntax = "proto3";
    message Pay { string card = 1; oneof how { string iban = 2; } }
    ```

    ## How to fix it

    Keep it in the oneof, and add a new field outside.

    ```proto fixed
    syntax = "proto3";
    message Pay { oneof how { string card = 1 [deprecated = true]; string iban = 2; } string card_number = 3; }
    ```
    """
    for field in change.new.fields:
        old = change.old.by_number.get(field.number)
        if old is not None and old.oneof is not None and field.oneof is None:
            yield f"fields/{field.name}", {"field": field.name, "oneof": old.oneof}
