"""AVRO117: the sort order of a field is not what it was."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import kept_fields, same_type
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import RecordType


@change_rule(
    code="AVRO117",
    name="sort-order-changed",
    on=RecordType,
    message="field '{field}' was sorted '{old}' and is sorted '{new}'",
    fix="set the order of '{field}' back to '{old}'",
    severity=Severity.WARNING,
    since="0.1",
)
def sort_order_changed(change: Change[RecordType]) -> Iterator[Hit]:
    """The attribute `order` of a field changed.

    ## Why it matters

    Records are compared field by field, each in its `order`. Who keeps sorted files of these messages, or
    merges them, must sort again: files written before and after do not fit together. Most consumers of a topic never
    compare records, and every message is read as before: so this is a warning.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long", "order": "descending"}]}
    ```

    ## How to fix it

    Keep the order. `ascending` is what a field has that says nothing.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long", "order": "ascending"}]}
    ```
    """
    if not same_type(change.old, change.new):
        return
    for old, field in kept_fields(change.old, change.new):
        if old.order != field.order:
            yield f"fields/{field.name}/order", {"field": field.name, "old": old.order, "new": field.order}
