"""PROTO131: an extension that a file imports is gone, or has another number, name or type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tallystick.compat.pair import Change
from tallystick.compat.proto_extensions import changed_extensions
from tallystick.rulekit.rule import Elsewhere, Hit, change_rule
from tallystick.schema.protobuf_types import ProtoFile, ProtoMessage, ProtoNode, ProtoScope
from tallystick.schema.protoc import OWN


@change_rule(
    code="PROTO131",
    name="imported-extension-changed",
    on=ProtoFile,
    message="extension '{field}' of '{message}', which '{file}' defines for all that import it, {what}",
    fix="put it back as it was; what is new gets a name and a number of its own",
    since="0.1",
)
def imported_extension_changed(change: Change[ProtoFile]) -> Iterator[Hit]:
    """An extension of a file that this one imports was removed, or has another number, name or type.

    ## Why it matters

    Custom options are extensions of protoc's own messages, and known by their number. Schemas that are released, and code
    that was generated from them, carry the old one: to whoever reads them with the new file, fields are not marked as
    personal data any more, and no mask or access rule sees them. It is the same with any other option, and with extensions
    of messages.

    Bytes and JSON of messages without extensions are what they were; source: code that asks for the option does not find it.
    The registry does not look at extensions at all.

    ## Example

    ```yaml old
    main.proto: 'syntax = "proto3"; import "privacy.proto"; message Customer { string email = 1 [(pii) = true]; }'
    privacy.proto: |
      syntax = "proto3";
      import "google/protobuf/descriptor.proto";
      extend google.protobuf.FieldOptions { bool pii = 50100; }
    ```

    ```yaml new
    main.proto: 'syntax = "proto3"; import "privacy.proto"; message Customer { string email = 1 [(pii) = true]; }'
    privacy.proto: |
      syntax = "proto3";
      import "google/protobuf/descriptor.proto";
      extend google.protobuf.FieldOptions { bool pii = 50101; }
    ```

    ## How to fix it

    Keep the extension as it is. Add a new one beside it where another is needed.

    ```yaml fixed
    main.proto: 'syntax = "proto3"; import "privacy.proto"; message Customer { string email = 1 [(pii) = true]; }'
    privacy.proto: |
      syntax = "proto3";
      import "google/protobuf/descriptor.proto";
      extend google.protobuf.FieldOptions { bool pii = 50100; string category = 50101; }
    ```
    """
    before = _imported(change.old)
    for name, now in _imported(change.new).items():
        if name in before:
            yield from _changed(name, before[name], now)


def _imported(file: ProtoFile) -> Mapping[str, ProtoFile]:
    return {one.name: one for one in file.closure() if one is not file and not one.name.startswith(OWN)}


def _changed(file: str, old: ProtoFile, new: ProtoFile) -> Iterator[Hit]:
    now = _scopes(new)
    for name, scope in _scopes(old).items():
        if name not in now:
            continue
        left = {one.name: one for one in now[name].extensions}
        for extension, what in changed_extensions(scope, now[name]):
            here: ProtoNode = left.get(extension.name, now[name])
            at = Elsewhere(f"/extensions/{extension.name}", here.place, extension.place)
            yield at, {"field": extension.name, "message": extension.extends, "file": file, "what": what}


def _scopes(file: ProtoFile) -> Mapping[str, ProtoScope]:
    """Return a file and all its messages, by their names: each of them may define extensions."""
    messages = (kind for kind in file.types() if isinstance(kind, ProtoMessage))
    return {"": file, **{message.name: message for message in messages}}
