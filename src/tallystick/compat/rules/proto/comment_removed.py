"""PROTO125: something had a comment and has none."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_options import proto_parts
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoNode
from tallystick.schema.types import Node


@change_rule(
    code="PROTO125",
    name="comment-removed",
    on=ProtoNode,
    message="{what} had a comment and has none now",
    fix="keep the comment of {what}, or write a better one",
    severity=Severity.WARNING,
    since="0.1",
)
def comment_removed(change: Change[ProtoNode]) -> Iterator[Hit]:
    """A comment is gone.

    ## Why it matters

    The comment is what the readers of the topic know about a message or a field: units, time zones, when it is not set. It is also
    the docstring of generated code. Bytes, JSON and source are what they were: so this is a warning.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order {
      // In cents, taxes included.
      int64 total = 1;
    }
    ```

    ```proto new
    syntax = "proto3";
    message Order {
      int64 total = 1;
    }
    ```

    ## How to fix it

    Keep the comment. A better one is no removal.

    ```proto fixed
    syntax = "proto3";
    message Order {
      // In cents; includes tax.
      int64 total = 1;
    }
    ```
    """
    for part in proto_parts(change):
        if _has_comment(part.old) and not _has_comment(part.new):
            yield f"{part.prefix}comment", {"what": part.label}


def _has_comment(node: Node) -> bool:
    return isinstance(node, ProtoNode) and bool(node.doc)
