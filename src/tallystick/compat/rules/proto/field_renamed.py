"""PROTO115: a field has another name in source, and the same one in JSON."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import kept_fields
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO115",
    name="field-renamed",
    on=ProtoMessage,
    message="field {number} of {where} was called '{old}' and is called '{new}'",
    fix="call it '{old}' again; or tell everyone who uses generated code",
    severity=Severity.WARNING,
    since="0.1",
)
def field_renamed(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """A field was renamed, and keeps its name in JSON.

    ## Why it matters

    Bytes: they have no names. JSON: its `json_name` is what it was, so what is sent stays the same; parsers also take the
    name of the field itself, and no longer the old one. Source: code that uses the old name does not compile any more, and in languages
    without a compiler it fails when it runs.

    Where the name in JSON changes with it, PROTO116 says so instead.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string note = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string remark = 2 [json_name = "note"]; }
    ```

    ## How to fix it

    Keep the name. A comment can say what it means today.

    ```proto fixed
    syntax = "proto3";
    message Order { string note = 2; /* the remark of the buyer */ }
    ```
    """
    for old, new in kept_fields(change):
        if old.name != new.name and old.json_name == new.json_name:
            yield f"fields/{new.name}", {"number": new.number, "old": old.name, "new": new.name}
