"""AVRO304: a union of one branch became that branch, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import same_type, type_name
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import Node, UnionType


@change_rule(
    code="AVRO304",
    name="union-collapsed",
    on=Node,
    message="{where} was {old} and is {new}",
    fix="make {where} {old} again",
    severity=Severity.WARNING,
    since="0.1",
)
def union_collapsed(change: Change[Node]) -> Iterator[Hit]:
    """A union of one branch became just its type, or a type became a union of one.

    ## Why it matters

    Each reads the other, so registries take it and this is a warning. But the bytes differ (a union's value begins
    with the number of its branch), the JSON form differs (`{"string": "x"}` and `"x"`), and so does code that is
    generated or that looks at the schema.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["string"]}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": "string"}]}
    ```

    ## How to fix it

    Keep what was. A union may get a second branch.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["string", "null"]}]}
    ```
    """
    for union, other, collapsed in ((change.old, change.new, True), (change.new, change.old, False)):
        if isinstance(union, UnionType) and not isinstance(other, UnionType) and len(union.branches) == 1:
            branch = union.branches[0]
            if same_type(branch, other):
                one = f"a union of '{type_name(branch)}' alone", f"a plain '{type_name(branch)}'"
                yield "", {"old": one[not collapsed], "new": one[collapsed]}
