"""DOC111: a field whose name is in no usual style, or in another one than its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from tallystick.lint.engine import Subject
from tallystick.lint.names import camel, snake
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import RecordType

# An underscore in front is let be: it marks technical fields (_id, _meta), in either style.
_SNAKE = re.compile(r"_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+\Z")
_CAMEL = re.compile(r"_*[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)\Z")
_EITHER = re.compile(r"_*[a-z][a-z0-9]*\Z")
_NEITHER = "neither snake_case nor lowerCamelCase"


@lint_rule(
    code="DOC111",
    name="field-name-style",
    on=RecordType,
    message="the name of field '{field}' is {problem}",
    fix="name it '{better}'; if it was released, keep '{field}' as an alias",
    since="0.1",
)
def field_name_style(subject: Subject[RecordType]) -> Iterator[Hit]:
    """A field's name is neither in snake_case nor in lowerCamelCase, or unlike the other ones of its record.

    ## Why it matters

    Names become columns and attributes. Who types `order.customerId` by memory, beside `order.order_id`, is wrong
    half of the time. Either style is fine; a name of one word is in both.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "order_id", "type": "string"}, {"name": "placed_at", "type": "string"},
      {"name": "customerId", "type": "string"}]}
    ```

    ## How to fix it

    Write it like its neighbours. Once a name is released, rename it with an alias, so that old messages still read.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "order_id", "type": "string"}, {"name": "placed_at", "type": "string"},
      {"name": "customer_id", "type": "string"}]}
    ```
    """
    styles = [(index, field.name, _style(field.name)) for index, field in enumerate(subject.node.fields)]
    counted = Counter(style for _, _, style in styles if style not in ("", _NEITHER)).most_common(1)
    usual = counted[0][0] if counted else "snake_case"
    for index, name, style in styles:
        if style not in ("", usual):
            problem = style if style == _NEITHER else f"in {style}, most of '{subject.node.short_name}' in {usual}"
            better = camel(name) if usual == "lowerCamelCase" else snake(name)
            yield f"fields/{index}/name", {"field": name, "problem": problem, "better": better}


@lru_cache(maxsize=16384)
def _style(name: str) -> str:
    """Return the style of a name; empty if it fits both."""
    if _EITHER.match(name):
        return ""
    if _SNAKE.match(name):
        return "snake_case"
    return "lowerCamelCase" if _CAMEL.match(name) else _NEITHER
