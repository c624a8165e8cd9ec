"""TOPIC107: a new major version has a topic of its own, and consumers of the old one stay behind."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Elsewhere, Hit, Severity, change_rule


@change_rule(
    code="TOPIC107",
    name="topic-left",
    on=Contract,
    message="version {version} moves to topic '{new}', and {who} read '{old}', where nothing new will arrive",
    fix="write to both topics until {who} read '{new}', and only then stop writing to '{old}'",
    severity=Severity.WARNING,
    since="0.1",
    across_majors=True,
)
def topic_left(change: Change[Contract]) -> Iterator[Hit]:
    """A new major version has a topic of its own, and declared consumers of the old one stay behind.

    ## Why it matters

    A new topic is how a change that breaks everyone is made without breaking anyone. But no consumer moves by itself: each
    goes on at the old topic, sees no error, and gets nothing from the day on which the producer stops writing there. So
    those are named who said that they read it. They must subscribe to the new topic, with the new schema, and nobody can
    tell from here whether they did.

    ## Example

    ```yaml old
    version: 1.4.0
    customProperties: [{vendor: tallystick, property: consumers, value: [{id: billing}]}]
    ```

    ```yaml new
    version: 2.0.0
    customProperties: [{vendor: tallystick, property: consumers, value: [{id: billing}]}]
    ```

    ## How to fix it

    Write to both topics for a while, or copy the old one's messages over. A change that the level allows needs no new
    major version, and no new topic.

    ```yaml fixed
    version: 1.5.0
    customProperties: [{vendor: tallystick, property: consumers, value: [{id: billing}]}]
    ```
    """
    old, new = change.old, change.new
    if old.topic.name == new.topic.name or old.major == new.major or not old.consumers:
        return
    consumers = tuple(consumer.id for consumer in old.consumers)
    at = Elsewhere(
        "/schema/0/physicalName", new.place("/schema/0/physicalName"), old.place("/schema/0/physicalName"), consumers
    )
    who = ", ".join(f"'{consumer}'" for consumer in consumers)
    yield at, {"version": new.version, "old": old.topic.name, "new": new.topic.name, "who": who}
