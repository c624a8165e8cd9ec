"""What an Avro schema is to an expression: its records and fields, and how Python holds their values.

Enums and UUIDs are strings, dates are days since 1970 (as Confluent's client has them), decimals can be compared. What
CEL has no type for (times of day, local timestamps, nanoseconds) can only be asked for: `has(message.opens_at)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from tallystick.expressions.types import (
    BOOL,
    BYTES,
    DECIMAL,
    DOUBLE,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    CelType,
    RecordField,
    RecordType,
    attribute,
    item,
    joined,
    list_of,
    map_of,
)
from tallystick.schema import types as avro

_PRIMITIVES = {
    "null": NULL,
    "boolean": BOOL,
    "int": INT,
    "long": INT,
    "float": DOUBLE,
    "double": DOUBLE,
    "bytes": BYTES,
    "string": STRING,
    "fixed": BYTES,
}
_LOGICAL = {
    "decimal": DECIMAL,
    "date": CelType("int", held="date"),
    "timestamp-millis": TIMESTAMP,
    "timestamp-micros": TIMESTAMP,
    "uuid": CelType("string", held="UUID"),
}


def _logical(name: str) -> CelType:
    return _LOGICAL.get(name, CelType(name))


def of_avro(schema: avro.Schema, spelt: Callable[[str, str], str] | None = None) -> CelType:
    """Return the type of a schema's messages. `spelt` gives the attribute of a record's field, by the names of both.

    Without it, records are dicts.
    """
    records: dict[str, RecordType] = {}

    def of(kind: avro.Type) -> CelType:
        match kind:
            case avro.RecordType(name=name):
                if name not in records:
                    records[name] = RecordType(name, describe=lambda: described(kind))
                return records[name]
            case avro.EnumType():
                return STRING
            case avro.ArrayType(items=items):
                return list_of(of(items))
            case avro.MapType(values=values):
                return map_of(STRING, of(values))
            case avro.UnionType(branches=branches):
                return reduce(joined, map(of, branches))
        return _PRIMITIVES[kind.kind] if kind.logical is None else _logical(kind.logical.name)

    def described(record: avro.RecordType) -> Mapping[str, RecordField]:
        return {field.name: held(record.name, field.name, of(field.type)) for field in record.fields}

    def held(record: str, field: str, kind: CelType) -> RecordField:
        return item(kind, field) if spelt is None else attribute(kind, spelt(record, field))

    return of(schema.root)
