"""AVRO502: a record, enum or fixed has its name in another namespace."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import NamedType


@rule(
    code="AVRO502",
    name="namespace-changed",
    on=NamedType,
    message="the writer's {kind} is '{writer}', the reader's is '{reader}': only the namespace differs",
    fix="keep the full name '{writer}'; an alias to it helps readers whose library knows aliases",
    fix_forward="keep the full name '{reader}': readers that are released know no other",
    since="0.1",
)
def namespace_changed(pair: Pair[NamedType]) -> Iterator[Hit]:
    """A record, enum or fixed moved to another namespace without an alias.

    ## Why it matters

    Libraries do not agree on what a name is. Registries, Java and fastavro compare the part after the last dot, so they
    let it pass. Apache Avro for Python compares full names and refuses every message. You do not know which library
    each consumer has, so this is an error; if you do know, set it to `warning` in the policy.

    Generated classes move to another package or module, too.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "namespace": "shop", "fields": [{"name": "id", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "namespace": "store", "fields": [{"name": "id", "type": "long"}]}
    ```

    ## How to fix it

    Keep the namespace. If it must change, give the new type the old full name as an alias: AVRO503 says what
    remains.

    ```json fixed
    {"type": "record", "name": "Order", "namespace": "shop", "doc": "Of the store.", "fields": [
      {"name": "id", "type": "long"}]}
    ```
    """
    reader, writer = pair.reader, pair.writer
    if type(reader) is not type(writer) or reader.short_name != writer.short_name:
        return
    if reader.name != writer.name and writer.name not in reader.aliases:
        yield "namespace", {"kind": getattr(reader, "kind", "type"), "reader": reader.name, "writer": writer.name}
