"""AVRO413: the bytes of a fixed mean something else."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.meanings import meanings_of
from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import FixedType


@rule(
    code="AVRO413",
    name="fixed-meaning-changed",
    on=FixedType,
    message="the {size} bytes of fixed '{fixed}' are {writer} to the writer, and {reader} to the reader",
    fix="keep {writer}, or add a new field with a fixed of another name",
    fix_forward="keep {reader}, or add a new field with a fixed of another name",
    since="0.1",
)
def fixed_meaning_changed(pair: Pair[FixedType]) -> Iterator[Hit]:
    """A fixed of the same size got another meaning: uuid, decimal, duration, or none.

    ## Why it matters

    Any bytes of the right size can be read as any of these, so nothing fails: an amount turns into an identifier,
    or three months into a number with a point. Registries compare name and size only.

    ## Example

    ```json old
    {"type": "fixed", "name": "Key", "size": 16, "logicalType": "decimal", "precision": 20, "scale": 0}
    ```

    ```json new
    {"type": "fixed", "name": "Key", "size": 16}
    ```

    ## How to fix it

    Keep the meaning. Another meaning wants another name, in another field.

    ```json fixed
    {"type": "fixed", "name": "Key", "size": 16, "logicalType": "decimal", "precision": 24, "scale": 0}
    ```
    """
    meanings = meanings_of(pair)
    if meanings is not None and not meanings.same_kind:
        reader = pair.reader
        yield "", {"size": reader.size, "fixed": reader.short_name, **meanings.named()}
