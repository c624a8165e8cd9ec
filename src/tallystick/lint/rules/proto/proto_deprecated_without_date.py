"""DOC136: something in a .proto file that is deprecated, and not since or until when."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import has_date
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoNode


@lint_rule(
    code="DOC136",
    name="proto-deprecated-without-date",
    on=ProtoNode,
    message="'{name}' is deprecated, and its comment has no date",
    fix="write a date into its comment: Deprecated since YYYY-MM-DD, use … instead",
    since="0.1",
)
def proto_deprecated_without_date(subject: Subject[ProtoNode]) -> Iterator[Hit]:
    """The option `deprecated` is set, and the comment has no date.

    ## Why it matters

    Who reads it needs to know whether this was said last week or five years ago, and until when it holds.

    ## Example

    ```proto new
    message Order {
      // Use note.
      string memo = 1 [deprecated = true];
    }
    ```

    ## How to fix it

    Give the day since when, or until when, as year, month and day.

    ```proto fixed
    message Order {
      // Deprecated since 2026-10-01: use note.
      string memo = 1 [deprecated = true];
    }
    ```
    """
    node = subject.node
    if node.properties.get("deprecated") is True and not has_date(node.doc or ""):
        yield "", {"name": node.short_name}
