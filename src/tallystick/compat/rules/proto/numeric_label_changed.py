"""PROTO404: a number is a list to the one and a single value to the other."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import other_label
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoField


@rule(
    code="PROTO404",
    name="numeric-label-changed",
    on=ProtoField,
    message="{where} (field {number}) is {writer} to the writer and {reader} to the reader",
    fix="put the word '{old_word}' back",
    fix_forward="keep the word '{new_word}'",
    mirrors="FIELD_NUMERIC_LABEL_CHANGED",
    info="",
    since="0.1",
)
def numeric_label_changed(pair: Pair[ProtoField]) -> Iterator[Hit]:
    """A numeric field changed its label: optional, required or repeated.

    ## Why it matters

    A list of numbers is packed into one piece of bytes, which a reader of a single number can't take. And where it can, it keeps
    the last of them only.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { optional int64 total = 1; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { repeated int64 total = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto2";
    message Order { optional int64 total = 1 [deprecated = true]; repeated int64 totals = 2; }
    ```
    """
    labels = other_label(pair.reader, pair.writer)
    if labels is not None:
        reader, writer = (f"'{label}'" for label in labels)
        yield (
            "",
            {
                "number": pair.reader.number,
                "reader": reader,
                "writer": writer,
                "old_word": labels[1],
                "new_word": labels[0],
            },
        )
