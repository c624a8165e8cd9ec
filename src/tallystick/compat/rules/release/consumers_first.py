"""DOC206: a change that the compatibility level allows, and that declared consumers must know of first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from tallystick.compat.consumers import consumers_of
from tallystick.compat.pair import Change
from tallystick.compat.verdict import judge_pairs
from tallystick.contract.model import Contract
from tallystick.contract.modes import Direction, Mode
from tallystick.rulekit.rule import Elsewhere, Hit, Severity, change_rule
from tallystick.schema.types import Place


@change_rule(
    code="DOC206",
    name="consumers-first",
    on=Contract,
    message="who still reads with the old schema fails on new messages, which {level} allows: {problem}",
    fix="deploy {who} with the new schema, and only then the producer",
    severity=Severity.WARNING,
    since="0.1",
)
def consumers_first(change: Change[Contract]) -> Iterator[Hit]:
    """The compatibility level allows the change, and consumers must have the new schema before producers.

    ## Why it matters

    BACKWARD promises that new readers read old messages, and nothing the other way round. A symbol or a union's branch
    that is new, a field that is gone: a consumer which still has the old schema fails on the first message with it, or
    reads something else. That is no mistake, but it decides who is deployed first, so the declared consumers are named.
    Under FORWARD and FULL such a change is refused.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [
      {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PAID"]}}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PAID", "LOST"]}}]}
    ```

    ## How to fix it

    Deploy the consumers with the new schema, then the producers; or change the schema in a way that old readers take, too:
    an enum that has had a default for long, a field that stays.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PAID"]}}]}
    ```
    """
    old, new = change.old, change.new
    if Direction.FORWARD in new.compatibility.directions or not new.consumers:
        return
    findings = [f for f in judge_pairs(new.schema, [("", old.schema)], Mode.FULL) if f.blocks]
    # What breaks both ways is found already, and no order of deployments helps against it.
    both_ways = {(f.code, f.path) for f in findings if f.direction is Direction.BACKWARD}
    for finding in findings:
        hit = consumers_of(new, finding)
        if finding.direction is Direction.FORWARD and (finding.code, finding.path) not in both_ways and hit:
            at = Elsewhere(finding.path, cast("Place", finding.now), cast("Place", finding.was), hit)
            who = ", ".join(f"'{consumer}'" for consumer in hit)
            yield at, {"level": new.compatibility, "problem": finding.message, "who": who}
