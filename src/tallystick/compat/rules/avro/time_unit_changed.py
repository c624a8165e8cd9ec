"""AVRO411: a time is counted in another unit."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.meanings import meanings_of
from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import PrimitiveType


@rule(
    code="AVRO411",
    name="time-unit-changed",
    on=PrimitiveType,
    message="the writer counts {where} as {writer}, the reader takes the same number for {reader}",
    fix="keep {writer}, or add a new field of {reader} with a default",
    fix_forward="keep {reader}, or add a new field of {writer} with a default",
    since="0.1",
)
def time_unit_changed(pair: Pair[PrimitiveType]) -> Iterator[Hit]:
    """A time, timestamp or local timestamp is counted in another unit.

    ## Why it matters

    Milliseconds, microseconds and nanoseconds are all plain numbers on the wire, and a registry sees the same long.
    Libraries that go by the reader's logical type, as Java does, read another time: 2026 in milliseconds is the
    third week of 1970 in microseconds. Libraries that go by the writer's get it right, so tests in one language pass
    and consumers in another are wrong without a word.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [
      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}]}
    ```

    ## How to fix it

    Keep the unit. If it is too coarse, add a field, fill both for a while, and remove the old one in the next
    major version.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
      {"name": "at_micros", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}], "default": null}]}
    ```
    """
    meanings = meanings_of(pair)
    if meanings is not None and meanings.differ_in_unit:
        yield "", meanings.named()
