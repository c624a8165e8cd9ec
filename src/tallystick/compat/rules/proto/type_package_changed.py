"""PROTO129: a field has a type of the same name from another package."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_fields import is_imported, local_name, sides
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoField


@change_rule(
    code="PROTO129",
    name="type-package-changed",
    on=ProtoField,
    message="{where} (field {number}) was a '{old}' and is a '{new}'",
    fix="use '{old}' again; give what is new a number of its own",
    severity=Severity.WARNING,
    since="0.1",
)
def type_package_changed(change: Change[ProtoField]) -> Iterator[Hit]:
    """The type of a field is one of the same name from another package.

    ## Why it matters

    A registry goes by the name within its package, and by the contents, so it lets this pass. Bytes and JSON: what both types have is read
    as before. Source: it is another class, so code that builds or takes the field does not compile; and the two may drift apart.

    Where the contract's own package changed, PROTO501 says so.

    ## Example

    ```yaml old
    main.proto: 'syntax = "proto3"; import "v1.proto"; message Order { v1.Money total = 1; }'
    v1.proto: 'syntax = "proto3"; package v1; message Money { int64 units = 1; }'
    ```

    ```yaml new
    main.proto: 'syntax = "proto3"; import "v2.proto"; message Order { v2.Money total = 1; }'
    v2.proto: 'syntax = "proto3"; package v2; message Money { int64 units = 1; }'
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```yaml fixed
    main.proto: 'syntax = "proto3"; import "v1.proto"; import "v2.proto"; message Order { v1.Money total = 1; v2.Money sum = 2; }'
    v1.proto: 'syntax = "proto3"; package v1; message Money { int64 units = 1; }'
    v2.proto: 'syntax = "proto3"; package v2; message Money { int64 units = 1; }'
    ```
    """
    for new, old in sides(change.new, change.old):
        if new.type is None or old.type is None or new.is_map or old.is_map:
            continue
        if not (is_imported(new) or is_imported(old)) or local_name(new.type) != local_name(old.type):
            continue
        if new.type.name != old.type.name:
            yield "", {"number": change.new.number, "old": old.type.name, "new": new.type.name}
