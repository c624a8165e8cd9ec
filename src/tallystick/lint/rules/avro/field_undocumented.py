"""DOC102: a field that says nothing about itself."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field


@lint_rule(
    code="DOC102",
    name="field-undocumented",
    on=Field,
    message="field '{field}' has no doc",
    fix="give '{field}' a doc",
    since="0.1",
)
def field_undocumented(subject: Subject[Field]) -> Iterator[Hit]:
    """A field has no doc.

    ## Why it matters

    The doc is what readers of the topic go by: units, whether taxes are in, what null means. It stands in the
    generated classes, where an editor shows it.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long"}]}
    ```

    ## How to fix it

    Say what the name does not.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "total", "type": "long", "doc": "What the customer pays, in cents, taxes included."}]}
    ```
    """
    if not (subject.node.doc or "").strip():
        yield "", {"field": subject.node.name}
