"""TOPIC103: a topic keeps its messages for less time than the contract promises."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract, Topic
from tallystick.rulekit.rule import Hit, change_rule

# https://kafka.apache.org/documentation/#topicconfigs_retention.ms
_KAFKA_DEFAULT = "604800000"
_SECOND, _DAY = 1_000, 86_400_000
# The standard writes d, day, days and y, yr, years "etc."; m is left out, it may be a minute or a month.
_UNITS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 1),
    **dict.fromkeys(("s", "sec", "second", "seconds"), _SECOND),
    **dict.fromkeys(("min", "minute", "minutes"), 60 * _SECOND),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600 * _SECOND),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "week", "weeks"), 7 * _DAY),
    **dict.fromkeys(("mo", "month", "months"), 30 * _DAY),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * _DAY),
}


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
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "1209600000"}}}]
    ```
    """
    gap = _gap(change.new)
    if gap > _gap(change.old):
        topic, promise = change.new.topic, _promise(change.new)
        kept = _kept(topic) or 0
        yield (
            f"{topic.place.pointer}/value/configs/retention.ms".removeprefix("/"),
            {
                "topic": topic.name,
                "kept": kept,
                "promised": f"{promise['value']} {promise['unit']}",
                "needed": kept + gap,
            },
        )


def _gap(contract: Contract) -> int:
    """Return by how many milliseconds the topic misses the promise; 0 if it keeps it, or can't be compared."""
    kept, promise = _kept(contract.topic), _promise(contract)
    unit = _UNITS.get(str(promise.get("unit")).strip().lower())
    if kept is None or unit is None:
        return 0
    try:
        needed = math.ceil(float(promise["value"]) * unit)
    except (TypeError, ValueError, OverflowError):  # nothing, words, or more than there is
        return 0
    return max(0, needed - kept)


def _promise(contract: Contract) -> Mapping[str, Any]:
    listed = contract.raw.get("slaProperties") or []
    return next((entry for entry in listed if str(entry.get("property")).lower() == "retention"), {})


def _kept(topic: Topic) -> int | None:
    """Return for how many milliseconds a topic keeps messages; None for ever, or for what Kafka would refuse."""
    deletes = "delete" in topic.configs.get("cleanup.policy", "delete")
    retention = topic.configs.get("retention.ms", _KAFKA_DEFAULT)
    return int(retention) if deletes and re.fullmatch(r"[0-9]{1,19}", retention) else None
