"""AVRO414: integers are read as floating point numbers that can't hold all of them."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.types import PrimitiveType

# Bits of the significand: float and double are IEEE 754 binary32 and binary64.
_EXACT_BITS = {("int", "float"): 24, ("long", "float"): 24, ("long", "double"): 53}


@rule(
    code="AVRO414",
    name="number-loses-precision",
    on=PrimitiveType,
    message="the writer's {writer} for {where} is read as {reader}, which is not exact above {limit}",
    fix="keep {writer}, or add a new field of type {reader} with a default",
    fix_forward="keep {reader}, or add a new field of type {writer} with a default",
    severity=Severity.WARNING,
    since="0.1",
)
def number_loses_precision(pair: Pair[PrimitiveType]) -> Iterator[Hit]:
    """An int or a long is read as float, or a long as double.

    ## Why it matters

    Avro allows it, and large values are rounded without a word: a float holds every integer up to
    16,777,216, a double up to 9,007,199,254,740,992. Two order numbers become one. An int read as double is exact.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "double"}]}
    ```

    ## How to fix it

    Keep the type. Identifiers are never floating point; amounts that need a point are decimals in a new field.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
    ```
    """
    bits = _EXACT_BITS.get((pair.writer.kind, pair.reader.kind))
    if bits is not None:
        yield "", {"writer": pair.writer.kind, "reader": pair.reader.kind, "limit": f"{2**bits:,}"}
