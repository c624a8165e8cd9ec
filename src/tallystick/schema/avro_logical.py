"""Recognise logical types: Avro 1.12 specification, section "Logical Types"."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tallystick.schema.types import LogicalType

# Which base each may stand on; for a fixed, of which size.
_BASES: Mapping[str, Mapping[str, int | None]] = {
    "date": {"int": None},
    "time-millis": {"int": None},
    "time-micros": {"long": None},
    "timestamp-millis": {"long": None},
    "timestamp-micros": {"long": None},
    "timestamp-nanos": {"long": None},
    "local-timestamp-millis": {"long": None},
    "local-timestamp-micros": {"long": None},
    "local-timestamp-nanos": {"long": None},
    "uuid": {"string": None, "fixed": 16},
    "duration": {"fixed": 12},
    "big-decimal": {"bytes": None},
}


def logical_type(properties: Mapping[str, Any], base: str, size: int | None = None) -> LogicalType | None:
    """Return the logical type that attributes lay on a base type.

    None for an unknown one, one on the wrong base, and a decimal whose precision or scale is wrong: the specification
    has them ignored. They stay in the type's `properties`.
    """
    name = properties.get("logicalType")
    if name == "decimal" and base in ("bytes", "fixed"):
        return _decimal(properties.get("precision"), properties.get("scale", 0), size)
    if isinstance(name, str) and size == _BASES.get(name, {}).get(base, -1):
        return LogicalType(name)
    return None


def _decimal(precision: Any, scale: Any, size: int | None) -> LogicalType | None:
    if type(precision) is not int or type(scale) is not int or not 0 <= scale <= precision or precision == 0:
        return None
    # A fixed of n bytes holds floor(log10(2^(8n-1) - 1)) digits; by logarithms, for a size may be large.
    if size is not None and precision > math.floor((8 * size - 1) * math.log10(2)):
        return None
    return LogicalType("decimal", precision, scale)
