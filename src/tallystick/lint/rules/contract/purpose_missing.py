"""DOC105: a contract that does not say what its topic is for."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.contract.model import Contract
from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule


@lint_rule(
    code="DOC105",
    name="purpose-missing",
    on=Contract,
    message="'{contract}' does not say what it is for",
    fix="add description: {{purpose: …}}",
    since="0.1",
)
def purpose_missing(subject: Subject[Contract]) -> Iterator[Hit]:
    """A contract has no description.purpose.

    ## Why it matters

    The purpose is what people read when they look for a topic. Without it, they read the messages and guess.

    ## Example

    ```yaml new
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    ```

    ## How to fix it

    Say in a sentence when a message is sent, and what for.

    ```yaml fixed
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    description: {purpose: One event per order that checkout accepted.}
    ```
    """
    if not (subject.contract.doc or "").strip():
        yield "description", {"contract": subject.contract.id}
