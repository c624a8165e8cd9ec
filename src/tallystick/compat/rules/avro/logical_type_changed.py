"""AVRO412: a logical type was added, dropped, or replaced by one of another kind."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.meanings import meanings_of
from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import PrimitiveType


@rule(
    code="AVRO412",
    name="logical-type-changed",
    on=PrimitiveType,
    message="the writer sends {writer} for {where}, the reader takes it for {reader}",
    fix="keep {writer}, or add a new field of {reader} with a default",
    fix_forward="keep {reader}, or add a new field of {writer} with a default",
    since="0.1",
)
def logical_type_changed(pair: Pair[PrimitiveType]) -> Iterator[Hit]:
    """A logical type was added to a type, dropped from it, or replaced by one of another kind.

    ## Why it matters

    The bytes stay, what programs get does not: a number instead of a date, bytes instead of an amount, an instant
    instead of the time on a shop's clock. Where a logical type is added, old values may not be of it: a text that
    is no UUID, a long that counted seconds. Libraries differ in whose logical type they take, the writer's or the
    reader's, and some refuse the pair. Registries look at the bytes only.

    If all old values are what the new type says, and readers are ready for it, let a warning do: `AVRO412: warning` below
    `policy` in `contracts/tally.yaml`, with the reason as a comment.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "day", "type": {"type": "int", "logicalType": "date"}}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "day", "type": "int"}]}
    ```

    ## How to fix it

    Keep the logical type, and add a field for another meaning.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "day", "type": {"type": "int", "logicalType": "date"}},
      {"name": "day_of_year", "type": "int", "default": 0}]}
    ```
    """
    meanings = meanings_of(pair)
    if meanings is not None and not meanings.same_kind and not meanings.differ_in_unit:
        yield "", meanings.named()
