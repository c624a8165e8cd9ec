"""PROTO118: a field became required, or is no longer, and the registry does not say so."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import is_refused
from tallystick.compat.proto_fields import is_labelled_required, is_plain
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import Presence, ProtoField, ProtoMessage


@change_rule(
    code="PROTO118",
    name="required-changed",
    on=ProtoMessage,
    message="field '{field}' ({number}) of {where} {what}",
    fix="{fix}",
    since="0.1",
)
def required_changed(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field became required, or is no longer required.

    ## Why it matters

    Bytes: a message without a required field does not parse, for any reader to whom it is required. A field that became required fails
    new readers on the first old message; one that is no longer fails the old readers on the first new one. JSON: the same.
    Source: setters and constructors may change; what is worse, all compiles and fails when it runs.

    The registry refuses a required field that is added or removed, and a numeric one that changes its word: PROTO102, PROTO103,
    PROTO404. It is silent on strings, bytes and messages, and on what an edition says in an option, LEGACY_REQUIRED.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { optional string id = 1; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { required string id = 1; }
    ```

    ## How to fix it

    Leave the word as it is, and check in code that the field is there.

    ```proto fixed
    syntax = "proto2";
    message Order { optional string id = 1; /* always set since 2024 */ }
    ```
    """
    for new in change.new.fields:
        old = change.old.by_number.get(new.number)
        if _is_required(new) and not _is_required(old) and not _is_said(change, old, new):
            yield _hit(new, "became required: readers fail on every earlier message without it", "keep it optional")
        elif old is not None and _is_required(old) and not _is_required(new) and not _is_said(change, old, new):
            yield _hit(
                new, "is no longer required: earlier readers fail on every message without it", "keep it required"
            )
    for old in change.old.fields:
        is_said = change.directions and is_labelled_required(old)
        if _is_required(old) and old.number not in change.new.by_number and not is_said:
            yield _hit(old, "was required and is gone: earlier readers fail on every message without it", "put it back")


def _hit(field: ProtoField, what: str, fix: str) -> Hit:
    return f"fields/{field.name}", {"field": field.name, "number": field.number, "what": what, "fix": fix}


def _is_required(field: ProtoField | None) -> bool:
    return field is not None and field.presence is Presence.REQUIRED


def _is_said(change: Change[ProtoMessage], old: ProtoField | None, new: ProtoField) -> bool:
    """Say whether the registry, or the rule about lists, speaks of the field already."""
    if not change.directions:
        return old is not None and old.is_repeated != new.is_repeated
    if old is None or (is_labelled_required(new) and not is_plain(old)):
        return is_labelled_required(new)
    return is_refused(old, new) or old.is_repeated or new.is_repeated
