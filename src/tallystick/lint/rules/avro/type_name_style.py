"""DOC110: a record, an enum or a fixed whose name is not in PascalCase."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import pascal
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import EnumType, FixedType, NamedType, RecordType

# SKU and URLClick are fine: nobody agrees on how acronyms are written.
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*\Z")


@lint_rule(
    code="DOC110",
    name="type-name-style",
    on=NamedType,
    message="the name of {kind} '{type}' is not in PascalCase",
    fix="name it '{better}'; if it was released, keep the name, for a new one breaks readers",
    since="0.1",
)
def type_name_style(subject: Subject[RecordType | EnumType | FixedType]) -> Iterator[Hit]:
    """A type's name is not in PascalCase.

    ## Why it matters

    The name becomes a class in every language that code is generated for. Avro's own documents write types so, and
    a second style in one code base makes people look up each name.

    ## Example

    ```json new
    {"type": "record", "name": "order_line", "fields": []}
    ```

    ## How to fix it

    Rename it before the first release. Afterwards the name is part of what readers compare.

    ```json fixed
    {"type": "record", "name": "OrderLine", "fields": []}
    ```
    """
    node = subject.node
    name = node.short_name
    if not _PASCAL.match(name):
        yield "name", {"kind": node.kind, "type": name, "better": pascal(name) or "a word"}
