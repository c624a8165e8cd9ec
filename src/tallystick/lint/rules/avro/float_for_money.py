"""DOC122: money in binary floating point."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.meanings import is_money
from tallystick.lint.values import held
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field


@lint_rule(
    code="DOC122",
    name="float-for-money",
    on=Field,
    message="field '{field}' looks like money, and a {kind} can't hold cents exactly",
    fix="{mend}",
    since="0.1",
)
def float_for_money(subject: Subject[Field]) -> Iterator[Hit]:
    """An amount of money is a float or a double.

    ## Why it matters

    Binary fractions can't hold 0.10. Sums drift by a cent, and two systems that add up the same lines in another
    order differ. Whoever reconciles the books finds it, months later.

    A field is taken for money by the last word of its name: `unit_price`, `totalAmount`, `fee`, `price_eur`.
    Names with a measure in them (`rain_amount`, `energy_cost`) are let be.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "total_price", "type": "double"}]}
    ```

    ## How to fix it

    Use a decimal, which generated code shows as one. An integer of the smallest unit is fine, too.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "total_price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}]}
    ```
    """
    field = subject.node
    if not is_money(field.name):
        return
    kind = next((inner.kind for inner in held(field.type) if inner.kind in ("float", "double")), None)
    if kind is not None:
        decimal = "bytes with the logical type decimal (precision 12, scale 2)"
        yield "type", {"field": field.name, "kind": kind, "mend": f"use {decimal}, as a new field if it was released"}
