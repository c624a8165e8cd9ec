"""DOC101: nobody is named as the owner of a contract."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.contract.model import Contract
from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule


@lint_rule(
    code="DOC101",
    name="owner-missing",
    on=Contract,
    message="'{contract}' has no owner",
    fix="add team: {{name: …}}",
    since="0.1",
)
def owner_missing(subject: Subject[Contract]) -> Iterator[Hit]:
    """A contract names no owner.

    ## Why it matters

    A consumer whose messages look wrong needs someone to ask, and a producer who wants to change the schema
    needs someone who decides.

    ## Example

    ```yaml new
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    ```

    ## How to fix it

    Name the team.

    ```yaml fixed
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    team: {name: checkout}
    ```
    """
    if not subject.contract.owner:
        yield "", {"contract": subject.contract.id}
