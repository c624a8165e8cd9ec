"""DOC204: a contract asks for less compatibility than before."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import LEVEL, Contract
from tallystick.contract.odcs import vendor_entries
from tallystick.rulekit.rule import Hit, Severity, change_rule


@change_rule(
    code="DOC204",
    name="level-relaxed",
    on=Contract,
    message="the compatibility level was {old} and is {new}: changes are held to {old} until a release has {new}",
    fix="set the level back to {old}; or release this change alone, once every consumer knows",
    severity=Severity.WARNING,
    since="0.1",
)
def level_relaxed(change: Change[Contract]) -> Iterator[Hit]:
    """A contract asks for less compatibility than before.

    ## Why it matters

    The level is a promise to everyone who reads the topic: what may change without asking them. A change that relaxes it
    and breaks someone in one step would pass every other rule. So a change is held to the level of the last release, too,
    and whoever relaxes it does so in a release of its own, which people see.

    ## Example

    ```yaml old
    customProperties: [{vendor: confluent, property: subject, value: {compatibility: FULL_TRANSITIVE}}]
    ```

    ```yaml new
    customProperties: [{vendor: confluent, property: subject, value: {compatibility: NONE}}]
    ```

    ## How to fix it

    Keep the level, or relax it with nothing else in the release.

    ```yaml fixed
    customProperties: [{vendor: confluent, property: subject, value: {compatibility: FULL_TRANSITIVE}}]
    ```
    """
    old, new = change.old.compatibility, change.new.declared_level or change.new.compatibility
    if new.joined(old) is not new:
        yield _place(change.new), {"old": old, "new": new}


def _place(contract: Contract) -> str:
    """Return where a contract says its level, or where the workspace does."""
    if contract.level_place is not None:
        return LEVEL.removeprefix("/")
    entries = vendor_entries(contract.raw)
    pointers = (p for p, e in entries if (e.get("vendor"), e.get("property")) == ("confluent", "subject"))
    return next((f"{pointer}/value/compatibility".removeprefix("/") for pointer in pointers), "")
