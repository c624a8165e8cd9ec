"""PROTO612: a method of a service is gone."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoService


@change_rule(
    code="PROTO612",
    name="method-removed",
    on=ProtoService,
    message="the method '{method}' was removed from {where}",
    fix="put the method '{method}' back",
    since="0.1",
)
def method_removed(change: Change[ProtoService]) -> Iterator[Hit]:
    """A method of a service was removed.

    ## Why it matters

    Bytes and JSON: messages in topics are what they were. But clients that call the method get UNIMPLEMENTED.
    Source: clients and servers no longer compile.

    A registry does not look at services. Renaming a method is removing it: its name is in the path of each call.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; }
    service Orders { rpc Get(Order) returns (Order); rpc Put(Order) returns (Order); }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    service Orders { rpc Get(Order) returns (Order); }
    ```

    ## How to fix it

    Mark it as deprecated until nobody calls it.

    ```proto fixed
    syntax = "proto3";
    message Order { string id = 1; }
    service Orders { rpc Get(Order) returns (Order); rpc Put(Order) returns (Order) { option deprecated = true; } }
    ```
    """
    kept = {method.name for method in change.new.methods}
    for method in change.old.methods:
        if method.name not in kept:
            yield f"methods/{method.name}", {"method": method.name}
