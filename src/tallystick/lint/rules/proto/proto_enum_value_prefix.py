"""DOC156: an enum whose values do not begin with its name."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import value_name, value_prefix
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum


@lint_rule(
    code="DOC156",
    name="proto-enum-value-prefix",
    on=ProtoEnum,
    message="value '{value}' of '{enum}'{others} does not begin with '{prefix}'",
    fix="write '{better}'; if it was released, keep the name: JSON and generated code go by it",
    since="0.1",
)
def proto_enum_value_prefix(subject: Subject[ProtoEnum]) -> Iterator[Hit]:
    """A value of an enum does not begin with the enum's name.

    ## Why it matters

    A value's name stands beside its enum, not in it: as in C++, two enums in one package can't both have `PAID`.
    The second one, months later, does not compile. One finding speaks for the whole enum.

    ## Example

    ```proto new
    enum OrderState { ORDER_STATE_UNSPECIFIED = 0; PAID = 1; SENT = 2; }
    message Order { OrderState state = 1; }
    ```

    ## How to fix it

    Begin each value with the enum's name before the first release.

    ```proto fixed
    enum OrderState { ORDER_STATE_UNSPECIFIED = 0; ORDER_STATE_PAID = 1; ORDER_STATE_SENT = 2; }
    message Order { OrderState state = 1; }
    ```
    """
    values = subject.node.values
    prefix = value_prefix(subject.node)
    wrong = [index for index, value in enumerate(values) if not value.name.startswith(prefix)]
    if wrong:
        first, more = values[wrong[0]], len(wrong) - 1
        said = {"value": first.name, "enum": subject.node.short_name, "better": value_name(subject.node, first)}
        yield f"2/{wrong[0]}/1", {**said, "prefix": prefix, "others": f" (and {more} more)" if more else ""}
