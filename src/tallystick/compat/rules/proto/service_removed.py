"""PROTO611: a service is gone."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoFile


@change_rule(
    code="PROTO611",
    name="service-removed",
    on=ProtoFile,
    message="the service '{service}' was removed",
    fix="put the service '{service}' back",
    since="0.1",
)
def service_removed(change: Change[ProtoFile]) -> Iterator[Hit]:
    """A service was removed.

    ## Why it matters

    Bytes and JSON: messages in topics are what they were. But clients that call the service get UNIMPLEMENTED, by gRPC and by JSON.
    Source: clients and servers no longer compile.

    A registry does not look at services. Renaming one is removing it; one that is now in an imported file is not removed.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; }
    service Orders { rpc Get(Order) returns (Order); rpc Put(Order) returns (Order); }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Mark it as deprecated until nobody calls it.

    ```proto fixed
    syntax = "proto3";
    message Order { string id = 1; }
    service Orders { option deprecated = true; rpc Get(Order) returns (Order); rpc Put(Order) returns (Order); }
    ```
    """
    kept = {service.short_name for service in change.new.services}
    moved = {service.name for file in change.new.closure() for service in file.services}
    for service in change.old.services:
        if service.short_name not in kept and service.name not in moved:
            yield f"services/{service.short_name}", {"service": service.name}
