"""DOC131: a field of a .proto file without a comment."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoField


@lint_rule(
    code="DOC131",
    name="proto-field-undocumented",
    on=ProtoField,
    message="field '{field}' has no comment",
    fix="say above '{field}' what it holds",
    since="0.1",
)
def proto_field_undocumented(subject: Subject[ProtoField]) -> Iterator[Hit]:
    """A field of a .proto file has no comment.

    ## Why it matters

    The comment is what readers of the topic go by: units, whether taxes are in, what unset means. It stands in the
    generated classes, where an editor shows it.

    ## Example

    ```proto new
    message Order {
      int64 total = 1;
    }
    ```

    ## How to fix it

    Say what the name does not, on the lines before the field or behind it.

    ```proto fixed
    message Order {
      // What the customer pays, in cents, taxes included.
      int64 total = 1;
    }
    ```
    """
    if not (subject.node.doc or "").strip():
        yield "", {"field": subject.node.name}
