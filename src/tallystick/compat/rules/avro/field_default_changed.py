"""AVRO111: the default of a field is not what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.types import RecordType


@change_rule(
    code="AVRO111",
    name="field-default-changed",
    on=RecordType,
    message="the default of field '{field}' was {old} and {new}",
    fix="set the default of '{field}' back to {old}",
    since="0.1",
)
def field_default_changed(change: Change[RecordType]) -> Iterator[Hit]:
    """The default of a field changed, or is gone.

    ## Why it matters

    A default is what readers take for messages that lack the field. After this change, two readers of one
    message see two different values: the one that upgraded, and the one that has not. Without a default, a reader that
    upgraded fails on messages from before the field was there. No registry refuses it, unless it looks at those versions.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "priority", "type": "int", "default": 0}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "priority", "type": "int", "default": 5}]}
    ```

    ## How to fix it

    Keep the default. If messages should carry another value from now on, let producers set it.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "priority", "type": "int", "default": 0}]}
    ```
    """
    for field in change.new.fields:
        old = change.old.by_name.get(field.name)
        # Of another type, the field has another default, and what is wrong is the type.
        if old is None or not old.has_default or old.type.kind != field.type.kind:
            continue
        was = json.dumps(old.default, sort_keys=True)
        now = f"is {json.dumps(field.default, sort_keys=True)}" if field.has_default else "is gone"
        if now != f"is {was}":
            yield f"fields/{field.name}/default", {"field": field.name, "old": was, "new": now}
