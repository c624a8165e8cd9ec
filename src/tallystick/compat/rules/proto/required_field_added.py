"""PROTO102: the reader requires a field that the writer does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import is_labelled_required, is_plain, plain_fields
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoMessage


@rule(
    code="PROTO102",
    name="required-field-added",
    on=ProtoMessage,
    message="the reader requires field '{field}' ({number}), and the writer never sends it",
    fix="make '{field}' optional",
    fix_forward="keep '{field}': readers of the earlier version fail on a message without it",
    mirrors="REQUIRED_FIELD_ADDED",
    info="",
    since="0.1",
)
def required_field_added(pair: Pair[ProtoMessage]) -> Iterator[Hit]:
    """A required field is in the reader and not in the writer.

    ## Why it matters

    A message without a required field does not parse at all. Every message that is in the topic already lacks a field that
    was added, so the new reader fails on the first.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { optional string id = 1; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { optional string id = 1; required string region = 2; }
    ```

    ## How to fix it

    Make the field optional, and check in the reader's code that it is there. `required` can never be taken back.

    ```proto fixed
    syntax = "proto2";
    message Order { optional string id = 1; optional string region = 2; }
    ```
    """
    for field in plain_fields(pair.reader):
        # One that was in a oneof was never required: to the registry it is new.
        if is_labelled_required(field) and not is_plain(pair.writer.by_number.get(field.number)):
            yield f"fields/{field.name}", {"field": field.name, "number": field.number}
