"""How long a topic keeps messages, and what a contract promises: in milliseconds, so that they can be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.contract.model import Contract, Topic

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
_LESS_IS_BETTER = frozenset(
    (
        "errorrate",
        "frequency",
        "latency",
        "timetodetect",
        "timetonotify",
        "timetorepair",
        "ly",
        "fy",
        "er",
        "td",
        "tn",
        "tr",
    )
)
"""Of these a higher value is the worse one; of all others a lower one. The short names are those of the standard."""


def kept(topic: Topic) -> int | None:
    """Return for how many milliseconds a topic keeps messages; None for ever, or for what Kafka would refuse."""
    deletes = "delete" in topic.configs.get("cleanup.policy", "delete")
    retention = topic.configs.get("retention.ms", _KAFKA_DEFAULT)
    return int(retention) if deletes and re.fullmatch(r"[0-9]{1,19}", retention) else None


def promises(contract: Contract) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of `slaProperties`, by the property in lower case; the first one where there are several."""
    listed = contract.raw.get("slaProperties") or []
    return {str(entry.get("property")).lower(): {**entry, "at": at} for at, entry in reversed([*enumerate(listed)])}


def milliseconds(promise: Mapping[str, Any]) -> int | None:
    """Return a promised time, rounded up; None if it can't be compared: no unit, an unknown one, or no number."""
    unit = _UNITS.get(str(promise.get("unit")).strip().lower())
    try:
        return None if unit is None else math.ceil(float(promise["value"]) * unit)
    except (KeyError, TypeError, ValueError, OverflowError):  # nothing, words, or more than there is
        return None


def lowered(old: Contract, new: Contract) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield each promise that got worse, as it was and as it is; None for one that is gone."""
    now = promises(new)
    for name, before in promises(old).items():
        after = now.get(name)
        if after is None or _is_worse(name, before, after):
            yield before, after


def _is_worse(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = milliseconds(old), milliseconds(new)
    if (before is None or after is None) and old.get("unit") == new.get("unit"):
        before, after = _number(old), _number(new)
    if before is None or after is None:
        return False
    return after > before if name in _LESS_IS_BETTER else after < before


def _number(promise: Mapping[str, Any]) -> Any:
    value = promise.get("value")
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
