"""DOC158: an enum whose first value is not 0."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum


@lint_rule(
    code="DOC158",
    name="proto-enum-first-not-zero",
    on=ProtoEnum,
    message="the first value of '{enum}' is '{value} = {number}', not 0",
    fix="begin it with a value 0 that means nothing; if it was released, leave it: unset fields are '{value}' to readers",
    since="0.1",
)
def proto_enum_first_not_zero(subject: Subject[ProtoEnum]) -> Iterator[Hit]:
    """The first value of an enum is not 0: only proto2 and closed enums of editions can.

    ## Why it matters

    A reader takes an unset field for the first value, which here means something. Files of proto3 can't use such an
    enum at all, and the file can't become one of proto3.

    ## Example

    ```proto new
    syntax = "proto2";
    enum State { STATE_PAID = 1; STATE_SENT = 2; }
    message Order { optional State state = 1; }
    ```

    ## How to fix it

    Put a value 0 first, before the first release. Afterwards it changes what unset fields are (PROTO215).

    ```proto fixed
    syntax = "proto2";
    enum State { STATE_UNSPECIFIED = 0; STATE_PAID = 1; STATE_SENT = 2; }
    message Order { optional State state = 1; }
    ```
    """
    first = subject.node.values[0]
    if first.number != 0:
        yield "2/0/2", {"enum": subject.node.short_name, "value": first.name, "number": first.number}
