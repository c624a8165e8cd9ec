"""PROTO515: who imports the file no longer gets types of another one with it."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import listed
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoFile


@change_rule(
    code="PROTO515",
    name="public-import-dropped",
    on=ProtoFile,
    message="'{file}' is no longer imported publicly: who imports this file loses {types}",
    fix="import '{file}' publicly again",
    since="0.1",
)
def public_import_dropped(change: Change[ProtoFile]) -> Iterator[Hit]:
    """A public import is gone, and types with it.

    ## Why it matters

    Bytes and JSON: nothing changes. Source: files that import this one see what it imports publicly. Without that, theirs do not compile:
    the type is not defined. C++ and Python code that came by the type the same way does not either.

    A registry compares the file alone, so it lets this pass. Types that the file defines itself by now, or offers by another public import,
    are not lost.

    ## Example

    ```yaml old
    main.proto: 'syntax = "proto3"; import public "money.proto"; message Order { Money total = 1; }'
    money.proto: 'syntax = "proto3"; message Money { int64 units = 1; }'
    ```

    ```yaml new
    main.proto: 'syntax = "proto3"; import "money.proto"; message Order { Money total = 1; }'
    money.proto: 'syntax = "proto3"; message Money { int64 units = 1; }'
    ```

    ## How to fix it

    Keep it public; or let the file that had the types import publicly the one that has them now.

    ```yaml fixed
    main.proto: 'syntax = "proto3"; import public "money.proto"; message Order { Money total = 1; int64 at = 2; }'
    money.proto: 'syntax = "proto3"; message Money { int64 units = 1; }'
    ```
    """
    offered = _offered(change.new)
    public = {one.name for one in change.new.imports if one.is_public}
    for one in change.old.imports:
        lost = _offered(one.file) - offered if one.is_public and one.name not in public else set()
        if lost:
            yield f"imports/{one.name}", {"file": one.name, "types": listed(sorted(lost))}


def _offered(file: ProtoFile) -> set[str]:
    """Return the types that others get with a file: its own, and those of its public imports."""
    names = {kind.name for kind in file.types()}
    return names.union(*(_offered(one.file) for one in file.imports if one.is_public))
