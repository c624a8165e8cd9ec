"""PROTO126: a custom option is gone, or has another value."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_options import lost_options
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoNode


@change_rule(
    code="PROTO126",
    name="option-dropped",
    on=ProtoNode,
    message="the option '{property}' of {what} was {old} and {new}",
    fix="set '{property}' of {what} back to {old}",
    severity=Severity.WARNING,
    since="0.1",
)
def option_dropped(change: Change[ProtoNode]) -> Iterator[Hit]:
    """A custom option was dropped or changed.

    ## Why it matters

    Protobuf lets everyone define options, and passes them on to tools: validation, units, column names for a connector, routes of a
    gateway. Some tool or person may go by them. Bytes, JSON and source are what they were, so this is a warning.

    Options that mark personal data have a rule of their own, PROTO124.

    ## Example

    ```proto old
    syntax = "proto3";
    import "google/protobuf/descriptor.proto";
    package acme;
    extend google.protobuf.FieldOptions { optional bool pii = 50001; optional string unit = 50004; }
    message Reading { double heat = 1 [(unit) = "celsius"]; }
    ```

    ```proto new
    syntax = "proto3";
    import "google/protobuf/descriptor.proto";
    package acme;
    extend google.protobuf.FieldOptions { optional bool pii = 50001; optional string unit = 50004; }
    message Reading { double heat = 1 [(unit) = "fahrenheit"]; }
    ```

    ## How to fix it

    Keep the option. New ones may be added.

    ```proto fixed
    syntax = "proto3";
    import "google/protobuf/descriptor.proto";
    package acme;
    extend google.protobuf.FieldOptions { optional bool pii = 50001; optional string unit = 50004; }
    message Reading { double heat = 1 [(unit) = "celsius", (pii) = false]; }
    ```
    """
    for lost in lost_options(change):
        if lost.name.startswith("(") and not lost.is_privacy:
            yield lost.hit()
