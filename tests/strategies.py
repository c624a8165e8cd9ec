"""Hypothesis strategies for Avro: schemas, values of a schema, and readers that can read it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tallystick.schema.avro import parse_avro
from tallystick.schema.types import (
    ArrayType,
    Document,
    EnumType,
    FixedType,
    MapType,
    RecordType,
    Schema,
    Type,
    UnionType,
)
from tallystick.values.logical import PLAIN, Classes
from tallystick.values.types import Duration, LocalTimestampNanos, TimestampNanos, attributes

_LOGICAL = [
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
    {"type": "long", "logicalType": "local-timestamp-micros"},
    {"type": "string", "logicalType": "uuid"},
    {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
]
_PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
_PROMOTIONS = {"int": ["long", "float", "double"], "long": ["double"], "float": ["double"], "string": ["bytes"]}
# What may not stand in one union: a reader's union may be read as either, and fastavro does not look for the same type
# first. For the same reason ints come before floats.
_ALIKE = {"long": "int", "double": "float", "bytes": "string", "fixed": "string", "enum": "string", "map": "record"}
_DEFAULTS: dict[str, Any] = {"null": None, "boolean": True, "int": -7, "long": 2**40, "string": "é", "bytes": "\xff"}


def avro(declared: Any) -> Schema:
    """Return the schema that a declaration (JSON as Python data) makes."""
    return parse_avro(Document("test.avsc", json.dumps(declared)))


def schemas(*, record: bool = False) -> st.SearchStrategy[Schema]:
    """Make schemas of all kinds, recursive ones too. The branches of a union always differ in their Python types."""
    return _declared(record=record).map(avro)


@st.composite
def _declared(draw: st.DrawFn, *, record: bool) -> Any:
    names: list[str] = []
    return _record(draw, 3, names, []) if record else _type(draw, 3, names, [])


def _type(draw: st.DrawFn, depth: int, names: list[str], holders: list[str], *, union: bool = True) -> Any:
    kinds = ["primitive", "primitive", "logical", "enum", "fixed"]
    if depth:
        kinds += ["record", "record", "array", "map"] + ["union", "again"] * union
    match draw(st.sampled_from(kinds)):
        case "logical":
            # As a branch, fastavro takes any text or int for a date.
            return draw(st.sampled_from(_LOGICAL if union else _LOGICAL[1:]))
        case "enum":
            symbols = draw(st.lists(st.sampled_from("ABCDEFG"), min_size=1, unique=True))
            return {"type": "enum", "name": _name(names), "symbols": symbols}
        case "fixed":
            extra = {"logicalType": "decimal", "precision": 4, "scale": 1} if draw(st.booleans()) else {}
            return {"type": "fixed", "name": _name(names), "size": draw(st.integers(2 if extra else 0, 9))} | extra
        case "record":
            return _record(draw, depth - 1, names, holders)
        case "array":
            return {"type": "array", "items": _type(draw, depth - 1, names, holders)}
        case "map":
            return {"type": "map", "values": _type(draw, depth - 1, names, holders)}
        case "union":
            branches = [_type(draw, depth - 1, names, holders, union=False) for _ in range(draw(st.integers(1, 3)))]
            return _apart([*branches, "null"] if draw(st.booleans()) else ["null", *branches])
        case "again" if holders:  # a record within itself: its values end at a null or an empty array
            again = draw(st.sampled_from(holders))
            return draw(st.sampled_from([["null", again], {"type": "array", "items": again}]))
        case _:
            return draw(st.sampled_from(_PRIMITIVES))


def _record(draw: st.DrawFn, depth: int, names: list[str], holders: list[str]) -> Any:
    name = _name(names)
    fields: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 4))):
        kind = _type(draw, depth, names, [*holders, name])
        default = {"default": _DEFAULTS[kind]} if isinstance(kind, str) and kind in _DEFAULTS else {}
        fields.append({"name": f"f{number}", "type": kind} | (default if draw(st.booleans()) else {}))
    return {"type": "record", "name": name, "fields": fields}


def _name(names: list[str]) -> str:
    names.append(f"N{len(names)}")
    return f"space.{names[-1]}"


def _apart(branches: list[Any]) -> list[Any]:
    """Keep the first branch of each base type."""
    kept: dict[str, Any] = {}
    for branch in branches:
        kind = branch["type"] if isinstance(branch, dict) else branch
        kept.setdefault(_ALIKE.get(kind, kind), branch)
    return [kept[kind] for kind in sorted(kept, key="float".__eq__)]


def values(schema: Schema, classes: Classes = PLAIN) -> st.SearchStrategy[Any]:
    """Make values of a schema, records as dicts where they have no class."""

    @st.composite  # without arguments: Hypothesis writes them all out, and a schema is long
    def made(draw: st.DrawFn) -> Any:
        return _value(draw, schema.root, 5, classes)

    return made()


def _value(draw: st.DrawFn, kind: Type, depth: int, classes: Classes) -> Any:
    most = 3 if depth > 0 else 0
    match kind:
        case UnionType(branches=branches):
            nulls = [b for b in branches if b.kind == "null"]
            return _value(draw, draw(st.sampled_from(nulls if nulls and depth <= 0 else branches)), depth - 1, classes)
        case RecordType(fields=fields):
            cls = classes.get(kind.name, dict)
            names = attributes(cls)
            return cls(**{names.get(f.name, f.name): _value(draw, f.type, depth - 1, classes) for f in fields})
        case EnumType(symbols=symbols):
            return classes.get(kind.name, str)(draw(st.sampled_from(symbols)))
        case ArrayType(items=items):
            return [_value(draw, items, depth - 1, classes) for _ in range(draw(st.integers(0, most)))]
        case MapType(values=inner):
            return {key: _value(draw, inner, depth - 1, classes) for key in draw(st.lists(_TEXT, max_size=most))}
        case _ if kind.logical is not None:
            return draw(_logical(kind.logical.name, kind.logical.precision, kind.logical.scale))
        case FixedType(size=size):
            return classes.get(kind.name, bytes)(draw(st.binary(min_size=size, max_size=size)))
        case _:
            return draw(_PLAIN[kind.kind])


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.just("long " * 20)
_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1) | st.integers(-9000, 9000),
    "long": st.integers(-(2**63), 2**63 - 1) | st.integers(-9000, 9000),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "bytes": st.binary(max_size=5) | st.just(b"long" * 40),
    "string": _TEXT,
}


_NANOS = st.integers(-(2**63), 2**63 - 1)
_COUNTS = st.integers(0, 2**32 - 1)
_OWN: dict[str, st.SearchStrategy[Any]] = {
    "timestamp-nanos": _NANOS.map(TimestampNanos),
    "local-timestamp-nanos": _NANOS.map(LocalTimestampNanos),
    "duration": st.builds(Duration, _COUNTS, _COUNTS, _COUNTS),
    "big-decimal": st.decimals(allow_nan=False, allow_infinity=False),
}


def _logical(name: str, precision: int, scale: int) -> st.SearchStrategy[Any]:
    if name in _OWN:
        return _OWN[name]
    coarse = name.endswith("millis")
    match name.removesuffix("-millis").removesuffix("-micros"):
        case "date":
            return st.dates()
        case "time":
            return st.times().map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000) if coarse else t)
        case "timestamp" | "local-timestamp" as which:
            zone = UTC if which == "timestamp" else None
            ticks = st.integers(-(10**14), 10**14) if coarse else st.integers(-(10**16), 10**16)
            unit = timedelta(milliseconds=1) if coarse else timedelta(microseconds=1)
            return ticks.map(
                lambda n: datetime(1970, 1, 1, tzinfo=zone) + n * unit if abs(n * unit) < _AGE else _start(zone)
            )
        case "uuid":
            return st.uuids()
        case _:
            limit = 10**precision - 1
            return st.integers(-limit, limit).map(lambda n: Decimal(n).scaleb(-scale))


_AGE = date(1970, 1, 1) - date(2, 1, 1)


def _start(zone: Any) -> datetime:
    return datetime(1, 1, 1, tzinfo=zone)


def readers(schema: Schema) -> st.SearchStrategy[Schema]:
    """Make schemas that can read all that a schema writes: fields left out and added, types made wider."""

    @st.composite
    def made(draw: st.DrawFn) -> Schema:
        return avro(_wider(draw, json.loads(schema.document.text)))

    return made()


def _wider(draw: st.DrawFn, kind: Any) -> Any:
    match kind:
        case str() if kind in _PROMOTIONS and draw(st.booleans()):
            return draw(st.sampled_from(_PROMOTIONS[kind]))
        case {"type": "record", "fields": fields}:
            kept = [f for f in fields if not draw(st.booleans()) or _defines(f["type"])]
            changed = [{"name": f["name"], "type": _wider(draw, f["type"])} for f in kept]
            added = (
                [{"name": "added", "type": {"type": "array", "items": "int"}, "default": [1]}]
                if draw(st.booleans())
                else []
            )
            return kind | {"fields": changed + added}
        case {"type": "array", "items": items}:
            return kind | {"items": _wider(draw, items)}
        case {"type": "map", "values": inner}:
            return kind | {"values": _wider(draw, inner)}
        case str() if kind in _PRIMITIVES and kind != "null" and draw(st.booleans()):
            return ["null", kind]
        case _:
            return kind


def _defines(kind: Any) -> bool:
    """Say whether a type defines a name that a later field may use."""
    return "N" in json.dumps(kind)
