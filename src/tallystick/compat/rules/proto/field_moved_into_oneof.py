"""PROTO311: a field that stood alone is in a oneof."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_fields import is_plain
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO311",
    name="field-moved-into-oneof",
    on=ProtoMessage,
    message="field '{field}' of {where} stood alone and is in oneof '{oneof}' now",
    fix="leave '{field}' outside, and put a new field into the oneof",
    severity=Severity.WARNING,
    since="0.1",
)
def field_moved_into_oneof(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field that stood alone is in a new oneof.

    ## Why it matters

    Bytes and JSON: one field that goes into a new oneof reads as before, and now unset differs from the default. What comes later is the
    trap: a producer that sets another field of the oneof clears this one. Source: in many languages the field gets another type and
    other accessors, so code does not compile.

    The registry lets one field pass. Several at once, or a oneof that had fields before, are PROTO302 and PROTO303.

    ## Example

    ```proto old
    syntax = "proto3";
    message Pay { string card = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Pay { oneof how { string card = 1; string iban = 2; } }
    ```

    ## How to fix it

    Make the oneof of new fields, and mark the old one as deprecated.

    ```proto fixed
    syntax = "proto3";
    message Pay { string card = 1 [deprecated = true]; oneof how { string card_number = 3; string iban = 2; } }
    ```
    """
    for oneof in change.new.oneofs:
        before = [(field, change.old.by_number.get(field.number)) for field in oneof.fields]
        known = [(field, old) for field, old in before if old is not None]
        if len(known) == 1 and is_plain(known[0][1]):
            field = known[0][0].name
            yield f"oneofs/{oneof.name}/{field}", {"field": field, "oneof": oneof.name}
