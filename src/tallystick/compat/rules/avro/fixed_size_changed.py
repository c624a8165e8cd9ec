"""AVRO402: two fixed types of different sizes."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import FixedType


@rule(
    code="AVRO402",
    name="fixed-size-changed",
    on=FixedType,
    message="the writer's fixed '{name}' has {writer} bytes, the reader's has {reader}",
    fix="keep {writer} bytes, or add a new field with a fixed of another name",
    fix_forward="keep {reader} bytes, or add a new field with a fixed of another name",
    mirrors="FIXED_SIZE_MISMATCH",
    info="expected: {writer}, found: {reader}",
    since="0.1",
)
def fixed_size_changed(pair: Pair[FixedType]) -> Iterator[Hit]:
    """The size of a fixed type changed.

    ## Why it matters

    A fixed has no length of its own on the wire: a reader of another size would take bytes of the next field,
    so Avro refuses to read at all.

    ## Example

    ```json old
    {"type": "fixed", "name": "Digest", "size": 16}
    ```

    ```json new
    {"type": "fixed", "name": "Digest", "size": 32}
    ```

    ## How to fix it

    Keep the size. What varies in length is `bytes`.

    ```json fixed
    {"type": "fixed", "name": "Digest", "size": 16}
    ```
    """
    if pair.reader.size != pair.writer.size:
        values = {"name": pair.reader.short_name, "reader": pair.reader.size, "writer": pair.writer.size}
        yield "size", values
