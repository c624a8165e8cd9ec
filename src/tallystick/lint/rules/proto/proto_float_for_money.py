"""DOC134: money in binary floating point, in a .proto file."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.meanings import is_money
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoField

_FLOATS = ("float", "double", "google.protobuf.FloatValue", "google.protobuf.DoubleValue")


@lint_rule(
    code="DOC134",
    name="proto-float-for-money",
    on=ProtoField,
    message="field '{field}' looks like money, and a {kind} can't hold cents exactly",
    fix="use a message with the currency and whole units of it, such as google.type.Money or your own, or an int64 of"
    " the smallest unit; as a new field if '{field}' was released",
    since="0.1",
)
def proto_float_for_money(subject: Subject[ProtoField]) -> Iterator[Hit]:
    """An amount of money is a float or a double.

    ## Why it matters

    Binary fractions can't hold 0.10. Sums drift by a cent, and two systems that add up the same lines in another
    order differ. Whoever reconciles the books finds it, months later.

    A field is taken for money by the last word of its name: `unit_price`, `total_amount`, `fee`, `price_eur`.
    Names with a measure in them (`rain_amount`, `energy_cost`) are let be.

    ## Example

    ```proto new
    message Order {
      double total_price = 1;
    }
    ```

    ## How to fix it

    Protobuf has no decimal. Use a message of the currency and a whole number, or a whole number of the smallest unit.
    Keep the number of a field that was released, and give the new field another one.

    ```proto fixed
    message Money {
      string currency = 1;
      int64 minor_units = 2;
    }

    message Order {
      Money total_price = 1;
    }
    ```
    """
    field = subject.node
    held = field.entry[1] if field.entry is not None else field
    if held.type_name in _FLOATS and is_money(field.name):
        yield "", {"field": field.name, "kind": held.type_name}
