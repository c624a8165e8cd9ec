"""Tags inside of a .proto file: `(confluent.message_meta).tags` and `(confluent.field_meta).tags`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallystick.registry.known_protos import META

OF_MESSAGE, OF_FIELD = "confluent.message_meta", "confluent.field_meta"
Place = tuple[str, str, Any]
"""A path like `.Order.id`, without the package as in Confluent's registry; what it is of; and its descriptor."""


def entities(scope: Any, path: str = "") -> Iterator[Place]:
    """Yield each message and field of a FileDescriptorProto, or below a message, in the order of the text."""
    for message in scope.nested_type if path else scope.message_type:
        if not message.options.map_entry:
            own = f"{path}.{message.name}"
            yield own, OF_MESSAGE, message
            for field in message.field:
                yield f"{own}.{field.name}", OF_FIELD, field
            yield from entities(message, own)


def tags_of(place: Place) -> list[str]:
    """Return the tags of a message or field."""
    _, extension, node = place
    for option, value in node.options.ListFields():
        if option.full_name == extension and option.is_extension:
            return list(value.tags)
    return []


def importing(file: Any) -> Any:
    """Return a copy of a FileDescriptorProto that imports what tags are made of."""
    copy = type(file).FromString(file.SerializeToString())
    copy.dependency.append(META)
    return copy


def retagged(file: Any, add: Mapping[str, Sequence[str]], remove: Mapping[str, Sequence[str]]) -> Any:
    """Return a copy of a FileDescriptorProto that imports META, with tags added and removed by path."""
    copy = type(file).FromString(file.SerializeToString())
    for place in entities(copy):
        path = place[0]
        if path in add or path in remove:
            tags = [tag for tag in tags_of(place) if tag not in remove.get(path, ())]
            _write(place, tags + [tag for tag in add.get(path, ()) if tag not in tags])
    return copy


def plain(file: Any) -> Any:
    """Return a copy of a FileDescriptorProto without custom options, and without extensions."""
    copy = type(file).FromString(file.SerializeToString())
    waiting = [copy]
    while waiting:
        node = waiting.pop()
        for field, value in node.ListFields():
            if field.name == "extension" or field.is_extension:
                clear = node.ClearExtension if field.is_extension else node.ClearField
                clear(field if field.is_extension else field.name)
            elif field.message_type is not None and field.name != "source_code_info":
                waiting += value if field.is_repeated else [value]
    return copy


def _write(place: Place, tags: Sequence[str]) -> None:
    _, extension, node = place
    kind = node.options.DESCRIPTOR.file.pool.FindExtensionByName(extension)
    meta = node.options.Extensions[kind]
    del meta.tags[:]
    meta.tags.extend(tags)
    if not meta.ListFields():
        node.options.ClearExtension(kind)
