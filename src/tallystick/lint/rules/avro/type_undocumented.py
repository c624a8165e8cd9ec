"""DOC104: a record or an enum that says nothing about itself."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import EnumType, FixedType, NamedType, RecordType


@lint_rule(
    code="DOC104",
    name="type-undocumented",
    on=NamedType,
    message="{kind} '{type}' has no doc",
    fix="give '{type}' a doc",
    since="0.1",
)
def type_undocumented(subject: Subject[RecordType | EnumType | FixedType]) -> Iterator[Hit]:
    """A record or an enum has no doc.

    ## Why it matters

    The doc of a record says what one of it stands for: one event per order, or one per change of an order?
    It stands in the generated class. A fixed needs none: its name and size say it all.

    ## Example

    ```json new
    {"type": "record", "name": "OrderPlaced", "fields": []}
    ```

    ## How to fix it

    Say what one of it stands for, and when it comes to be.

    ```json fixed
    {"type": "record", "name": "OrderPlaced", "doc": "An order that checkout accepted.", "fields": []}
    ```
    """
    node = subject.node
    if not (node.doc or "").strip() and not isinstance(node, FixedType):
        yield "", {"kind": node.kind, "type": node.short_name}
