"""PROTO103: the writer requires a field that the reader does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import is_labelled_required, plain_fields
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoMessage


@rule(
    code="PROTO103",
    name="required-field-removed",
    on=ProtoMessage,
    message="the writer requires field '{field}' ({number}), and the reader does not have it",
    fix="put '{field}' back",
    fix_forward="make '{field}' optional",
    mirrors="REQUIRED_FIELD_REMOVED",
    info="",
    since="0.1",
)
def required_field_removed(pair: Pair[ProtoMessage]) -> Iterator[Hit]:
    """A required field is in the writer and not in the reader.

    ## Why it matters

    What is required was promised to every reader. The registry refuses a version that takes it back: programs on the earlier version
    can't parse a message without the field.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { required string id = 1; optional string note = 2; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { optional string note = 2; }
    ```

    ## How to fix it

    Keep the field. If nobody needs it any more, the next major version can do without.

    ```proto fixed
    syntax = "proto2";
    message Order { required string id = 1; optional string note = 2; }
    ```
    """
    for field in plain_fields(pair.writer):
        if is_labelled_required(field) and field.number not in pair.reader.by_number:
            yield f"fields/{field.name}", {"field": field.name, "number": field.number}
