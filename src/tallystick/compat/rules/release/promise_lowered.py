"""DOC207: a contract promises less than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.compat.pair import Change
from tallystick.compat.promises import lowered
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Hit, Severity, change_rule


@change_rule(
    code="DOC207",
    name="promise-lowered",
    on=Contract,
    message="the contract promised {property} {old}, and now {new}",
    fix="promise {old} again; or ask those who count on it, and give the contract a new version",
    severity=Severity.WARNING,
    since="0.1",
)
def promise_lowered(change: Change[Contract]) -> Iterator[Hit]:
    """A contract promises less than before: a service level got worse, or is gone.

    ## Why it matters

    `slaProperties` is what consumers plan by: how long messages are kept, how late they may be, how often the topic may be
    away. A promise that is lowered breaks no schema, and nobody notices until it is needed. So it is shown, with the
    consumers that were promised it.

    Times are compared in the units ms, s, min, h, d, w, mo (30 days) and y (365 days), other values as numbers of one unit. Of latency,
    frequency, error rate and the times to detect, notify and repair a higher value is worse, of all else a lower one.
    Dates and words are not compared.

    ## Example

    ```yaml old
    slaProperties: [{property: retention, value: 14, unit: d}]
    ```

    ```yaml new
    slaProperties: [{property: retention, value: 7, unit: d}]
    ```

    ## How to fix it

    Keep the promise, or talk to the consumers before you lower it.

    ```yaml fixed
    slaProperties: [{property: retention, value: 2, unit: w}]
    ```
    """
    for old, new in lowered(change.old, change.new):
        below = "slaProperties" if new is None else f"slaProperties/{new['at']}/value"
        yield below, {"property": old["property"], "old": _text(old), "new": "nothing" if new is None else _text(new)}


def _text(promise: Mapping[str, Any]) -> str:
    return " ".join(str(promise[name]) for name in ("value", "unit") if promise.get(name) is not None)
