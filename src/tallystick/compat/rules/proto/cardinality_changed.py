"""PROTO119: a single value became a list, or a list a single value, and the registry does not say so."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import is_refused
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoField


@change_rule(
    code="PROTO119",
    name="cardinality-changed",
    on=ProtoField,
    message="{where} (field {number}) was {old} and is {new}",
    fix="put it back; give what is new a number of its own",
    since="0.1",
)
def cardinality_changed(change: Change[ProtoField]) -> Iterator[Hit]:
    """A single value became a list, or a list became a single value.

    ## Why it matters

    Bytes: of a list, a reader of a single value keeps the last item, or merges all where they are messages. A packed list of numbers
    is one piece of bytes that some readers take and others drop. JSON: `"a"` and `["a"]` do not read as each other, so every
    message fails. Source: another type, so code does not compile.

    The registry refuses it only for numbers with a word before them on both sides, PROTO404: not for strings, bytes and
    messages, and not for proto3, where a single value has no word.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string note = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { repeated string note = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    message Order { string note = 1 [deprecated = true]; repeated string notes = 2; }
    ```
    """
    old, new = change.old, change.new
    if old.is_repeated != new.is_repeated and not (change.directions and is_refused(old, new)):
        words = {True: "a list", False: "a single value"}
        yield "", {"number": new.number, "old": words[old.is_repeated], "new": words[new.is_repeated]}
