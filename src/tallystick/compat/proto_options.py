"""The options and comments of a .proto file that tools and people go by: which were dropped or changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tallystick.compat.changes import Part
from tallystick.compat.pair import Change
from tallystick.compat.properties import Lost, lost_between
from tallystick.schema.protobuf_types import (
    ProtoEnum,
    ProtoField,
    ProtoFile,
    ProtoMessage,
    ProtoMethod,
    ProtoNode,
    ProtoOneof,
    ProtoService,
    ProtoValue,
)

_WORDS: Mapping[type, str] = {
    ProtoMessage: "message",
    ProtoField: "field",
    ProtoOneof: "oneof",
    ProtoEnum: "enum",
    ProtoValue: "value",
    ProtoService: "service",
    ProtoMethod: "method",
}


def lost_options(change: Change[ProtoNode]) -> Iterator[Lost]:
    """Yield the options that are gone or changed; those of a message by their parts: `(confluent.field_meta).tags`."""
    for part in proto_parts(change):
        before, after = (dict(_flat(node.properties)) for node in (part.old, part.new))
        yield from lost_between(part, before, after)


def proto_parts(change: Change[ProtoNode]) -> Iterator[Part]:
    """Yield a node; and the values of an enum and the methods of a service, where no walk of two files goes."""
    yield Part("", _label(change.new), change.old, change.new)
    match change.old, change.new:
        case ProtoEnum(values=before), ProtoEnum(values=after):
            yield from _named("values", before, after)
        case ProtoService(methods=before), ProtoService(methods=after):
            yield from _named("methods", before, after)
        case _:
            return


def _named(what: str, before: Iterable[ProtoNode], after: Iterable[ProtoNode]) -> Iterator[Part]:
    was = {node.name: node for node in before}
    for node in after:
        if node.name in was:
            yield Part(f"{what}/{node.name}/", _label(node), was[node.name], node)


def _label(node: ProtoNode) -> str:
    return "the file" if isinstance(node, ProtoFile) else f"{_WORDS[type(node)]} '{node.short_name}'"


def _flat(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in options.items():
        if isinstance(value, dict) and value:
            yield from _flat({f"{name}.{inner}": item for inner, item in value.items()})
        else:
            yield name, value
