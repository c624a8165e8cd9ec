"""AVRO114: an alias of a field or of a named type is gone."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.changes import parts
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.types import Field, NamedType


@change_rule(
    code="AVRO114",
    name="alias-dropped",
    on=NamedType,
    message="{what} was also known as '{alias}', and is no more",
    fix="keep '{alias}' among the aliases of {what}",
    since="0.1",
    long_memory=True,
)
def alias_dropped(change: Change[NamedType]) -> Iterator[Hit]:
    """An alias that an earlier version had is gone.

    ## Why it matters

    An alias is how new readers find what old messages carry under an old name. Without it they do not find
    it: the field takes its default, so what the message said is lost without a word, or the reader fails. A registry
    that looks at the newest version only lets it pass, because that version writes the new name.

    The alias may go when no message that was written under the old name is left: then set this code to `warning` or
    `off` in the policy.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [
      {"name": "amount", "type": "long", "default": 0, "aliases": ["total"]}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "long", "default": 0}]}
    ```

    ## How to fix it

    Keep the alias, also when the name changes again: then there are two. AVRO120 says what released readers get.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "amount_cents", "type": "long", "default": 0, "aliases": ["amount", "total"]}]}
    ```
    """
    for part in parts(change):
        if isinstance(part.old, NamedType | Field) and isinstance(part.new, NamedType | Field):
            for alias in part.old.aliases:
                if alias != part.new.name and alias not in part.new.aliases:
                    yield f"{part.prefix}aliases", {"what": part.label, "alias": alias}
