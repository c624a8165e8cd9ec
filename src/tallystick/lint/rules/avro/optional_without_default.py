"""DOC121: a field that may be null, and must be written all the same."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.values import is_nullable
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field, UnionType


@lint_rule(
    code="DOC121",
    name="optional-without-default",
    on=Field,
    message="field '{field}' may be null, and has no default",
    fix="{mend}",
    since="0.1",
)
def optional_without_default(subject: Subject[Field]) -> Iterator[Hit]:
    """A field may be null, and has no default.

    ## Why it matters

    To Avro, nullable is not optional: without a default every producer has to give the null, and the field can
    neither be added to old messages nor removed from new ones later.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["null", "string"]}]}
    ```

    ## How to fix it

    Give it the default null. Older tools take a default for the first branch only, so write null first in a field that is new. In
    one that was released the branches have to keep their order: take a default of the first.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "note", "type": ["null", "string"], "default": null}]}
    ```
    """
    field = subject.node
    if not field.has_default and isinstance(field.type, UnionType) and is_nullable(field.type):
        first = field.type.branches[0]
        name = getattr(first, "short_name", first.kind)
        new = "if it is new, put null first in its union and give it the default null"
        mend = "give it the default null" if first.kind == "null" else f"{new}; else, a default of type '{name}'"
        yield "", {"field": field.name, "mend": mend}
