"""DOC159: values of an enum that share a number, and all are for use."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum, ProtoValue


@lint_rule(
    code="DOC159",
    name="proto-enum-alias",
    on=ProtoEnum,
    message="'{first}' and '{second}' of '{enum}' are both {number}",
    fix="give '{second}' a number of its own; if both were released, write '[deprecated = true]' at the one to forget",
    since="0.1",
)
def proto_enum_alias(subject: Subject[ProtoEnum]) -> Iterator[Hit]:
    """Two values of an enum have one number, and neither is deprecated.

    ## Why it matters

    Bytes have the number only. What was written as the second name is read, and written as JSON, as the first one: a
    meaning that only one of them has is lost.

    An alias is right when a value gets a better name (PROTO213). Mark the old one as deprecated, and this rule is
    content.

    ## Example

    ```proto new
    enum State {
      option allow_alias = true;
      STATE_UNSPECIFIED = 0;
      STATE_LOST = 1;
      STATE_MISSING = 1;
    }
    message Order { State state = 1; }
    ```

    ## How to fix it

    Give each meaning a number. If both are one meaning, say which name goes.

    ```proto fixed
    enum State {
      option allow_alias = true;
      STATE_UNSPECIFIED = 0;
      STATE_LOST = 1 [deprecated = true];
      STATE_MISSING = 1;
    }
    message Order { State state = 1; }
    ```
    """
    if not subject.node.allows_alias:
        return
    first: dict[int, ProtoValue] = {}
    for index, value in enumerate(subject.node.values):
        if not value.properties.get("deprecated"):
            other = first.setdefault(value.number, value)
            if other is not value:
                said = {"first": other.name, "second": value.name, "number": value.number}
                yield f"2/{index}/2", {**said, "enum": subject.node.short_name}
