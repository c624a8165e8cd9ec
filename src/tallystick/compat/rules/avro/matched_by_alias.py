"""AVRO503: a record, enum or fixed is read only through an alias."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.types import NamedType


@rule(
    code="AVRO503",
    name="matched-by-alias",
    on=NamedType,
    message="the writer's {kind} is '{writer}', and the reader's '{reader}' finds it only through an alias",
    fix="keep the name '{writer}', or check that the library of each consumer knows aliases",
    fix_forward="keep the name '{reader}', or check that the library of each consumer knows aliases",
    severity=Severity.WARNING,
    since="0.1",
)
def matched_by_alias(pair: Pair[NamedType]) -> Iterator[Hit]:
    """A record, enum or fixed was renamed, and an alias leads to the old name.

    ## Why it matters

    The alias is there for readers that have it. Readers of the earlier version do not: to them it is a new type.
    Not every library knows aliases: the specification lets a reader leave them out, and Apache Avro for Python does.
    Code generators make a new class, and programs that import the old one no longer build.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Purchase", "aliases": ["Order"], "fields": [{"name": "id", "type": "long"}]}
    ```

    ## How to fix it

    Keep the name that messages are written with. A doc can say what it is called today.

    ```json fixed
    {"type": "record", "name": "Order", "doc": "A purchase.", "fields": [{"name": "id", "type": "long"}]}
    ```
    """
    reader, writer = pair.reader, pair.writer
    if type(reader) is type(writer) and reader.name != writer.name and writer.name in reader.aliases:
        yield "name", {"kind": getattr(reader, "kind", "type"), "reader": reader.name, "writer": writer.name}
