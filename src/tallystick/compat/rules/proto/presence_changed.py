"""PROTO117: a field can, or can no longer, be told from one that nobody set."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import is_refused
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import Presence, ProtoField

_EFFECTS = {
    Presence.EXPLICIT: (
        "a default value that an earlier producer set reads as unset",
        "drop 'optional' again",
    ),
    Presence.IMPLICIT: (
        "a default value that a producer sets on purpose is not sent any more",
        "put 'optional' back",
    ),
}


@change_rule(
    code="PROTO117",
    name="presence-changed",
    on=ProtoField,
    message="{where} (field {number}) had {old} presence and has {new} presence: {effect}",
    fix="{fix}",
    severity=Severity.WARNING,
    since="0.1",
)
def presence_changed(change: Change[ProtoField]) -> Iterator[Hit]:
    """A field can be told from one that nobody set, and could not; or the other way round.

    ## Why it matters

    With implicit presence (proto3 without a word), a default value is never sent, and nobody can tell 0 from unset. With explicit presence
    (`optional`), they can.

    Bytes: they parse either way. But what earlier producers set to 0 looks unset to a reader that can tell; and a 0 that a new
    producer sets on purpose is not sent any more, once presence is implicit. JSON: the same, and a printed 0 comes or goes.
    Source: `has_note()` and the like appear or are gone; some languages change the type to one that may be null.

    The registry sees no difference. A field that goes into a oneof or comes out of one has rules of its own, PROTO311 and PROTO312.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { int64 discount = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { optional int64 discount = 1; }
    ```

    ## How to fix it

    Leave the field as it is. If unset has to differ from 0 from now on, add a field that can say so.

    ```proto fixed
    syntax = "proto3";
    message Order { int64 discount = 1 [deprecated = true]; optional int64 rebate = 2; }
    ```
    """
    old, new = change.old, change.new
    if {old.presence, new.presence} != {Presence.IMPLICIT, Presence.EXPLICIT} or old.oneof or new.oneof:
        return
    if not is_refused(old, new):
        effect, fix = _EFFECTS[new.presence]
        yield "", {"number": new.number, "old": old.presence, "new": new.presence, "effect": effect, "fix": fix}
