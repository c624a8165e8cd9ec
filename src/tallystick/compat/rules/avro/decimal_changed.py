"""AVRO410: the scale of a decimal differs, or the reader has room for fewer digits."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.meanings import meanings_of
from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import LogicalType, Node


@rule(
    code="AVRO410",
    name="decimal-changed",
    on=Node,
    message="the writer's decimal for {where} has {writer}, the reader's has {reader}: {trouble}",
    fix="keep {writer}, or add a new field with {reader} and a default",
    fix_forward="keep {reader}, or add a new field with {writer} and a default",
    since="0.1",
)
def decimal_changed(pair: Pair[Node]) -> Iterator[Hit]:
    """The scale of a decimal changed, or the reader has room for fewer digits.

    ## Why it matters

    A message carries the digits only; where the point stands is in the schema. A reader that lays its own scale on
    them takes 19.99 for 0.1999. The specification says that decimals of different scales do not match, but registries
    never look. Some libraries then refuse each message, some go by the writer's scale, and some are wrong without a word.

    With the same scale and a smaller precision, a value that has more digits can't be read. A greater precision with
    the same scale reads everything, and is no finding.

    ## Example

    ```json old
    {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
    ```

    ```json new
    {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 4}
    ```

    ## How to fix it

    Keep the scale. The precision may grow: then let readers upgrade before writers.

    ```json fixed
    {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}
    ```
    """
    meanings = meanings_of(pair)
    if meanings is None or meanings.decimals is None:
        return
    reader, writer = meanings.decimals
    if reader.scale != writer.scale:
        moved = f"{abs(reader.scale - writer.scale)} further {'left' if reader.scale > writer.scale else 'right'}"
        yield "", _values(reader, writer, f"the number is refused, or its point stands {moved}")
    elif reader.precision < writer.precision:
        yield "", _values(reader, writer, f"numbers of more than {reader.precision} digits can't be read")


def _values(reader: LogicalType, writer: LogicalType, trouble: str) -> dict[str, str]:
    ours, theirs = (f"precision {kind.precision} and scale {kind.scale}" for kind in (reader, writer))
    return {"reader": ours, "writer": theirs, "trouble": trouble}
