"""PROTO501: the package of the file changed."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoFile


@rule(
    code="PROTO501",
    name="package-changed",
    on=ProtoFile,
    message="the writer's package is '{writer}', the reader's is '{reader}'",
    fix="put package '{writer}' back",
    fix_forward="keep package '{reader}'",
    mirrors="PACKAGE_CHANGED",
    is_readable=True,
    info="",
    since="0.1",
)
def package_changed(pair: Pair[ProtoFile]) -> Iterator[Hit]:
    """The package changed.

    ## Why it matters

    Every type gets another full name with it. Generated code moves to another place, `Any` does not find its type, and files that
    import this one do not compile. Confluent's registry refuses it today; one of some years ago may let it pass, so this is told from
    what breaks, and not from your registry's version.

    ## Example

    ```proto old
    syntax = "proto3";
    package shop.orders.v1;
    message Order { string id = 1; }
    ```

    ```proto new
    syntax = "proto3";
    package shop.order.v1;
    message Order { string id = 1; }
    ```

    ## How to fix it

    Keep the package. Another one is another contract: it gets a subject of its own.

    ```proto fixed
    syntax = "proto3";
    package shop.orders.v1;
    message Order { string id = 1; string note = 2; }
    ```
    """
    if pair.reader.package != pair.writer.package:
        yield "package", {"reader": pair.reader.package, "writer": pair.writer.package}
