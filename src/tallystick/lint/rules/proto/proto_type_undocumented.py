"""DOC132: a message, an enum or a service of a .proto file without a comment."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum, ProtoMessage, ProtoNode, ProtoService

_KINDS = {ProtoMessage: "message", ProtoEnum: "enum", ProtoService: "service"}


@lint_rule(
    code="DOC132",
    name="proto-type-undocumented",
    on=ProtoNode,
    message="{kind} '{type}' has no comment",
    fix="say above '{type}' what it stands for",
    since="0.1",
)
def proto_type_undocumented(subject: Subject[ProtoNode]) -> Iterator[Hit]:
    """A message, an enum or a service of a .proto file has no comment.

    ## Why it matters

    The comment of a message says what one of it stands for: one event per order, or one per change of an order?
    It stands in the generated class. Values of enums and oneofs need none: most say by their names what they are.

    ## Example

    ```proto new
    message OrderPlaced {}
    ```

    ## How to fix it

    Say on the lines before it what one of it stands for, and when it comes to be.

    ```proto fixed
    // An order that checkout accepted.
    message OrderPlaced {}
    ```
    """
    node = subject.node
    kind = _KINDS.get(type(node))
    if kind is not None and not (node.doc or "").strip():
        yield "", {"kind": kind, "type": node.short_name}
