"""PROTO124: an option that marks personal or confidential data is gone, or says something else."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_options import lost_options
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoNode


@change_rule(
    code="PROTO124",
    name="privacy-option-dropped",
    on=ProtoNode,
    message="the privacy option '{property}' of {what} was {old} and {new}",
    fix="set '{property}' of {what} back to {old}",
    since="0.1",
)
def privacy_option_dropped(change: Change[ProtoNode]) -> Iterator[Hit]:
    """An option that marks personal or confidential data was dropped or changed.

    ## Why it matters

    Masking, field encryption, access rules and erasure go by such options: `debug_redact`, and custom ones called `pii`,
    `tags`, `classification` or `sensitivity`, alone or within another, as in `(confluent.field_meta).tags`. Without it the next
    message has the same data in the clear, in every sink. That can't be taken back: so it is an error.

    Bytes, JSON and source are what they were, and no registry refuses it. A list of tags may grow, and a field may be marked that was
    not. A field that is removed takes its options with it.

    ## Example

    ```proto old
    syntax = "proto3";
    import "google/protobuf/descriptor.proto";
    package acme;
    extend google.protobuf.FieldOptions { optional bool pii = 50001; optional string unit = 50004; }
    message Customer { string email = 1 [(pii) = true]; }
    ```

    ```proto new
    syntax = "proto3";
    import "google/protobuf/descriptor.proto";
    package acme;
    extend google.protobuf.FieldOptions { optional bool pii = 50001; optional string unit = 50004; }
    message Customer { string email = 1; }
    ```

    ## How to fix it

    Keep the option. If the field holds no personal data any more, add a new field and deprecate this one: old messages still hold it.

    ```proto fixed
    syntax = "proto3";
    import "google/protobuf/descriptor.proto";
    package acme;
    extend google.protobuf.FieldOptions { optional bool pii = 50001; optional string unit = 50004; }
    message Customer { string email = 1 [(pii) = true, deprecated = true]; string handle = 2; }
    ```
    """
    for lost in lost_options(change):
        if lost.is_privacy and not lost.still_guards:
            yield lost.hit()
