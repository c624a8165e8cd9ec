"""TOPIC108: a topic keeps its messages for less time than before."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.promises import kept
from tallystick.contract.model import Topic
from tallystick.rulekit.rule import Hit, Severity, change_rule


@change_rule(
    code="TOPIC108",
    name="retention-cut",
    on=Topic,
    message="topic '{topic}' kept messages {old} and keeps them {new}",
    fix="keep retention.ms at {needed}; or ask who replays, or is down for longer at times, before it goes down",
    severity=Severity.WARNING,
    since="0.1",
)
def retention_cut(change: Change[Topic]) -> Iterator[Hit]:
    """A topic keeps its messages for less time than before.

    ## Why it matters

    Kafka deletes what is older as soon as the setting is applied. A consumer that lags, or that replays the topic from its
    beginning, finds messages gone, and nobody tells it: its offset is out of range, and it begins where `auto.offset.reset`
    says. What falls below the contract's own promise is an error of its own, TOPIC103.

    ## Example

    ```yaml old
    configs: {retention.ms: "1209600000"}
    ```

    ```yaml new
    configs: {retention.ms: "604800000"}
    ```

    ## How to fix it

    Keep the setting. If the messages need not be kept for so long, ask the consumers first.

    ```yaml fixed
    configs: {retention.ms: "1209600000"}
    ```
    """
    old, new = kept(change.old), kept(change.new)
    if new is not None and (old is None or new < old):
        is_for_ever = "for ever" if old is None else f"for {old} ms"
        values = {
            "topic": change.new.name,
            "old": is_for_ever,
            "new": f"for {new} ms",
            "needed": -1 if old is None else old,
        }
        yield "value/configs/retention.ms", values
