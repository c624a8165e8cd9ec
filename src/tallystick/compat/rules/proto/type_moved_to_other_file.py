"""PROTO121: a type that is imported, an enum or a service is defined in another file now."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.contract.modes import Direction
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoFile


@change_rule(
    code="PROTO121",
    name="type-moved-to-other-file",
    on=ProtoFile,
    message="'{type}' was defined in '{old}' and is defined in '{new}'",
    fix="put it back into '{old}', or let '{old}' import '{new}' publicly",
    severity=Severity.WARNING,
    since="0.1",
)
def type_moved_to_other_file(change: Change[ProtoFile]) -> Iterator[Hit]:
    """A message that was imported, an enum or a service moved to another file.

    ## Why it matters

    Bytes and JSON: nothing changes; a type goes by its full name. Source: C++ and Python include the old file, and Java may put classes into
    one named after it; code that does so does not compile. Other contracts that import the old file do not either, unless it imports
    the new one publicly. A registry keeps files as subjects of their own: the old subject loses a message, which it may refuse.

    A message that leaves the contract's own file is gone to the registry. That is PROTO101, which says where it went. An enum or a service may leave it.

    ## Example

    ```yaml old
    main.proto: 'syntax = "proto3"; import "money.proto"; message Order { Money total = 1; }'
    money.proto: 'syntax = "proto3"; message Money { int64 units = 1; }'
    ```

    ```yaml new
    main.proto: 'syntax = "proto3"; import "amount.proto"; message Order { Money total = 1; }'
    amount.proto: 'syntax = "proto3"; message Money { int64 units = 1; }'
    ```

    ## How to fix it

    Keep types where they are; or leave a file behind that imports the new one publicly.

    ```yaml fixed
    main.proto: 'syntax = "proto3"; import "money.proto"; message Order { Money total = 1; }'
    money.proto: 'syntax = "proto3"; import public "amount.proto";'
    amount.proto: 'syntax = "proto3"; message Money { int64 units = 1; }'
    ```
    """
    files = {file.name: file for file in change.new.closure()}
    was, now = (_homes(main) for main in (change.old, change.new))
    # A message that leaves takes what is in it along. Who looks forward alone misses nothing in the new version.
    is_refused = Direction.BACKWARD in change.directions
    refused = (
        {kind.name for kind in change.old.types()} - {enum.name for enum in change.old.enums} if is_refused else ()
    )
    for name, file in now.items():
        old = was.get(name, file)
        if old != file and name not in refused and not (old in files and name in _offered(files[old])):
            yield "", {"type": name, "old": old, "new": file}


def _homes(main: ProtoFile) -> dict[str, str]:
    """Return the file that defines each type and service of a file and of all that it imports, by full name."""
    return {one.name: file.name for file in main.closure() for one in (*file.types(), *file.services)}


def _offered(file: ProtoFile) -> set[str]:
    """Return the types and services that others get with a file: its own, and those of its public imports."""
    names = {one.name for one in (*file.types(), *file.services)}
    return names.union(*(_offered(one.file) for one in file.imports if one.is_public))
