"""TOPIC104: a contract moved to another topic, and its major version stayed."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="TOPIC104",
    name="topic-renamed-within-major",
    on=Contract,
    message="the topic was '{old}' and is '{new}', and the major version is still {major}",
    fix="call the topic '{old}' again, or set version to {next}.0.0",
    since="0.1",
)
def topic_renamed_within_major(change: Change[Contract]) -> Iterator[Hit]:
    """The topic of a contract has another name, within one major version.

    ## Why it matters

    Kafka does not rename topics: this is a new, empty one, with a new subject that has no history. Producers that
    upgrade write there. Consumers that do not upgrade wait at the old topic, see no error, and get nothing. So this
    is an error. A new major version says that everyone must move, and may have a topic of its own.

    ## Example

    ```yaml old
    version: 1.1.0
    schema: [{name: Order, physicalName: commerce.order-placed.v1}]
    ```

    ```yaml new
    version: 1.2.0
    schema: [{name: Order, physicalName: commerce.orders}]
    ```

    ## How to fix it

    Keep the name, or begin a new major version. Without `physicalName` the topic is the contract's id and its
    major version.

    ```yaml fixed
    version: 2.0.0
    schema: [{name: Order, physicalName: commerce.orders}]
    ```
    """
    old, new = change.old, change.new
    if old.topic.name != new.topic.name and old.major == new.major:
        values = {"old": old.topic.name, "new": new.topic.name, "major": new.major, "next": new.major + 1}
        yield "schema/0/physicalName", values
