"""PROTO101: the reader's file lacks a message that the writer's has."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.protobuf_types import ProtoFile, ProtoMessage, ProtoScope


@rule(
    code="PROTO101",
    name="message-removed",
    on=ProtoScope,
    message="the writer has message '{message}', and the reader does not{moved}",
    fix="put message '{message}' back, empty if need be",
    fix_forward="define message '{message}' in a file of its own, and import it: a registry compares the messages of one file",
    mirrors="MESSAGE_REMOVED",
    is_readable=True,
    info="",
    since="0.1",
)
def message_removed(pair: Pair[ProtoScope]) -> Iterator[Hit]:
    """A message is in one version and not in the other.

    ## Why it matters

    A registry takes every message of a file for a part of its contract, and refuses a version without it. It goes by the
    name: to rename a message is to remove it. Looking forward, one that was added is missing from the earlier version.

    A type that moves to an imported file is gone to the registry, too.

    ## Example

    ```proto old
    syntax = "proto3";
    message Order { string id = 1; }
    message Refund { string id = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Keep the message, and mark it as deprecated. The next major version has a subject of its own, and can leave it out.

    ```proto fixed
    syntax = "proto3";
    message Order { string id = 1; }
    message Refund { option deprecated = true; string id = 1; }
    ```
    """
    kept = {message.short_name for message in pair.reader.messages}
    for message in pair.writer.messages:
        if message.short_name not in kept and not message.is_map_entry:
            yield (
                f"messages/{message.short_name}",
                {"message": message.short_name, "moved": _moved(pair.reader, message)},
            )


def _moved(reader: ProtoScope, message: ProtoMessage) -> str:
    files = reader.closure() if isinstance(reader, ProtoFile) else ()
    found = next((file.name for file in files for kind in file.types() if kind.name == message.name), None)
    return f": it imports it from '{found}'" if found else ""
