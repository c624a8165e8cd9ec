"""TOPIC102: what Kafka deletes from a topic is decided in another way."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Topic
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="TOPIC102",
    name="cleanup-policy-changed",
    on=Topic,
    message="the cleanup policy of topic '{topic}' was '{old}' and is '{new}'",
    fix="set cleanup.policy back to '{old}'",
    since="0.1",
)
def cleanup_policy_changed(change: Change[Topic]) -> Iterator[Hit]:
    """The cleanup policy of a topic changed.

    ## Why it matters

    The policy is what a topic promises to keep. `compact` on a topic of events deletes all but the last one of each
    key, and refuses messages without a key. `delete` on a compacted topic takes the last value of keys that nobody
    wrote for a while: tables that consumers rebuild from it lose rows. Without `delete`, messages stay for ever that
    were to be erased in time. What Kafka deleted does not come back: so this is an error.

    A topic that says nothing has Kafka's own policy, `delete`.

    ## Example

    ```yaml old
    configs: {cleanup.policy: delete}
    ```

    ```yaml new
    configs: {cleanup.policy: compact}
    ```

    ## How to fix it

    Keep the policy. If consumers need a table of the last values, give it a contract and a topic of its own.

    ```yaml fixed
    configs: {cleanup.policy: delete, retention.ms: "604800000"}
    ```
    """
    old, new = (_policies(topic) for topic in (change.old, change.new))
    if change.old.name == change.new.name and old != new:
        values = {"topic": change.new.name, "old": ",".join(old), "new": ",".join(new)}
        yield "value/configs/cleanup.policy", values


def _policies(topic: Topic) -> list[str]:
    """Return the policies in the order of their names: Kafka takes them in any."""
    # Kafka's default: https://kafka.apache.org/documentation/#topicconfigs_cleanup.policy
    return sorted({policy.strip() for policy in topic.configs.get("cleanup.policy", "delete").split(",")})
