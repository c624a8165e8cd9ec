"""PROTO313: a oneof has another name or is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import oneofs_of
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoMessage, ProtoOneof


@change_rule(
    code="PROTO313",
    name="oneof-renamed-or-removed",
    on=ProtoMessage,
    message="oneof '{oneof}' of {where} {what}",
    fix="keep oneof '{oneof}'",
    severity=Severity.WARNING,
    since="0.1",
)
def oneof_renamed_or_removed(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A oneof has another name, or is gone with its fields.

    ## Why it matters

    Bytes and JSON: the name of a oneof is in neither. If its fields are gone, readers of the new version miss them without a word:
    the registry refuses it when one field goes, and lets it pass when all go. Source: the accessor that says which field is set, and the type
    made for it, carry the name; code that uses them does not compile.

    A oneof whose fields stand alone now is what PROTO312 is about; one that was merged or split, PROTO314.

    ## Example

    ```proto old
    syntax = "proto3";
    message Pay { oneof how { string card = 1; } }
    ```

    ```proto new
    syntax = "proto3";
    message Pay { oneof method { string card = 1; } }
    ```

    ## How to fix it

    Keep the name. A comment can say what it means today.

    ```proto fixed
    syntax = "proto3";
    message Pay { oneof how { string card = 1; string iban = 2; } /* the method of payment */ }
    ```
    """
    homes = {oneof.name: oneof for oneof in change.new.oneofs}
    for oneof in change.old.oneofs:
        what = "" if oneof.name in homes else _what(change, oneof, homes)
        if what:
            found = oneofs_of(change.new, oneof.fields)
            yield f"oneofs/{found[0] if found else oneof.name}", {"oneof": oneof.name, "what": what}


def _what(change: Change[ProtoMessage], oneof: ProtoOneof, homes: Mapping[str, ProtoOneof]) -> str:
    """Return what became of a oneof; nothing where its fields stand alone, or are with those of another one."""
    if not any(field.number in change.new.by_number for field in oneof.fields):
        return "is gone, and its fields with it"
    found = oneofs_of(change.new, oneof.fields)
    is_renamed = len(found) == 1 and oneofs_of(change.old, homes[found[0]].fields) == [oneof.name]
    return f"is called '{found[0]}' now" if is_renamed else ""
