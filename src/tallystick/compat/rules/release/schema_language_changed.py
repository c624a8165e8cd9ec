"""DOC203: a contract's schema is in another language than before."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="DOC203",
    name="schema-language-changed",
    on=Contract,
    message="the schema was {old} and now is {new}: no reader of the one takes messages of the other",
    fix="put the {old} schema back; for another language, begin a new major version with a topic of its own",
    since="0.1",
)
def schema_language_changed(change: Change[Contract]) -> Iterator[Hit]:
    """A contract's schema changed from Avro to Protobuf, or back.

    ## Why it matters

    The bytes of the two have nothing in common. A topic with both has messages that half of its consumers can't read, and a
    registry refuses the schema under the same subject, whatever is in it.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Keep the language within a major version. The next one has a topic and a subject of its own, in any language.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}
    ```
    """
    old, new = change.old.schema.format, change.new.schema.format
    if old is not new:
        yield "version", {"old": old.capitalize(), "new": new.capitalize()}
