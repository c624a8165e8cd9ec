"""DOC125: a UUID that is any text."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import words
from tallystick.lint.values import held
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field, PrimitiveType

# A logical type that Avro ignores there is DOC127's to tell.
_HINTS = ("logicalType", "format", "pattern")


@lint_rule(
    code="DOC125",
    name="uuid-without-logical-type",
    on=Field,
    message="field '{field}' is named a UUID, and takes any text",
    fix="give the string the logical type uuid: what is on the wire stays the same",
    since="0.1",
)
def uuid_without_logical_type(subject: Subject[Field]) -> Iterator[Hit]:
    """A field named a UUID is a string without the logical type.

    ## Why it matters

    Some producer will write it in capitals, in braces or empty, and joins go wrong without an error. With the
    logical type generated code takes and gives UUIDs, and no other text.

    Only names that end in `uuid` or `guid` are meant. An id that is any text is fine: most are.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "order_uuid", "type": "string"}]}
    ```

    ## How to fix it

    Add the logical type. Readers of old messages are not affected: the text is the same.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "order_uuid", "type": {"type": "string", "logicalType": "uuid"}}]}
    ```
    """
    field = subject.node
    if words(field.name)[-1:] not in (("uuid",), ("guid",)) or any(hint in field.properties for hint in _HINTS):
        return
    for kind in held(field.type):
        is_bare = isinstance(kind, PrimitiveType) and not any(hint in kind.properties for hint in _HINTS)
        if kind.kind == "string" and is_bare:
            yield "type", {"field": field.name}
