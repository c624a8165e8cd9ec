"""AVRO204: the symbols of an enum stand in another order."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import first_moved, same_type
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import EnumType


@change_rule(
    code="AVRO204",
    name="enum-symbols-reordered",
    on=EnumType,
    message="the symbols of enum '{enum}' changed places: '{symbol}' stood behind '{other}' and now stands before it",
    fix="write the symbols of '{enum}' in the order that they had, and new ones at the end",
    severity=Severity.WARNING,
    since="0.1",
)
def enum_symbols_reordered(change: Change[EnumType]) -> Iterator[Hit]:
    """Symbols that both versions have stand in another order.

    ## Why it matters

    In Avro's binary form a symbol is its number in the list. A reader that knows the writer's schema goes by
    the name and notices nothing: so this is a warning. Code that goes by numbers does: a reader that takes its own
    schema for the writer's, a table that stores ordinals, a sort (enums sort by position).

    ## Example

    ```json old
    {"type": "enum", "name": "Size", "symbols": ["SMALL", "LARGE"]}
    ```

    ```json new
    {"type": "enum", "name": "Size", "symbols": ["LARGE", "SMALL"]}
    ```

    ## How to fix it

    Keep the order. Add symbols at the end, so that no number changes its meaning.

    ```json fixed
    {"type": "enum", "name": "Size", "symbols": ["SMALL", "LARGE", "HUGE"]}
    ```
    """
    moved = first_moved(change.old.symbols, change.new.symbols) if same_type(change.old, change.new) else None
    if moved is not None:
        yield "symbols", {"enum": change.new.short_name, "symbol": moved[0], "other": moved[1]}
