"""DOC157: an enum whose value 0 means something."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import value_prefix
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum

_ZERO = "UNSPECIFIED"


@lint_rule(
    code="DOC157",
    name="proto-enum-zero-name",
    on=ProtoEnum,
    message="value 0 of '{enum}' is '{value}', and its name does not end in _UNSPECIFIED",
    fix="make '{better}' value 0, and give what means something another number; if it was released, keep it as it is",
    since="0.1",
)
def proto_enum_zero_name(subject: Subject[ProtoEnum]) -> Iterator[Hit]:
    """Value 0 of an enum has a name that does not end in `_UNSPECIFIED`.

    ## Why it matters

    0 is what a reader gets when nobody set the field. If 0 is `PAID`, each order that forgot its state is paid.
    The same name everywhere lets code and queries find what was not said.

    ## Example

    ```proto new
    enum State { STATE_PAID = 0; STATE_SENT = 1; }
    message Order { State state = 1; }
    ```

    ## How to fix it

    Leave 0 to what was not said, before the first release. Afterwards another number is another value in the topic.

    ```proto fixed
    enum State { STATE_UNSPECIFIED = 0; STATE_PAID = 1; STATE_SENT = 2; }
    message Order { State state = 1; }
    ```
    """
    enum = subject.node
    for index, value in enumerate(enum.values):
        if value.number == 0 and not value.name.endswith(f"_{_ZERO}"):
            better = f"{value_prefix(enum)}{_ZERO}"
            yield f"2/{index}/1", {"enum": enum.short_name, "value": value.name, "better": better}
