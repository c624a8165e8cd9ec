"""DOC127: a logical type that Avro ignores where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tallystick.lint.engine import Subject
from tallystick.lint.names import vocabulary
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field, FixedType, Node, PrimitiveType

# Avro 1.12 specification, section "Logical Types". Others are somebody's own, on whatever base they like.
_KNOWN = vocabulary(
    "decimal big-decimal uuid date time-millis time-micros duration timestamp-millis timestamp-micros timestamp-nanos"
    " local-timestamp-millis local-timestamp-micros local-timestamp-nanos"
)


@lint_rule(
    code="DOC127",
    name="logical-type-ignored",
    on=Node,
    message="Avro ignores the logical type '{logical}': {why}",
    fix="{mend}",
    since="0.1",
)
def logical_type_ignored(subject: Subject[Node]) -> Iterator[Hit]:
    """A logical type stands where Avro ignores it, or is misspelt.

    ## Why it matters

    Avro looks for `logicalType` in the type, not in the field beside it, and only on the base type that it belongs
    to. Elsewhere every reader silently sees the bare number or text, and generated code has no datetime.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "placed_at", "type": "long", "logicalType": "timestamp-millis"}]}
    ```

    ## How to fix it

    Write the type as an object, with the logical type in it: a timestamp on a long, a date on an int, a decimal
    with its precision on bytes.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "placed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
    ```
    """
    node = subject.node
    logical = node.properties.get("logicalType")
    if not isinstance(logical, str):
        return
    if isinstance(node, Field):
        mend = f"write it into the type: {_moved(node, logical)}"
        yield "logicalType", {"logical": logical, "why": f"it stands on the field '{node.name}' itself", "mend": mend}
    elif isinstance(node, PrimitiveType | FixedType) and node.logical is None:
        if logical in _KNOWN:
            mend = "use the base type, size or precision that the specification asks for, or take it out"
            yield "logicalType", {"logical": logical, "why": f"it does not fit this {node.kind}", "mend": mend}
        elif meant := _meant(logical):
            why = "it knows none of that name"
            yield "logicalType", {"logical": logical, "why": why, "mend": f"write '{meant}'"}


@lru_cache(maxsize=1024)
def _meant(logical: str) -> str | None:
    """Return the logical type that somebody meant who wrote another name; None for a name of their own."""
    from difflib import get_close_matches  # noqa: PLC0415  # here and not above: most schemas misspell nothing

    alike = logical.lower().replace("_", "-")
    return alike if alike in _KNOWN else next(iter(get_close_matches(alike, sorted(_KNOWN), n=1, cutoff=0.8)), None)


def _moved(field: Field, logical: str) -> str:
    base = field.type.kind if isinstance(field.type, PrimitiveType) else "…"
    return f'"type": {{"type": "{base}", "logicalType": "{logical}"}}'
