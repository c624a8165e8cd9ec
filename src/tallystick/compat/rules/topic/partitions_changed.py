"""TOPIC101: the number of partitions of a topic changed."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Topic
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="TOPIC101",
    name="partitions-changed",
    on=Topic,
    message="topic '{topic}' had {old} partitions and now has {new}",
    fix="set partitions back to {old}; to get more of them, begin a new major version with a topic of its own",
    since="0.1",
)
def partitions_changed(change: Change[Topic]) -> Iterator[Hit]:
    """The number of partitions of a topic changed.

    ## Why it matters

    A message goes to the partition that its key hashes to, modulo the number of partitions. After the change, new
    messages of a key go elsewhere: their order is lost, and every consumer that keeps state per key
    finds half of it on another instance. Kafka can't take partitions away at all.

    ## Example

    ```yaml old
    partitions: 6
    ```

    ```yaml new
    partitions: 12
    ```

    ## How to fix it

    Keep the number. If the topic has outgrown it, release a new major version: it gets a topic of its own.

    ```yaml fixed
    partitions: 6
    ```
    """
    if change.old.name == change.new.name and change.old.partitions != change.new.partitions:
        values = {"topic": change.new.name, "old": change.old.partitions, "new": change.new.partitions}
        yield "value/partitions", values
