"""Write a file as the registry keeps it: valid .proto text, the same for all files that say the same.

Without comments. Imports, options and what is reserved are sorted, and names are full. Messages, fields, values and
methods stay in the order of declaration: a topic's messages name their type by its index. In a file come enums, messages,
extensions, services; in a message options, what is reserved, enums, messages, fields, extensions. But a field whose type
is made of it (a map, a group) comes as early as keeps the indexes of the messages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2

from tallystick.schema.protobuf_options import brackets, quoted, statements
from tallystick.schema.protobuf_types import ProtoFile

_F = descriptor_pb2.FieldDescriptorProto
_KINDS = {number: name.removeprefix("TYPE_").lower() for name, number in _F.Type.items()}
_LABELS = {_F.LABEL_OPTIONAL: "optional ", _F.LABEL_REQUIRED: "required ", _F.LABEL_REPEATED: "repeated "}
_VISIBLE = {1: "local ", 2: "export "}
_LAST, _LAST_OF_ALL = 2**29 - 1, 2**31 - 1  # `max` in a message; and in an enum


def registry_text(file: ProtoFile) -> str:
    """Return the text of a file: protoc makes the same descriptor of it, but for comments and what is sorted."""
    return descriptor_text(file.described.descriptor)


def descriptor_text(given: Any) -> str:
    """Return the text of a FileDescriptorProto, as protoc makes such."""
    return "\n".join(_file(given)) + "\n"


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines that stay together: a field, a oneof, an extension. `makes` are the names of the types made of it."""

    lines: list[str]
    makes: frozenset[str]


def _file(given: Any) -> Iterator[str]:
    syntax = given.syntax or "proto2"
    if syntax == "editions":
        year = str(descriptor_pb2.Edition.Name(given.edition)).removeprefix("EDITION_")
        yield f'edition = "{year}";'
    else:
        yield f'syntax = "{syntax}";'
    if given.package:
        yield f"package {given.package};"
    yield from sorted(_imports(given))
    yield from statements(given.options)
    for enum in given.enum_type:
        yield from _enum(enum, syntax)
    extensions = [_extension(one, syntax, given.message_type) for one in given.extension]
    yield from _mixed(given.message_type, [], extensions, syntax)
    for service in given.service:
        yield from _block(f"service {service.name}", [*statements(service.options), *_methods(service)])


def _imports(given: Any) -> Iterator[str]:
    for i, name in enumerate(given.dependency):
        how = "public " if i in given.public_dependency else "weak " if i in given.weak_dependency else ""
        yield f"import {how}{quoted(name)};"
    yield from (f"import option {quoted(name)};" for name in given.option_dependency)


def _block(head: str, lines: Iterable[str]) -> Iterator[str]:
    inside = [f"  {line}" for line in lines]
    yield from (f"{head} {{", *inside, "}") if inside else (f"{head} {{}}",)


def _mixed(messages: Sequence[Any], fields: Iterable[_Part], extensions: Iterable[_Part], syntax: str) -> Iterator[str]:
    """Yield all of these, such that protoc finds the types in the order of `messages`."""
    queues = [deque(fields), deque(extensions)]
    makers = {name: queue for queue in queues for part in queue for name in part.makes}
    done: set[str] = set()
    for message in messages:
        if message.name not in makers:
            yield from _block(f"{_visible(message)}message {message.name}", _body(message, syntax))
        while message.name in makers and message.name not in done:
            part = makers[message.name].popleft()
            done |= part.makes
            yield from part.lines
    yield from (line for queue in queues for part in queue for line in part.lines)


def _body(given: Any, syntax: str) -> Iterator[str]:
    yield from statements(given.options)
    yield from _reserved(given, syntax, before_end=1, last=_LAST)
    for one in sorted(given.extension_range, key=lambda one: int(one.start)):
        limit = _LAST_OF_ALL - 1 if given.options.message_set_wire_format else _LAST
        yield f"extensions {_range(one.start, one.end - 1, limit)}{brackets(one.options)};"
    for enum in given.enum_type:
        yield from _enum(enum, syntax)
    extensions = [_extension(one, syntax, given.nested_type) for one in given.extension]
    yield from _mixed(given.nested_type, _parts(given, syntax), extensions, syntax)


def _parts(given: Any, syntax: str) -> Iterator[_Part]:
    """Yield the fields of a message; a oneof stands where its first field does."""
    done: set[int] = set()
    for field in given.field:
        if not field.HasField("oneof_index") or field.proto3_optional:
            yield _Part(*_field(field, syntax, given.nested_type))
        elif field.oneof_index not in done:
            done.add(field.oneof_index)
            oneof = given.oneof_decl[field.oneof_index]
            fields = [
                _field(one, syntax, given.nested_type, in_oneof=True)
                for one in given.field
                if one.HasField("oneof_index") and one.oneof_index == field.oneof_index
            ]
            inside = [*statements(oneof.options), *(line for lines, _ in fields for line in lines)]
            lines = [*_block(f"oneof {oneof.name}", inside)]
            yield _Part(lines, frozenset().union(*(makes for _, makes in fields)))


def _extension(given: Any, syntax: str, messages: Iterable[Any]) -> _Part:
    lines, makes = _field(given, syntax, messages)
    return _Part([*_block(f"extend {given.extendee}", lines)], makes)


def _field(
    given: Any, syntax: str, messages: Iterable[Any], *, in_oneof: bool = False
) -> tuple[list[str], frozenset[str]]:
    """Return the lines of a field, and the names of the messages that protoc makes of it."""
    label = "" if in_oneof else _label(given, syntax)
    short = given.type_name.rpartition(".")[2]
    after = f"{given.name} = {given.number}{brackets(given.options, *_pseudo_options(given))}"
    made = next((one for one in messages if one.name == short), None)
    if given.type == _F.TYPE_GROUP and made is not None:
        head = f"{label}group {made.name} = {given.number}{brackets(given.options, *_pseudo_options(given))}"
        return [*_block(head, _body(made, syntax))], frozenset([short])
    if made is not None and made.options.map_entry and short == f"{_json_name(f'_{given.name}')}Entry":
        key, value = (_type(one) for one in made.field)
        return [f"map<{key}, {value}> {after};"], frozenset([short])
    return [f"{label}{_type(given)} {after};"], frozenset()


def _label(given: Any, syntax: str) -> str:
    if syntax == "proto2" or given.label == _F.LABEL_REPEATED or given.proto3_optional:
        return _LABELS[given.label]
    return ""


def _type(given: Any) -> str:
    return str(given.type_name) or _KINDS[given.type]


def _pseudo_options(given: Any) -> Iterator[str]:
    """Yield what is written as an option of a field and is none."""
    if given.HasField("default_value"):
        yield f"default = {_default(given)}"
    if given.json_name not in ("", _json_name(given.name)):
        yield f"json_name = {quoted(given.json_name)}"


def _default(given: Any) -> str:
    if given.type == _F.TYPE_BYTES:
        return f'"{given.default_value}"'  # protoc has escaped it
    return quoted(given.default_value) if given.type == _F.TYPE_STRING else str(given.default_value)


def _json_name(name: str) -> str:
    """Return the name that protoc gives a field in JSON: `_` goes, and what follows is a capital."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _enum(given: Any, syntax: str) -> Iterator[str]:
    lines = [*statements(given.options), *_reserved(given, syntax, before_end=0, last=_LAST_OF_ALL)]
    lines += [f"{value.name} = {value.number}{brackets(value.options)};" for value in given.value]
    yield from _block(f"{_visible(given)}enum {given.name}", lines)


def _visible(given: Any) -> str:
    return _VISIBLE.get(getattr(given, "visibility", 0), "")


def _reserved(given: Any, syntax: str, *, before_end: int, last: int) -> Iterator[str]:
    for start, end in sorted((one.start, one.end - before_end) for one in given.reserved_range):
        yield f"reserved {_range(start, end, last)};"
    for name in sorted(given.reserved_name):
        yield f"reserved {name};" if syntax == "editions" else f"reserved {quoted(name)};"


def _range(start: int, end: int, last: int) -> str:
    if end == last:
        return f"{start} to max"
    return str(start) if start == end else f"{start} to {end}"


def _methods(given: Any) -> Iterator[str]:
    for one in given.method:
        takes = f"{'stream ' * one.client_streaming}{one.input_type}"
        gives = f"{'stream ' * one.server_streaming}{one.output_type}"
        head = f"rpc {one.name}({takes}) returns ({gives})"
        options = statements(one.options)
        yield from _block(head, options) if options else [f"{head};"]
