"""What a .proto file stands among, offers and uses: types by their full names, and extensions by theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from tallystick.lint.engine import Subject
from tallystick.schema.protobuf_packages import ProtoPackages
from tallystick.schema.protobuf_types import ProtoDocument, ProtoFile, ProtoMessage, ProtoSchema

_ANY = "google.protobuf.Any"
_MEMORY = 16384


def packages_around(subject: Subject[Any]) -> ProtoPackages:
    """Return the packages of the workspace that a node of a .proto file is in."""
    return cast("ProtoSchema", subject.schema).packages


@lru_cache(maxsize=_MEMORY)
def offers(file: ProtoFile) -> frozenset[str]:
    """Return the types and extensions that others get with a file: its own, and those of its public imports."""
    own = {kind.name for kind in file.types()}
    own |= {f"{scope}{one.name}" for scope, extensions in _extensions(file) for one in extensions}
    return frozenset(own.union(*(offers(one.file) for one in file.imports if one.is_public)))


@lru_cache(maxsize=_MEMORY)
def types_used_in(document: ProtoDocument) -> frozenset[str]:
    """Return the types that fields, extensions and methods of a file name."""
    file = document.descriptor
    names = set(_types(file.message_type, file.extension))
    names |= {name for service in file.service for one in service.method for name in (one.input_type, one.output_type)}
    return frozenset(name.removeprefix(".") for name in names)


@lru_cache(maxsize=_MEMORY)
def options_used_in(document: ProtoDocument) -> frozenset[str]:
    """Return the extensions that options of a file set, and the types that values of Any in them have."""
    file = document.descriptor
    enums = [*file.enum_type, *(enum for message in _messages(file.message_type) for enum in message.enum_type)]
    fields = [*file.extension]
    found: list[Any] = [file, *enums, *(value for enum in enums for value in enum.value)]
    for message in _messages(file.message_type):
        fields += [*message.field, *message.extension]
        found += [message, *message.oneof_decl, *message.extension_range]
    for service in file.service:
        found += [service, *service.method]
    return frozenset(name for one in (*found, *fields) if one.HasField("options") for name in _set_in(one.options))


def _extensions(file: ProtoFile) -> Iterator[tuple[str, Iterable[Any]]]:
    yield (f"{file.package}." if file.package else ""), file.extensions
    for kind in file.types():
        if isinstance(kind, ProtoMessage):
            yield f"{kind.name}.", kind.extensions


def _messages(given: Iterable[Any]) -> Iterator[Any]:
    for message in given:
        yield message
        yield from _messages(message.nested_type)


def _types(messages: Iterable[Any], extensions: Iterable[Any]) -> Iterator[str]:
    for field in extensions:
        yield from (field.type_name, field.extendee)
    for message in _messages(messages):
        yield from (field.type_name for field in message.field)
        for field in message.extension:
            yield from (field.type_name, field.extendee)


def _set_in(options: Any) -> Iterator[str]:
    """Yield the extensions that are set in a message, however deep."""
    if options.DESCRIPTOR.full_name == _ANY:
        yield options.type_url.rpartition("/")[2]
    for field, value in options.ListFields():
        if field.is_extension:
            yield field.full_name
        if field.message_type is not None:
            inner = value.values() if isinstance(value, Mapping) else value if field.is_repeated else (value,)
            for one in inner:
                yield from _set_in(one) if hasattr(one, "ListFields") else ()
