"""DOC153: a message, an enum, a service or a method whose name is not in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import is_pascal
from tallystick.lint.proto_names import proto_pascal
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoEnum, ProtoMessage, ProtoMethod, ProtoService

_KINDS = {ProtoMessage: "message", ProtoEnum: "enum", ProtoService: "service", ProtoMethod: "method"}


@lint_rule(
    code="DOC153",
    name="proto-type-name-style",
    on=ProtoMessage | ProtoEnum | ProtoService | ProtoMethod,
    message="the name of {kind} '{name}' is not in PascalCase",
    fix="name it '{better}'; if it was released, keep the name: a new one is another {kind} to readers and generated code",
    since="0.1",
)
def proto_type_name_style(subject: Subject[ProtoMessage | ProtoEnum | ProtoService | ProtoMethod]) -> Iterator[Hit]:
    """The name of a message, an enum, a service or a method is not in PascalCase.

    ## Why it matters

    The name becomes a class or a method in generated code. Protobuf's own style guide writes it so, and a second style
    in one code base makes people look up each name. Some generators mend the name, others do not, and then it is
    spelt in two ways.

    ## Example

    ```proto new
    message order_line { string sku = 1; }
    ```

    ## How to fix it

    Rename it before the first release. Afterwards readers and the registry go by the name.

    ```proto fixed
    message OrderLine { string sku = 1; }
    ```
    """
    node = subject.node
    if not is_pascal(node.short_name):
        kind = _KINDS[type(node)]
        yield "1", {"kind": kind, "name": node.short_name, "better": proto_pascal(node.short_name)}
