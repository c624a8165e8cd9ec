"""PROTO303: a plain field of the writer is in a oneof of the reader, with fields that were in one."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.compat.proto_fields import is_plain
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoMessage


@rule(
    code="PROTO303",
    name="field-moved-to-existing-oneof",
    on=ProtoMessage,
    message="the writer may set '{field}' together with {others}, and to the reader they are one oneof, '{oneof}'",
    fix="keep '{field}' outside of the oneof",
    fix_forward="keep '{field}' in the oneof: readers of the earlier version count on one at most",
    mirrors="FIELD_MOVED_TO_EXISTING_ONEOF",
    info="",
    since="0.1",
)
def field_moved_to_existing_oneof(pair: Pair[ProtoMessage]) -> Iterator[Hit]:
    """A field was moved into a oneof that was there before.

    ## Why it matters

    Earlier messages may have the field and one of the oneof's as well. Read as a oneof, one of the two values is lost without
    a word.

    ## Example

    ```proto old
    syntax = "proto3";
    message Payment { string iban = 1; oneof method { string card = 2; } }
    ```

    ```proto new
    syntax = "proto3";
    message Payment { oneof method { string card = 2; string iban = 1; } }
    ```

    ## How to fix it

    Add a new field to the oneof, and mark the one outside as deprecated.

    ```proto fixed
    syntax = "proto3";
    message Payment { string iban = 1 [deprecated = true]; oneof method { string card = 2; string account = 3; } }
    ```
    """
    for oneof in pair.reader.oneofs:
        before = [(field.name, pair.writer.by_number.get(field.number)) for field in oneof.fields]
        moved = [name for name, old in before if is_plain(old)]
        others = [name for name, old in before if old is not None and old.oneof is not None]
        if len(moved) == 1 and others:
            named = " and ".join(f"'{name}'" for name in others)
            yield f"oneofs/{oneof.name}", {"field": moved[0], "oneof": oneof.name, "others": named}
