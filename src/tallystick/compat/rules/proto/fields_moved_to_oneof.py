"""PROTO302: several fields of the writer are in one oneof of the reader."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import is_plain
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoMessage


@rule(
    code="PROTO302",
    name="fields-moved-to-oneof",
    on=ProtoMessage,
    message="the writer may set {fields} together, and to the reader they are one oneof, '{oneof}': it keeps the last and drops the rest",
    fix="keep them outside, and make the oneof of new fields",
    fix_forward="keep them in the oneof: readers of the earlier version count on one at most",
    mirrors="MULTIPLE_FIELDS_MOVED_TO_ONEOF",
    info="",
    since="0.1",
)
def fields_moved_to_oneof(pair: Pair[ProtoMessage]) -> Iterator[Hit]:
    """Several fields were moved into one oneof.

    ## Why it matters

    A message that has two of them parses, and keeps only the one that comes last in its bytes. The other's value is lost
    without a word.

    ## Example

    ```proto old
    syntax = "proto3";
    message Payment { string card = 1; string iban = 2; }
    ```

    ```proto new
    syntax = "proto3";
    message Payment { oneof method { string card = 1; string iban = 2; } }
    ```

    ## How to fix it

    A oneof takes one field that was there before, at most. Make the oneof of new fields, and mark the old ones as deprecated.

    ```proto fixed
    syntax = "proto3";
    message Payment { string card = 1; string iban = 2; oneof method { string card_number = 3; string account = 4; } }
    ```
    """
    for oneof in pair.reader.oneofs:
        moved = [field.name for field in oneof.fields if is_plain(pair.writer.by_number.get(field.number))]
        if len(moved) > 1:
            yield f"oneofs/{oneof.name}", {"oneof": oneof.name, "fields": " and ".join(f"'{name}'" for name in moved)}
