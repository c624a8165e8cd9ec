"""Make a schema of a .proto file: which of its messages the topic's messages are, and which files it needs."""

from __future__ import annotations

from tallystick.errors import InvalidProto
from tallystick.schema.protobuf_packages import ProtoPackages
from tallystick.schema.protobuf_types import ProtoDocument, ProtoField, ProtoFile, ProtoMessage, ProtoSchema
from tallystick.schema.protoc import OWN


def proto_schema(file: ProtoFile, main: str | None = None, around: ProtoPackages | None = None) -> ProtoSchema:
    """Return the schema of a file. `main` names its message; without it, it is the one that no other one uses.

    `around` are the files of its workspace.

    Raises:
        InvalidProto: the file has no such message, or several that may be meant.
    """
    return ProtoSchema(file, _main(file, main), _needed(file), around)


def shared_schema(file: ProtoFile) -> ProtoSchema:
    """Return a file that others import as a schema, as a registry keeps it: it may have no message at all."""
    root = file.messages[0] if file.messages else ProtoMessage(place=file.place, name="")
    return ProtoSchema(file, root, _needed(file))


def _needed(file: ProtoFile) -> tuple[ProtoDocument, ...]:
    needed = [other.described for other in file.closure() if other is not file and not other.name.startswith(OWN)]
    return tuple(sorted(needed, key=lambda document: document.name))


def _main(file: ProtoFile, main: str | None) -> ProtoMessage:
    messages = [kind for kind in file.types() if isinstance(kind, ProtoMessage)]
    if main is not None:
        exact = [message for message in messages if main == message.name]
        found = exact or [message for message in messages if f".{message.name}".endswith(f".{main}")]
    elif len(file.messages) == 1:
        found = list(file.messages)
    else:
        used = {field.type for message in messages for field in _fields(message) if field.type is not message}
        found = [message for message in file.messages if message not in used]
    if len(found) == 1:
        return found[0]
    names = ", ".join(message.short_name for message in file.messages)
    problem = f"it has no message '{main}'" if main else "which of its messages the topic holds is not clear"
    fix = f"schema[0].name in contract.yaml says which: {names}" if names else "define the message that the topic holds"
    if main and names:
        fix = f"if a released message was renamed, call it '{main}' again; else {fix}"
    raise InvalidProto(problem if names else "it has no message", file=file.described.path, fix=fix)


def _fields(message: ProtoMessage) -> list[ProtoField]:
    """Return the fields of a message, those of its maps' entries included."""
    entries = [inner for inner in message.messages if inner.is_map_entry]
    return [*message.fields, *(field for entry in entries for field in entry.fields)]
