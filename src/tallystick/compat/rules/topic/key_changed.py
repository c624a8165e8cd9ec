"""TOPIC105: the schema of a topic's keys changed."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Key
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="TOPIC105",
    name="key-changed",
    on=Key,
    message="{what}: messages of one key now get other bytes for it, and go to other partitions",
    fix="{mend}; for other keys, begin a new major version with a topic of its own",
    since="0.1",
)
def key_changed(change: Change[Key]) -> Iterator[Hit]:
    """The schema of a topic's keys changed, or keys got a schema, or lost theirs.

    ## Why it matters

    Kafka sees a key as bytes. It hashes them to choose the partition, and compaction keeps the last message of each.
    Other bytes for the same key mean: its messages go to another partition and lose their order, joins and state per
    key find nothing, and a compacted topic keeps the old message for ever, beside the new one.

    The bytes change with *any* edit, a compatible one too: they begin with the id that the registry gave the schema, and
    an edited schema has an id of its own. Even a doc comment counts.

    ## Example

    ```json old
    {"type": "record", "name": "CustomerKey", "fields": [{"name": "id", "type": "string"}]}
    ```

    ```json new
    {"type": "record", "name": "CustomerKey", "fields": [
      {"name": "id", "type": "string"}, {"name": "region", "type": "string", "default": ""}]}
    ```

    ## How to fix it

    Keep the key, and put what is new into the message. If the key itself must be another one, release a new major
    version: it gets a topic of its own, and its messages are moved there once.

    ```json fixed
    {"type": "record", "name": "CustomerKey", "fields": [{"name": "id", "type": "string"}]}
    ```
    """
    match change.old.schema, change.new.schema:
        case None, None:
            return
        case None, _:
            yield (
                "",
                {
                    "what": "the topic's keys were plain and now have a schema",
                    "mend": "take the schema of the keys out",
                },
            )
        case _, None:
            yield "", {"what": "the topic's keys had a schema and now have none", "mend": "put it back"}
        case old, new if old.canonical != new.canonical:
            yield "", {"what": "the schema of the topic's keys changed", "mend": "put it back as it was"}
