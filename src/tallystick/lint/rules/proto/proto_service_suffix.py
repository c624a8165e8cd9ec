"""DOC161: a service whose name does not end in Service."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import proto_pascal
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoService


@lint_rule(
    code="DOC161",
    name="proto-service-suffix",
    on=ProtoService,
    message="the name of service '{service}' does not end in 'Service'",
    fix="name it '{better}'; if it was released, keep the name: clients call it by that",
    since="0.1",
)
def proto_service_suffix(subject: Subject[ProtoService]) -> Iterator[Hit]:
    """A service's name does not end in `Service`.

    ## Why it matters

    Services and messages share one space of names. A service `Order` takes the name that the message wants, and
    `Orders` beside `Order` is read as a list.

    ## Example

    ```proto new
    message Order { int64 id = 1; }
    message GetOrderRequest { int64 id = 1; }
    message GetOrderResponse { Order order = 1; }
    service Orders { rpc GetOrder(GetOrderRequest) returns (GetOrderResponse); }
    ```

    ## How to fix it

    Rename it before the first release.

    ```proto fixed
    message Order { int64 id = 1; }
    message GetOrderRequest { int64 id = 1; }
    message GetOrderResponse { Order order = 1; }
    service OrdersService { rpc GetOrder(GetOrderRequest) returns (GetOrderResponse); }
    ```
    """
    name = subject.node.short_name
    if not name.endswith("Service"):
        yield "1", {"service": name, "better": f"{proto_pascal(name)}Service"}
