"""DOC109: a field or a type whose doc says that it is deprecated, and not since or until when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import has_date
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field, NamedType, Node

# At the start of a sentence, in capitals or with an @: "replaces the deprecated field 'memo'" is about another field.
_SAYS_SO = re.compile(r"(?:\A|[.:;!?(\[]\s*|\n\s*)[Dd]eprecated\b|\bDEPRECATED\b|@deprecated\b")


@lint_rule(
    code="DOC109",
    name="doc-deprecated-without-date",
    on=Node,
    message="'{name}' is deprecated, and its doc has no date",
    fix="write a date into its doc: Deprecated since YYYY-MM-DD, use … instead",
    since="0.1",
)
def doc_deprecated_without_date(subject: Subject[Node]) -> Iterator[Hit]:
    """A doc says deprecated, without a date.

    ## Why it matters

    Who reads it needs to know whether this was said last week or five years ago, and until when it holds.
    The property `"deprecated": true` on a field or a type counts as saying so, too.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "memo", "type": "string", "doc": "Deprecated: use note."}]}
    ```

    ## How to fix it

    Give the day since when, or until when, as year, month and day.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "memo", "type": "string", "doc": "Deprecated since 2026-10-01: use note."}]}
    ```
    """
    node = subject.node
    if not isinstance(node, Field | NamedType):
        return
    doc, flag = node.doc or "", node.properties.get("deprecated")
    says_so = bool(flag) or (("eprecated" in doc or "DEPRECATED" in doc) and _SAYS_SO.search(doc))
    if says_so and not has_date(doc) and not has_date(str(flag)):
        yield "", {"name": node.name if isinstance(node, Field) else node.short_name}
