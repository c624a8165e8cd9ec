"""TOPIC103: a topic keeps its messages for less time than the contract promises."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.promises import kept, milliseconds, promises
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="TOPIC103",
    name="retention-below-sla",
    on=Contract,
    message="topic '{topic}' keeps messages for {kept} ms, and the contract promises {promised} ({needed} ms)",
    fix='set retention.ms to "{needed}" or more, or promise less in slaProperties',
    since="0.1",
)
def retention_below_sla(change: Change[Contract]) -> Iterator[Hit]:
    """A topic's retention fell below what the contract's own service level promises.

    ## Why it matters

    Consumers plan by the promise: how long they may be down, how far back they can replay. Kafka goes by
    `retention.ms` and deletes earlier. The messages are gone when someone finds out: so this is an error.

    The rule compares `retention.ms` with the property `retention` in `slaProperties`. It fires when the gap between
    the two opens or grows, whichever of them moved. Units: ms, s, min, h, d, w, mo (30 days), y (365 days), also
    written out; another unit (`m` may be minutes or months) can't be compared. A topic that says nothing has Kafka's
    own 7 days; `-1` is for ever, and so is a topic that is compacted and nothing else.

    ## Example

    ```yaml old
    slaProperties: [{property: retention, value: 7, unit: d}]
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "604800000"}}}]
    ```

    ```yaml new
    slaProperties: [{property: retention, value: 7, unit: d}]
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "86400000"}}}]
    ```

    ## How to fix it

    Set `retention.ms` to what is promised. To promise less, tell the consumers first, then change `slaProperties`.

    ```yaml fixed
    slaProperties: [{property: retention, value: 7, unit: d}]
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "604800000"}}}]
    ```
    """
    gap = _gap(change.new)
    if gap > _gap(change.old):
        topic, promise = change.new.topic, promises(change.new)["retention"]
        now = kept(topic) or 0
        yield (
            f"{topic.place.pointer}/value/configs/retention.ms".removeprefix("/"),
            {
                "topic": topic.name,
                "kept": now,
                "promised": f"{promise['value']} {promise['unit']}",
                "needed": now + gap,
            },
        )


def _gap(contract: Contract) -> int:
    """Return by how many milliseconds the topic misses the promise; 0 if it keeps it, or can't be compared."""
    now, needed = kept(contract.topic), milliseconds(promises(contract).get("retention", {}))
    return 0 if now is None or needed is None else max(0, needed - now)
