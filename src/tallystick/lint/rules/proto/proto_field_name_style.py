"""DOC154: a field or a oneof whose name is not in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import is_lower_snake
from tallystick.lint.proto_names import proto_snake
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoField, ProtoOneof


@lint_rule(
    code="DOC154",
    name="proto-field-name-style",
    on=ProtoField | ProtoOneof,
    message="the name of {kind} '{name}' is not in lower_snake_case",
    fix="name it '{better}'; if it was released, keep the name: {keepers} go by it",
    since="0.1",
)
def proto_field_name_style(subject: Subject[ProtoField | ProtoOneof]) -> Iterator[Hit]:
    """The name of a field, an extension or a oneof is not in lower_snake_case.

    ## Why it matters

    Generators make names in each language's own style of it, and JSON its `lowerCamelCase`. They begin from
    lower_snake_case: from other styles come names that differ by language, and two fields may become one.

    ## Example

    ```proto new
    message Order { string customerId = 1; }
    ```

    ## How to fix it

    Rename it before the first release. Bytes have no names, but JSON and generated code do (PROTO117).

    ```proto fixed
    message Order { string customer_id = 1; }
    ```
    """
    node = subject.node
    if not is_lower_snake(node.name):
        is_field = isinstance(node, ProtoField)
        values = {"kind": "field" if is_field else "oneof", "name": node.name}
        keepers = "JSON and generated code" if is_field else "generated code and the registry"
        yield "1", {**values, "better": proto_snake(node.name) or "a_word", "keepers": keepers}
