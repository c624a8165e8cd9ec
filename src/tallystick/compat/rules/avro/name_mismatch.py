"""AVRO501: a record, enum or fixed has another name."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair, same_name
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import NamedType


@rule(
    code="AVRO501",
    name="name-mismatch",
    on=NamedType,
    message="the writer's {kind} is '{writer}', the reader's is '{reader}' and has no such alias",
    fix="give '{reader}' the alias '{alias}', or keep the name",
    fix_forward="keep the name '{reader}': an alias does not help readers that are released",
    mirrors="NAME_MISMATCH",
    info="expected: {writer}",
    since="0.1",
)
def name_mismatch(pair: Pair[NamedType]) -> Iterator[Hit]:
    """A record, enum or fixed was renamed without an alias.

    ## Why it matters

    Avro matches named types by name. A reader that knows the type by another name refuses the message,
    though every field may be the same.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Purchase", "fields": [{"name": "id", "type": "long"}]}
    ```

    ## How to fix it

    Keep the name. If only new readers must be able to read, give the new type the old name as an alias: AVRO503 says what
    remains. Readers of the earlier version never see it.

    ```json fixed
    {"type": "record", "name": "Order", "doc": "A purchase.", "fields": [{"name": "id", "type": "long"}]}
    ```
    """
    reader, writer = pair.reader, pair.writer
    if getattr(reader, "kind", None) == getattr(writer, "kind", None) and not same_name(reader, writer):
        kind = getattr(reader, "kind", "type")
        values = {"kind": kind, "reader": reader.short_name, "writer": writer.short_name, "alias": writer.name}
        yield "name", values
