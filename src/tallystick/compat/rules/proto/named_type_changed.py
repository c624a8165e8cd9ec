"""PROTO403: two messages of other names, or of contents that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import other_messages
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO403",
    name="named-type-changed",
    on=ProtoField,
    message="the writer sends {where} (field {number}) as message {writer}, and to the reader it is {reader}{why}",
    fix="put the type {writer} back; give what is new a number of its own",
    fix_forward="keep the type {reader}; give what is new a number of its own",
    mirrors="FIELD_NAMED_TYPE_CHANGED",
    is_readable=True,
    info="",
    since="0.1",
)
def named_type_changed(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """The message type of a field changed.

    ## Why it matters

    Two messages may hold anything under one number: bytes of the one, read as the other, parse into values that nobody wrote.
    A registry goes by the name within its package; where the type is imported, by its contents as well.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { Home to = 1; }
    message Home { string street = 1; }
    message Shop { string street = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { Shop to = 1; }
    message Home { string street = 1; }
    message Shop { string street = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { Home to = 1; Shop shop = 2; }
    message Home { string street = 1; }
    message Shop { string street = 1; }
    ```
    """
    for reader, writer, why in other_messages(pair):
        yield "", {"number": pair.reader.number, "reader": reader, "writer": writer, "why": why}
