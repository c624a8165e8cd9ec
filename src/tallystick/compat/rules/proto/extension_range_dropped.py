"""PROTO128: numbers are no longer left to extensions."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import uncovered
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMessage


@change_rule(
    code="PROTO128",
    name="extension-range-dropped",
    on=ProtoMessage,
    message="number {range} of {where} was for extensions and is not any more",
    fix="leave them to extensions: 'extensions {range};'",
    since="0.1",
)
def extension_range_dropped(change: Change[ProtoMessage]) -> Iterator[Hit]:
    """Numbers are no longer left to extensions.

    ## Why it matters

    Source: other files that extend the message with one of these numbers do not compile any more. Bytes: what such extensions put into
    messages becomes unknown to readers. JSON: a name in brackets that no reader knows stops most parsers.
    The registry does not look at extensions.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { extensions 100 to 199; }
    ```

    ```proto new
    syntax = "proto2";
    message Order { extensions 100 to 149; }
    ```

    ## How to fix it

    Keep the range. It may grow.

    ```proto fixed
    syntax = "proto2";
    message Order { extensions 100 to 299; }
    ```
    """
    for first, last in uncovered(change.old.extension_ranges.ranges, change.new.extension_ranges.ranges):
        yield "", {"range": f"{first}" if first == last else f"{first} to {last}"}
