"""DOC205: a contract does not mark a field as personal data any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="DOC205",
    name="mark-dropped",
    on=Contract,
    message="contract.yaml marked '{field}' with {mark}, and does not any more",
    fix="put {mark} back; if the field holds no personal data, mark it pii: false in the schema",
    since="0.1",
)
def mark_dropped(change: Change[Contract]) -> Iterator[Hit]:
    """A contract does not mark a field as personal data any more.

    ## Why it matters

    Masking, access and retention go by these marks. Without one, the next copy of the topic holds the field in the clear.
    Marks in the schema itself are AVRO118's and PROTO124's.

    ## Example

    ```yaml old
    schema: [{name: Order, properties: [{name: id, logicalType: string, classification: restricted}]}]
    ```

    ```yaml new
    schema: [{name: Order, properties: [{name: id, logicalType: string}]}]
    ```

    ## How to fix it

    Put the mark back. A field that is gone from the schema needs none.

    ```yaml fixed
    schema: [{name: Order, properties: [{name: id, logicalType: string, classification: restricted}]}]
    ```
    """
    fields = {field.name for field in getattr(change.new.schema.root, "fields", ())}
    now = _marks(change.new)
    for field, marks in _marks(change.old).items():
        for mark in marks - now.get(field, frozenset()):
            if field.partition(".")[0] in fields:
                yield "schema", {"field": field, "mark": mark}


def _marks(contract: Contract) -> Mapping[str, frozenset[str]]:
    """Return which marks the properties of a contract carry, by field: `lines.sku`."""
    found: dict[str, frozenset[str]] = {}
    waiting: list[tuple[str, Mapping[str, Any]]] = [("", (contract.raw.get("schema") or [{}])[0])]
    while waiting:
        before, entry = waiting.pop()
        inner = {**entry, **(entry.get("items") or {})}
        for child in inner.get("properties") or []:
            path = f"{before}{child.get('physicalName') or child.get('name')}"
            found[path] = frozenset(mark for mark in ("classification", "tags") if child.get(mark))
            waiting.append((f"{path}.", child))
    return found
