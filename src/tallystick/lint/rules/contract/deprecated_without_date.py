"""DOC108: a contract at the end of its life that does not say when that is."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.contract.model import Contract, Status
from tallystick.lint.engine import Subject
from tallystick.lint.names import has_date
from tallystick.rulekit.rule import Hit, lint_rule

# The standard's names for it, in its list of service-level properties.
_ENDS = ("endOfSupport", "endOfLife")


@lint_rule(
    code="DOC108",
    name="deprecated-without-date",
    on=Contract,
    message="'{contract}' is {status}, and does not say when it ends",
    fix="add slaProperties: [{{property: endOfLife, value: YYYY-MM-DD}}]",
    since="0.1",
)
def deprecated_without_date(subject: Subject[Contract]) -> Iterator[Hit]:
    """A contract is deprecated or retired without a date.

    ## Why it matters

    Consumers plan by dates. A topic that goes away some day is one that nobody leaves.
    The Open Data Contract Standard writes it as `endOfSupport` or `endOfLife` in `slaProperties`.

    ## Example

    ```yaml new
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: deprecated
    ```

    ## How to fix it

    Say on which day the last message is sent.

    ```yaml fixed
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: deprecated
    slaProperties:
      - {property: endOfLife, value: 2027-06-30}
    ```
    """
    contract = subject.contract
    if contract.status not in (Status.DEPRECATED, Status.RETIRED):
        return
    promises = contract.raw.get("slaProperties") or []
    if not any(promise["property"] in _ENDS and has_date(str(promise["value"])) for promise in promises):
        yield "status", {"contract": contract.id, "status": contract.status.value}
