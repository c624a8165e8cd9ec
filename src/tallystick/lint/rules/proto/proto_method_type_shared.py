"""DOC163: methods that share a request or a response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from tallystick.lint.engine import Subject
from tallystick.lint.proto_uses import packages_around
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_packages import ProtoPackages
from tallystick.schema.protobuf_types import ProtoService


@lint_rule(
    code="DOC163",
    name="proto-method-type-shared",
    on=ProtoService,
    message="method '{method}' {verb} '{type}', {problem}",
    fix="give each method messages of its own; if it was released, leave it: generated clients have the type",
    since="0.1",
)
def proto_method_type_shared(subject: Subject[ProtoService]) -> Iterator[Hit]:
    """A message is the request or the response of several methods, or both of one.

    ## Why it matters

    A field that one method needs shows up in the other one, where nobody sets it or knows what it does.

    ## Example

    ```proto new
    message Order { int64 id = 1; }
    message OrderRequest { int64 id = 1; }
    message GetOrderResponse { Order order = 1; }
    message EndOrderResponse { Order order = 1; }
    service OrderService {
      rpc GetOrder(OrderRequest) returns (GetOrderResponse);
      rpc EndOrder(OrderRequest) returns (EndOrderResponse);
    }
    ```

    ## How to fix it

    Give each method a request and a response before the first release.

    ```proto fixed
    message Order { int64 id = 1; }
    message GetOrderRequest { int64 id = 1; }
    message GetOrderResponse { Order order = 1; }
    message EndOrderRequest { int64 id = 1; }
    message EndOrderResponse { Order order = 1; }
    service OrderService {
      rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
      rpc EndOrder(EndOrderRequest) returns (EndOrderResponse);
    }
    ```
    """
    users = _users(packages_around(subject))
    for index, method in enumerate(subject.node.methods):
        own = f"{subject.node.name}.{method.name}"
        for field, verb, name in ((2, "takes", method.takes), (3, "returns", method.returns)):
            others = [user for user in users[name] if user != own]
            problem = f"and so does '{others[0]}'" if others else "and returns it, too"
            if others or (method.takes == method.returns and verb == "takes"):
                said = {"method": method.name, "verb": verb, "type": name.rpartition(".")[2]}
                yield f"2/{index}/{field}", {**said, "problem": problem}


@lru_cache(maxsize=4)
def _users(packages: ProtoPackages) -> Mapping[str, Sequence[str]]:
    """Return the methods that take or return each message."""
    users: dict[str, list[str]] = {}
    for file in packages.files:
        for service in file.services:
            for method in service.methods:
                for name in {method.takes, method.returns}:
                    users.setdefault(name, []).append(f"{service.name}.{method.name}")
    return users
