"""AVRO120: a field is gone under its name, and readers that know it take its default."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tallystick.compat.changes import same_type
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import RecordType


@change_rule(
    code="AVRO120",
    name="field-lost-to-default",
    on=RecordType,
    message="{what}: readers of earlier versions take {default} for it, whatever new messages say",
    fix="keep '{field}' until its last reader has upgraded",
    severity=Severity.WARNING,
    since="0.1",
)
def field_lost_to_default(change: Change[RecordType]) -> Iterator[Hit]:
    """A field that had a default was removed, or renamed with an alias.

    ## Why it matters

    No registry refuses it, and no reader fails: that is what defaults are for. But readers of earlier versions that are
    running now do not find the field in new messages and take its default, without a word. An alias does not help them: it
    is in the new schema, which they do not have.

    ## Example

    ```json old
    {"type": "record", "name": "Review", "fields": [
      {"name": "id", "type": "long"}, {"name": "score", "type": "int", "default": 0}]}
    ```

    ```json new
    {"type": "record", "name": "Review", "fields": [
      {"name": "id", "type": "long"}, {"name": "rating", "type": "int", "default": 0, "aliases": ["score"]}]}
    ```

    ## How to fix it

    Keep the field and fill it, until everyone who reads it has upgraded. To rename one, write both for a while.

    ```json fixed
    {"type": "record", "name": "Review", "fields": [
      {"name": "id", "type": "long"}, {"name": "score", "type": "int", "default": 0},
      {"name": "rating", "type": "int", "default": 0}]}
    ```
    """
    if not same_type(change.old, change.new):
        return
    heirs = {alias: field.name for field in change.new.fields for alias in field.aliases}
    for field in change.old.fields:
        if field.has_default and field.name not in change.new.by_name:
            heir = heirs.get(field.name)
            what = f"field '{field.name}' is called '{heir}' now" if heir else f"field '{field.name}' is gone"
            yield f"fields/{field.name}", {"field": field.name, "what": what, "default": json.dumps(field.default)}
