"""PROTO116: a field has another name in JSON."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import kept_fields
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO116",
    name="json-name-changed",
    on=ProtoMessage,
    message="field '{field}' ({number}) of {where} was '{old}' in JSON and is '{new}'",
    fix='keep it with [json_name = "{old}"]',
    since="0.1",
)
def json_name_changed(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """The name of a field in JSON changed.

    ## Why it matters

    JSON: a program on the old version that gets the new name stops with an error, or drops the value; and the other way round.
    Parsers take `json_name` and the name of the field itself, nothing else. Connectors, logs and HTTP gateways use that mapping, even where
    the topic has bytes. Bytes: nothing changes. Source: if the field was renamed, code that uses the old name does not compile.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string note = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string remark = 2; }
    ```

    ## How to fix it

    Keep the name; or keep at least the one in JSON, which leaves PROTO115: code has to be changed, messages have not.

    ```proto fixed
    syntax = "proto3";
    message Order { string remark = 2 [json_name = "note"]; }
    ```
    """
    for old, new in kept_fields(change):
        if old.json_name != new.json_name:
            values = {"field": new.name, "number": new.number, "old": old.json_name, "new": new.json_name}
            yield f"fields/{new.name}", values
