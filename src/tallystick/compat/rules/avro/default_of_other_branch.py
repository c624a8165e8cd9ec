"""AVRO112: the default of a union's field fits another branch than the first."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tallystick.compat.changes import type_name
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.avro_defaults import default_problem
from tallystick.schema.types import Field, RecordType, Type, UnionType


@change_rule(
    code="AVRO112",
    name="default-of-other-branch",
    on=RecordType,
    message="the default of field '{field}' is {default}, and the first branch of its union is '{first}'",
    fix="{mend}",
    since="0.1",
)
def default_of_other_branch(change: Change[RecordType]) -> Iterator[Hit]:
    """A field of a union type got a default that is not of the union's first branch.

    ## Why it matters

    Up to Avro 1.11, the specification wants the default of a union to be of its first branch. Since 1.12 it may be of
    any. Tools that hold to the older text refuse the whole schema: code generators, connectors, and every consumer that
    parses the schema of a message. Nothing is wrong with the data, but they read none of it.

    The rule looks at what came new: a default that was released like this is not mentioned again.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "shop", "type": ["null", "string"], "default": null}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "shop", "type": ["null", "string"], "default": "web"}]}
    ```

    ## How to fix it

    Take a default of the first branch. In a field that is new, the default's type may also be written as the first branch; in
    one that was released, its branches have to keep their order.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "shop", "type": ["null", "string"], "default": null}]}
    ```
    """
    for field in change.new.fields:
        branch = _other_branch(field)
        old = change.old.find(field)
        if branch is None or not isinstance(field.type, UnionType) or (old is not None and _other_branch(old)):
            continue
        yield (
            f"fields/{field.name}/default",
            {
                "field": field.name,
                "default": json.dumps(field.default, ensure_ascii=False),
                "first": type_name(field.type.branches[0]),
                "mend": _mend(field, type_name(branch), type_name(field.type.branches[0]), is_new=old is None),
            },
        )


def _mend(field: Field, branch: str, first: str, *, is_new: bool) -> str:
    ours = f"give '{field.name}' a default of type '{first}'"
    return f"put '{branch}' first in the union of '{field.name}', or {ours}" if is_new else ours


def _other_branch(field: Field) -> Type | None:
    """Return the branch that a field's default is of; None if there is no default, or the first branch takes it."""
    if not isinstance(field.type, UnionType) or not field.has_default:
        return None
    fitting = [branch for branch in field.type.branches if default_problem(branch, field.default) is None]
    return fitting[0] if fitting and fitting[0] is not field.type.branches[0] else None
