"""PROTO613: a method takes or returns something else."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoMethod, ProtoService


@change_rule(
    code="PROTO613",
    name="method-changed",
    on=ProtoService,
    message="the method '{method}' of {where} {what} {old} and {now} {new}",
    fix="let '{method}' be what it was, and give the new one another name",
    since="0.1",
)
def method_changed(change: Change[ProtoService]) -> Iterator[Hit]:
    """A method takes or returns something else, or streams where it did not.

    ## Why it matters

    Bytes: client and server read each other's messages as another type: no error, other values, or none. A stream where one message is
    expected ends the call. JSON: names of the other type are not known. Source: clients and servers no longer compile.

    A registry does not look at services.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; }
    message Key { string id = 1; }
    service Orders { rpc Get(Order) returns (Order); }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    message Key { string id = 1; }
    service Orders { rpc Get(Key) returns (stream Order); }
    ```

    ## How to fix it

    Add a method.

    ```proto fixed
    syntax = "proto3";
    message Order { string id = 1; }
    message Key { string id = 1; }
    service Orders { rpc Get(Order) returns (Order); rpc List(Key) returns (stream Order); }
    ```
    """
    was = {method.name: _signature(change.old, method) for method in change.old.methods}
    for method in change.new.methods:
        now = _signature(change.new, method)
        before = was.get(method.name, now)
        for (verb, verbs), old, new in zip((("took", "takes"), ("returned", "returns")), before, now, strict=True):
            if old != new:
                facts = {"method": method.name, "what": verb, "now": verbs, "old": old, "new": new}
                yield f"methods/{method.name}", facts


def _signature(service: ProtoService, method: ProtoMethod) -> tuple[str, str]:
    """Return what a method takes and returns; types of the own package without it, as PROTO501 is about packages."""
    package = f"{service.name.rpartition('.')[0]}."
    sides = (method.takes, method.takes_stream), (method.returns, method.returns_stream)
    takes, returns = (f"{'stream ' * streams}'{name.removeprefix(package)}'" for name, streams in sides)
    return takes, returns
