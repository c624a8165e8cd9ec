"""PROTO314: fields of one oneof are in several, or those of several in one."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import listed, oneofs_of
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO314",
    name="oneofs-merged-or-split",
    on=ProtoMessage,
    message="fields of {old} of {where} are in {new} now: the one version may set them together, and to the other that is one choice",
    fix="put each field back into its own oneof; make what is new of new fields",
    since="0.1",
)
def oneofs_merged_or_split(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """Fields of several oneofs are in one now, or those of one in several.

    ## Why it matters

    Bytes: a message may have one field of each oneof. To whom they are one oneof, only what comes last in the bytes is left; the
    other value is lost without a word. After a merge that happens to new readers of old messages, after a split to old readers of new
    ones. JSON: parsers refuse a message with two fields of a oneof. Source: types and accessors change, and code does not compile.

    The registry refuses fields that come from outside of a oneof, PROTO302 and PROTO303, and lets those pass that come from another.

    ## Example

    ```proto old
    syntax = "proto3";
    message Pay { oneof how { string card = 1; } oneof to { string shop = 2; } }
    ```

    ```proto new
    syntax = "proto3";
    message Pay { oneof how { string card = 1; string shop = 2; } }
    ```

    ## How to fix it

    Leave the fields where they are.

    ```proto fixed
    syntax = "proto3";
    message Pay { oneof how { string card = 1; string iban = 3; } oneof to { string shop = 2; } }
    ```
    """
    for oneof in change.new.oneofs:
        before = oneofs_of(change.old, oneof.fields)
        if len(before) > 1:
            yield f"oneofs/{oneof.name}", {"old": f"oneofs {listed(before)}", "new": f"oneof '{oneof.name}'"}
    for oneof in change.old.oneofs:
        after = oneofs_of(change.new, oneof.fields)
        if len(after) > 1:
            yield f"oneofs/{oneof.name}", {"old": f"oneof '{oneof.name}'", "new": f"oneofs {listed(after)}"}
