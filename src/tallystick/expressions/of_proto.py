"""What a message of Protobuf is to an expression: its fields, and how protoc's classes hold their values.

https://github.com/google/cel-spec/blob/master/doc/langdef.md#protocol-buffer-data-conversion
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from keyword import iskeyword

from tallystick.expressions.types import (
    ANY,
    BOOL,
    BYTES,
    DOUBLE,
    INT,
    STRING,
    UINT,
    CelType,
    RecordField,
    RecordType,
    converted,
    list_of,
    map_of,
    nullable,
)
from tallystick.schema.protobuf_types import Presence, ProtoField, ProtoMessage

_SCALARS = (
    dict.fromkeys(("int32", "int64", "sint32", "sint64", "sfixed32", "sfixed64", "enum"), INT)
    | dict.fromkeys(("uint32", "uint64", "fixed32", "fixed64"), UINT)
    | {"float": DOUBLE, "double": DOUBLE, "bool": BOOL, "string": STRING, "bytes": BYTES}
)
_WRAPPERS = {
    f"google.protobuf.{name}Value": kind
    for kind, names in {
        DOUBLE: ("Double", "Float"),
        INT: ("Int64", "Int32"),
        UINT: ("UInt64", "UInt32"),
        BOOL: ("Bool",),
        STRING: ("String",),
        BYTES: ("Bytes",),
    }.items()
    for name in names
}
_WELL_KNOWN = {
    "google.protobuf.Timestamp": CelType("timestamp", held="Timestamp"),
    "google.protobuf.Duration": CelType("duration", held="Duration"),
} | dict.fromkeys((f"google.protobuf.{name}" for name in ("Any", "Struct", "Value", "ListValue")), ANY)


def of_proto(message: ProtoMessage) -> CelType:
    """Return the type of a message of Protobuf."""
    records: dict[ProtoMessage, RecordType] = {}

    def of_message(kind: ProtoMessage) -> CelType:
        if kind.name in _WELL_KNOWN:
            return _WELL_KNOWN[kind.name]
        if kind not in records:
            records[kind] = RecordType(kind.name, describe=lambda: described(kind))
        return records[kind]

    def of_field(field: ProtoField) -> CelType:
        if field.entry is not None:
            key, value = field.entry
            return map_of(of_value(key), of_value(value))
        return list_of(of_value(field)) if field.is_repeated else of_value(field)

    def of_value(field: ProtoField) -> CelType:
        if field.message is None:
            return _SCALARS[field.kind]
        wrapped = _WRAPPERS.get(field.message.name)
        return replace(wrapped, held="Wrapped") if wrapped else of_message(field.message)

    def described(kind: ProtoMessage) -> Mapping[str, RecordField]:
        return {field.name: _field(field, of_field(field)) for field in kind.fields}

    return of_message(message)


def _field(field: ProtoField, kind: CelType) -> RecordField:
    read = f"getattr({{0}}, {field.name!r})" if iskeyword(field.name) else f"{{0}}.{field.name}"
    has = f"{{0}}.HasField({field.name!r})"
    if field.is_repeated:
        return RecordField(kind, read, f"len({read}) > 0")
    if field.message is not None and field.message.name in _WRAPPERS:
        return RecordField(nullable(converted(kind)), f"({read}.value if {has} else None)", has)
    if field.presence is Presence.IMPLICIT:
        return RecordField(kind, read, f"bool({read})")
    return RecordField(kind, read, has)
