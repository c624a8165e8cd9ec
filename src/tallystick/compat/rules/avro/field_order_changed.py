"""AVRO113: the fields of a record stand in another order."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import first_moved, kept_fields, same_type
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import RecordType


@change_rule(
    code="AVRO113",
    name="field-order-changed",
    on=RecordType,
    message="the fields of '{record}' changed places: '{field}' stood behind '{other}' and now stands before it",
    fix="write the fields of '{record}' in the order that they had, and new ones where they disturb none",
    severity=Severity.WARNING,
    since="0.1",
)
def field_order_changed(change: Change[RecordType]) -> Iterator[Hit]:
    """Fields that both versions have stand in another order.

    ## Why it matters

    Avro's binary form is the fields' values in order, with no names. A reader that knows the writer's schema, as every
    client of a registry does, finds each field by its name and notices nothing: so this is a warning. A reader that
    takes its own schema for the writer's reads one field's bytes as another's. The fingerprint changes too, and with
    it the schema's id, though nothing was added.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}, {"name": "shop", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "shop", "type": "long"}, {"name": "id", "type": "long"}]}
    ```

    ## How to fix it

    Keep the order. Fields may be added and taken out anywhere; the ones that stay keep their order.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "id", "type": "long"}, {"name": "note", "type": "string", "default": ""},
      {"name": "shop", "type": "long"}]}
    ```
    """
    if not same_type(change.old, change.new):
        return
    kept = {old.name: new.name for old, new in kept_fields(change.old, change.new)}
    moved = first_moved([kept[field.name] for field in change.old.fields if field.name in kept], [*kept.values()])
    if moved is not None:
        yield f"fields/{moved[0]}", {"record": change.new.short_name, "field": moved[0], "other": moved[1]}
