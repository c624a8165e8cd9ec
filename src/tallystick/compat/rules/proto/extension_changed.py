"""PROTO123: an extension is gone, or has another number or another type."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_fields import group_of, kind_of
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoField, ProtoScope


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
    by_number = {(one.extends, one.number): one for one in change.new.extensions}
    by_name = {(one.extends, one.name): one for one in change.new.extensions}
    for old in change.old.extensions:
        what = _what(old, by_number.get((old.extends, old.number)), by_name.get((old.extends, old.name)))
        if what:
            yield f"extensions/{old.name}", {"field": old.name, "message": old.extends, "what": what}


def _what(old: ProtoField, same: ProtoField | None, named: ProtoField | None) -> str:
    if same is None:
        return (
            f"had the number {old.number} and has {named.number}"
            if named
            else f"is gone: it had the number {old.number}"
        )
    if same.name != old.name:
        return f"is called '{same.name}' now"
    return f"was '{old.type_name}' and is '{same.type_name}'" if _bytes(old) != _bytes(same) else ""


def _bytes(field: ProtoField) -> str:
    """Return what says how its bytes are read: its group of scalars, or its message."""
    return group_of(field) if kind_of(field) == "scalar" else field.type_name
