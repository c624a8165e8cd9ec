"""AVRO504: the record that a message is has another full name."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Elsewhere, Hit, change_rule
from tallystick.schema.types import Place, RecordType


@change_rule(
    code="AVRO504",
    name="record-name-changed",
    on=Contract,
    message="the message's record was '{old}' and is '{new}'",
    fix="call the record '{old}' again, in the schema and in schema[0].name",
    since="0.1",
)
def record_name_changed(change: Change[Contract]) -> Iterator[Hit]:
    """The record that messages are made of has another name or namespace, with or without an alias.

    ## Why it matters

    Registries compare names without namespaces, and an alias satisfies them. Programs go by the full name. Generated
    classes move: no code that imports them compiles. Java consumers of specific records look for the class by the
    writer's name, and fail on messages written under a name that they have no class for. Where subjects are named
    after records, the schema starts a new subject with no history, and nothing is compared with what was.

    Records within the message may move: only this name leads programs to the class.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "namespace": "shop", "fields": [{"name": "id", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "namespace": "store", "fields": [{"name": "id", "type": "long"}]}
    ```

    ## How to fix it

    Keep the full name; `name` and `namespace` may be written apart or as one.

    ```json fixed
    {"type": "record", "name": "shop.Order", "fields": [{"name": "id", "type": "long"}]}
    ```
    """
    old, new = change.old.schema.root, change.new.schema.root
    if isinstance(old, RecordType) and isinstance(new, RecordType) and old.name != new.name:
        key = "/name" if old.short_name != new.short_name else "/namespace"
        yield Elsewhere(key, _below(new, key), _below(old, key)), {"old": old.name, "new": new.name}


def _below(record: RecordType, key: str) -> Place:
    return Place(record.place.document, f"{record.place.pointer}{key}")
