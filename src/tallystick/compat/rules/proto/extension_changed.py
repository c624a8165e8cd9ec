"""PROTO123: an extension is gone, or has another number or another type."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_extensions import changed_extensions
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoScope


@change_rule(
    code="PROTO123",
    name="extension-changed",
    on=ProtoScope,
    message="extension '{field}' of '{message}' {what}",
    fix="put it back as it was; what is new gets a name and a number of its own",
    since="0.1",
)
def extension_changed(change: Change[ProtoScope]) -> Iterator[Hit]:
    """An extension was removed, or has another number or another type.

    ## Why it matters

    Bytes: an extension is a field of a message that somebody else defined, known by its number: without it, or with another
    number, what is in the topic is not read any more, and with another type it is read wrongly. JSON: it goes by its full
    name in brackets, `[shop.gift]`. Source: code that uses the extension does not compile.

    The registry does not look at extensions at all.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { extensions 100 to 199; }
    extend Order { optional bool gift = 100; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { extensions 100 to 199; }
    extend Order { optional bool gift = 101; }
    ```

    ## How to fix it

    Keep the extension, and mark it as deprecated.

    ```proto fixed
    syntax = "proto2";
    message Order { extensions 100 to 199; }
    extend Order { optional bool gift = 100 [deprecated = true]; optional bool wrap = 101; }
    ```
    """
    for old, what in changed_extensions(change.old, change.new):
        yield f"extensions/{old.name}", {"field": old.name, "message": old.extends, "what": what}
