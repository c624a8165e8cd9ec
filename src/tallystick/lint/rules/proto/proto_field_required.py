"""DOC160: a field that every message must have, for ever."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import Presence, ProtoField


@lint_rule(
    code="DOC160",
    name="proto-field-required",
    on=ProtoField,
    message="field '{field}' is required",
    fix="{mend}; if it was released, leave it: readers of now refuse messages without it",
    since="0.1",
)
def proto_field_required(subject: Subject[ProtoField]) -> Iterator[Hit]:
    """A field is required: by proto2's `required`, or by an edition's `LEGACY_REQUIRED`.

    ## Why it matters

    A reader refuses the whole message when the field is not in it. So the field can never go, nor can one be added
    (PROTO118, PROTO119): a single old reader stops at the first message of a new writer. Protobuf 3 left it out.

    ## Example

    ```proto new
    syntax = "proto2";
    message Order { required int64 id = 1; }
    ```

    ## How to fix it

    Make it optional before the first release, and say in the comment that it is always set.

    ```proto fixed
    syntax = "proto2";
    message Order { optional int64 id = 1; }
    ```
    """
    if subject.node.presence is Presence.REQUIRED:
        is_edition = subject.node.described.descriptor.syntax == "editions"
        mend = "take 'features.field_presence = LEGACY_REQUIRED' out" if is_edition else "make it 'optional'"
        yield "4", {"field": subject.node.name, "mend": mend}
