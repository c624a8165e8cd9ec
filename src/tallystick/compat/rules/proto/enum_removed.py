"""PROTO216: an enum is gone."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoFile, ProtoScope


@change_rule(
    code="PROTO216",
    name="enum-removed",
    on=ProtoScope,
    message="the enum '{enum}' was removed",
    fix="put the enum '{enum}' back",
    since="0.1",
)
def enum_removed(change: Change[ProtoScope]) -> Iterator[Hit]:
    """An enum was removed.

    ## Why it matters

    Bytes: fields that had the type are removed or have another one; those changes have rules of their own. JSON: the same, and names of
    values become unknown. Source: code that uses the enum does not compile, and neither do files that import this one for it.

    A registry lets it pass, while it refuses a message that is removed. Renaming an enum is removing it. One that is now in an imported
    file is not removed.

    ## Example

    ```proto old
    syntax = "proto3";
    enum Status { UNKNOWN = 0; PAID = 1; }
    message Order { string id = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Mark it as deprecated, and let it stay.

    ```proto fixed
    syntax = "proto3";
    enum Status { option deprecated = true; UNKNOWN = 0; PAID = 1; }
    message Order { string id = 1; }
    ```
    """
    kept = {enum.short_name for enum in change.new.enums}
    # A type within a message can not go to another file without it.
    files = change.new.closure() if isinstance(change.new, ProtoFile) else ()
    moved = {enum.name for file in files for enum in file.enums}
    for enum in change.old.enums:
        if enum.short_name not in kept and enum.name not in moved:
            yield f"enums/{enum.short_name}", {"enum": enum.name}
