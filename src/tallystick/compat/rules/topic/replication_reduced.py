"""TOPIC106: a topic has fewer replicas than before."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Topic
from tallystick.rulekit.rule import Hit, Severity, change_rule


@change_rule(
    code="TOPIC106",
    name="replication-reduced",
    on=Topic,
    message="topic '{topic}' had {old} replicas and now has {new}: {risk}",
    fix="set replicationFactor back to {old}",
    severity=Severity.WARNING,
    since="0.1",
)
def replication_reduced(change: Change[Topic]) -> Iterator[Hit]:
    """A topic has fewer replicas than before.

    ## Why it matters

    A replica is a broker that may fail without loss. With one, the broker's disk is the only copy. And where a topic
    asks for `min.insync.replicas` that it can't have any more, producers that wait for all (`acks=all`) are refused.

    ## Example

    ```yaml old
    replicationFactor: 3
    ```

    ```yaml new
    replicationFactor: 1
    ```

    ## How to fix it

    Keep the number. A test environment that has fewer brokers says so in its own settings, not in the contract.

    ```yaml fixed
    replicationFactor: 3
    ```
    """
    old, new = change.old, change.new
    if old.name == new.name and old.replication_factor > new.replication_factor:
        values = {"topic": new.name, "old": old.replication_factor, "new": new.replication_factor, "risk": _risk(new)}
        yield "value/replicationFactor", values


def _risk(topic: Topic) -> str:
    wanted = topic.configs.get("min.insync.replicas", "1")
    if wanted.isdigit() and int(wanted) > topic.replication_factor:
        return f"min.insync.replicas is {wanted}, so producers with acks=all are refused"
    if topic.replication_factor == 1:
        return "one broker's disk is the only copy"
    return "fewer brokers may fail before messages are lost"
