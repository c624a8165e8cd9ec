"""DOC208: a contract is deprecated or retired, and consumers still read it."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract, Status
from tallystick.rulekit.rule import Elsewhere, Hit, Severity, change_rule

_ORDER = (Status.PROPOSED, Status.DRAFT, Status.ACTIVE, Status.DEPRECATED, Status.RETIRED)


@change_rule(
    code="DOC208",
    name="life-ended",
    on=Contract,
    message="the contract was {old} and is {new}, and {who} still read it",
    fix="tell {who} what to read instead and until when, and take them out of the consumers once they do",
    severity=Severity.WARNING,
    since="0.1",
)
def life_ended(change: Change[Contract]) -> Iterator[Hit]:
    """A contract is deprecated or retired, and declared consumers still read it.

    ## Why it matters

    A deprecated contract will go, and a retired one is published no more: its topic gets no changes, and one day no
    messages. Those who said that they read it must hear of it from its owner, and not from an empty topic.

    ## Example

    ```yaml old
    status: active
    customProperties: [{vendor: tallystick, property: consumers, value: [{id: billing}]}]
    ```

    ```yaml new
    status: retired
    customProperties: [{vendor: tallystick, property: consumers, value: [{id: billing}]}]
    ```

    ## How to fix it

    Deprecate it first, with a date. Retire it when no consumer is left.

    ```yaml fixed
    status: active
    customProperties: [{vendor: tallystick, property: consumers, value: [{id: billing}]}]
    ```
    """
    old, new = change.old, change.new
    consumers = tuple(dict.fromkeys(consumer.id for consumer in (*old.consumers, *new.consumers)))
    if consumers and _ORDER.index(new.status) > max(_ORDER.index(Status.ACTIVE), _ORDER.index(old.status)):
        at = Elsewhere("/status", new.place("/status"), old.place("/status"), consumers)
        who = ", ".join(f"'{consumer}'" for consumer in consumers)
        yield at, {"old": old.status, "new": new.status, "who": who}
