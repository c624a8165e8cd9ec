"""DOC162: a method whose request or response is not named after it."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import proto_pascal
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoService


@lint_rule(
    code="DOC162",
    name="proto-method-type-name",
    on=ProtoService,
    message="method '{method}' {verb} '{type}', which is not named after it",
    fix="add a message '{better}' for it, and keep '{type}'; if the method was released, leave it as it is",
    since="0.1",
)
def proto_method_type_name(subject: Subject[ProtoService]) -> Iterator[Hit]:
    """A method's request or response is not named after the method.

    ## Why it matters

    A method that takes a message of its own can grow: a field more is a field of that message. One that takes the
    topic's message, or `google.protobuf.Empty`, can't, for other people's data would grow along.

    The names are `GetOrderRequest` and `GetOrderResponse`, or with the service's name before.

    ## Example

    ```proto new
    message Order { int64 id = 1; }
    message GetOrderRequest { int64 id = 1; }
    service OrderService { rpc GetOrder(GetOrderRequest) returns (Order); }
    ```

    ## How to fix it

    Give each method a request and a response before the first release.

    ```proto fixed
    message Order { int64 id = 1; }
    message GetOrderRequest { int64 id = 1; }
    message GetOrderResponse { Order order = 1; }
    service OrderService { rpc GetOrder(GetOrderRequest) returns (GetOrderResponse); }
    ```
    """
    service = subject.node.short_name
    for index, method in enumerate(subject.node.methods):
        for field, verb, type_, word in (
            (2, "takes", method.takes, "Request"),
            (3, "returns", method.returns, "Response"),
        ):
            name, wanted = type_.rpartition(".")[2], f"{method.name}{word}"
            if name not in (wanted, f"{service}{wanted}"):
                said = {
                    "method": method.name,
                    "verb": verb,
                    "type": name,
                    "better": f"{proto_pascal(method.name)}{word}",
                }
                yield f"2/{index}/{field}", said
