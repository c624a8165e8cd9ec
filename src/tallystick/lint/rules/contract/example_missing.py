"""DOC106: a contract without an example of a message."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.contract.model import Contract
from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule


@lint_rule(
    code="DOC106",
    name="example-missing",
    on=Contract,
    message="'{contract}' has no example of a message",
    fix="write one into {folder}/examples/, as .json",
    since="0.1",
)
def example_missing(subject: Subject[Contract]) -> Iterator[Hit]:
    """A contract has no example of a valid message.

    ## Why it matters

    An example shows what a schema can't: which fields go together, how an id looks. People copy it into their
    tests. It is also a test of the schema: a required field that nobody can fill shows when you write one.

    An example named `invalid-…` shows what must be refused; it does not stand in for a valid one.

    ## Example

    ```text new
    contracts/commerce/order-placed/contract.yaml
    contracts/commerce/order-placed/order_placed.avsc
    ```

    ## How to fix it

    Put a message into `examples/`, in Avro's JSON encoding. A file's name must not begin with `invalid-`.

    ```text fixed
    contracts/commerce/order-placed/contract.yaml
    contracts/commerce/order-placed/order_placed.avsc
    contracts/commerce/order-placed/examples/valid-small.json
    ```
    """
    contract = subject.contract
    if not any(example.is_valid for example in contract.examples):
        yield "", {"contract": contract.id, "folder": contract.folder}
