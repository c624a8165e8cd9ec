"""AVRO116: the doc of a field or of a named type is gone."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import parts
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import Field, NamedType, Node


@change_rule(
    code="AVRO116",
    name="doc-removed",
    on=NamedType,
    message="{what} had a doc and has none now",
    fix="keep the doc of {what}, or write a better one",
    severity=Severity.WARNING,
    since="0.1",
)
def doc_removed(change: Change[NamedType]) -> Iterator[Hit]:
    """A record, enum, fixed or field had a doc, and has none now.

    ## Why it matters

    The doc is what the readers of the topic know about it: units, time zones, when a value is null. It is also
    the docstring of generated code. No message is read differently without it: so this is a warning.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long", "doc": "In cents, taxes included."}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long"}]}
    ```

    ## How to fix it

    Keep the doc. A better one is no removal.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long", "doc": "In cents; includes tax."}]}
    ```
    """
    for part in parts(change):
        if _has_doc(part.old) and not _has_doc(part.new):
            yield f"{part.prefix}doc", {"what": part.label}


def _has_doc(node: Node) -> bool:
    return isinstance(node, NamedType | Field) and bool((node.doc or "").strip())
