"""PROTO114: a field has another number."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO114",
    name="field-renumbered",
    on=ProtoMessage,
    message="field '{field}' of {where} had the number {old} and has {new}",
    fix="give '{field}' the number {old} back",
    since="0.1",
)
def field_renumbered(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field has another number.

    ## Why it matters

    Bytes: the number is all that says which field it is. To new readers, messages in the topic do not have the field; to old readers,
    new messages do not. To the registry one field was removed and one was added, which it lets pass.
    JSON: names have not changed, so nothing changes, as long as the type is the same.
    Source: nothing shows. All compiles, and the values are gone.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; string note = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; string note = 3; }
    ```

    ## How to fix it

    Numbers are for ever. A new field gets a new name, too.

    ```proto fixed
    syntax = "proto3";
    message Order { string id = 1; string note = 2; string remark = 3; }
    ```
    """
    for field in change.new.fields:
        old = change.old.by_name.get(field.name)
        if old is not None and old.number != field.number:
            yield f"fields/{field.name}", {"field": field.name, "old": old.number, "new": field.number}
