"""DOC155: an enum whose values are not in UPPER_SNAKE_CASE."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import is_upper_snake
from tallystick.lint.proto_names import value_name
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum


@lint_rule(
    code="DOC155",
    name="proto-enum-value-style",
    on=ProtoEnum,
    message="value '{value}' of '{enum}'{others} is not in UPPER_SNAKE_CASE",
    fix="write '{better}'; if it was released, keep the name: JSON and generated code go by it",
    since="0.1",
)
def proto_enum_value_style(subject: Subject[ProtoEnum]) -> Iterator[Hit]:
    """A value of an enum is not in UPPER_SNAKE_CASE.

    ## Why it matters

    Values become constants in generated code, and names in JSON and in queries, where `Paid` and `PAID` are two.
    One finding speaks for the whole enum.

    ## Example

    ```proto new
    enum State { STATE_UNSPECIFIED = 0; State_Paid = 1; }
    message Order { State state = 1; }
    ```

    ## How to fix it

    Write all values in capitals before the first release.

    ```proto fixed
    enum State { STATE_UNSPECIFIED = 0; STATE_PAID = 1; }
    message Order { State state = 1; }
    ```
    """
    values = subject.node.values
    wrong = [index for index, value in enumerate(values) if not is_upper_snake(value.name)]
    if wrong:
        first, more = values[wrong[0]], len(wrong) - 1
        said = {"value": first.name, "enum": subject.node.short_name, "better": value_name(subject.node, first)}
        yield f"2/{wrong[0]}/1", {**said, "others": f" (and {more} more)" if more else ""}
