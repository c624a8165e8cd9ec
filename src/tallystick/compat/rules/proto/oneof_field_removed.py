"""PROTO301: the reader's oneof lacks a field that the writer's has."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoMessage


@rule(
    code="PROTO301",
    name="oneof-field-removed",
    on=ProtoMessage,
    message="the writer may set '{field}' ({number}) in oneof '{oneof}', and the reader does not know that field",
    fix="put '{field}' back into the oneof",
    fix_forward="leave '{field}' out of the oneof: for readers of the earlier version nothing of it is set; a field of its own is no such trap",
    mirrors="ONEOF_FIELD_REMOVED",
    info="",
    since="0.1",
)
def oneof_field_removed(pair: Pair[ProtoMessage]) -> Iterator[Hit]:
    """A field of a oneof is in the writer and not in the reader.

    ## Why it matters

    A reader that does not know the field finds the oneof empty: it can't tell a choice that it does not know from no choice at
    all. Looking forward, the same happens with a field that was added.

    ## Example

    ```proto old
    syntax = "proto3";
    message Payment { oneof method { string card = 1; string iban = 2; } }
    ```

    ```proto new
    syntax = "proto3";
    message Payment { oneof method { string card = 1; } }
    ```

    ## How to fix it

    Keep the field, and mark it as deprecated.

    ```proto fixed
    syntax = "proto3";
    message Payment { oneof method { string card = 1; string iban = 2 [deprecated = true]; } }
    ```
    """
    kept = {oneof.name for oneof in pair.reader.oneofs}
    for oneof in pair.writer.oneofs:
        for field in oneof.fields if oneof.name in kept else ():
            if field.number not in pair.reader.by_number:
                yield (
                    f"oneofs/{oneof.name}/{field.name}",
                    {"field": field.name, "number": field.number, "oneof": oneof.name},
                )
