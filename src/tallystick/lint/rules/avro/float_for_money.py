"""DOC122: money in binary floating point."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tallystick.lint.engine import Subject
from tallystick.lint.names import vocabulary, words
from tallystick.lint.values import held
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field

# A name is about what its last word says: total_price is a price, price_count a count, tax_rate a rate.
_MONEY = vocabulary(
    "amount balance cost fee payment payout price refund revenue salary subtotal surcharge tax total turnover vat"
    " amounts balances costs fees payments payouts prices refunds revenues salaries subtotals surcharges taxes"
    " totals"
)
# What may follow without changing that: which of two prices it is, and the currencies that are traded most.
_QUALIFIERS = vocabulary("net gross aud brl cad chf cny czk dkk eur gbp hkd inr jpy krw mxn nok pln sek sgd usd")
# Amounts, balances, totals and costs that are none of money.
_MEASURES = vocabulary(
    "battery byte bytes calorie carbon compute count cpu distance dose duration electricity emission emissions energy fuel gas heat"
    " hour hours km liquid load memory mileage minute minutes path point points power precipitation rain rainfall score"
    " second seconds sugar time volume water weight work pct percent percentage"
)


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
    if not _is_money(field.name):
        return
    kind = next((inner.kind for inner in held(field.type) if inner.kind in ("float", "double")), None)
    if kind is not None:
        decimal = "bytes with the logical type decimal (precision 12, scale 2)"
        yield "type", {"field": field.name, "kind": kind, "mend": f"use {decimal}, as a new field if it was released"}


@lru_cache(maxsize=16384)
def _is_money(name: str) -> bool:
    meant = list(words(name))
    while meant and (meant[-1] in _QUALIFIERS or meant[-1].isdigit()):
        meant.pop()
    return bool(meant) and meant[-1] in _MONEY and _MEASURES.isdisjoint(meant)
