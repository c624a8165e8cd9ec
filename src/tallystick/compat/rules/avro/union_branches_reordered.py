"""AVRO303: the branches of a union stand in another order."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import first_moved, type_name
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import UnionType


@change_rule(
    code="AVRO303",
    name="union-branches-reordered",
    on=UnionType,
    message="the branches of {where} changed places: '{branch}' stood behind '{other}' and now stands before it",
    fix="write the branches of {where} in the order that they had, and new ones at the end",
    severity=Severity.WARNING,
    since="0.1",
)
def union_branches_reordered(change: Change[UnionType]) -> Iterator[Hit]:
    """Branches that both versions have stand in another order.

    ## Why it matters

    In Avro's binary form a union's value begins with the number of its branch. A reader that knows the
    writer's schema goes by the type and notices nothing: so this is a warning. A reader that takes its own schema for
    the writer's reads one type's bytes as another's, and older tools go by the first branch for the default.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["string", "null"]}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["null", "string"]}]}
    ```

    ## How to fix it

    Keep the order. Add branches at the end.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["string", "null", "long"]}]}
    ```
    """
    old, new = ([type_name(branch) for branch in union.branches] for union in (change.old, change.new))
    moved = first_moved(old, new)
    if moved is not None:
        yield "", {"branch": moved[0], "other": moved[1]}
