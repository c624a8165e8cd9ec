"""AVRO203: the default symbol of an enum was removed or moved to another symbol."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import same_type
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.types import EnumType


@change_rule(
    code="AVRO203",
    name="enum-default-changed",
    on=EnumType,
    message="the default symbol of enum '{enum}' was '{old}' and {new}",
    fix="set the default of '{enum}' back to '{old}'",
    since="0.1",
)
def enum_default_changed(change: Change[EnumType]) -> Iterator[Hit]:
    """The default symbol of an enum was removed, or is another one.

    ## Why it matters

    A reader takes the default symbol for every symbol that it does not know. With another default, two readers of
    one message see two different values. Without one, the readers made from this version fail on the first message
    with a symbol that comes later. No registry looks ahead like that.

    ## Example

    ```json old
    {"type": "enum", "name": "Channel", "symbols": ["OTHER", "WEB", "APP"], "default": "OTHER"}
    ```

    ```json new
    {"type": "enum", "name": "Channel", "symbols": ["OTHER", "WEB", "APP"], "default": "WEB"}
    ```

    ## How to fix it

    Keep the default. Giving one to an enum that has none is always good.

    ```json fixed
    {"type": "enum", "name": "Channel", "symbols": ["OTHER", "WEB", "APP", "STORE"], "default": "OTHER"}
    ```
    """
    old, new = change.old, change.new
    if same_type(old, new) and old.default is not None and old.default != new.default:
        now = "is gone" if new.default is None else f"is '{new.default}'"
        yield "default", {"enum": new.short_name, "old": old.default, "new": now}
