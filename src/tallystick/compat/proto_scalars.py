"""What a scalar loses where a registry is silent: two types of one group share their bytes, not all their values."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.proto_fields import group_of, kind_of, sides
from tallystick.schema.protobuf_types import ProtoEnum, ProtoField

_BITS = {"int32": 32, "uint32": 32, "enum": 32, "int64": 64, "uint64": 64, "sint32": 32, "sint64": 64, "bool": 1}
_UNSIGNED = {"uint32", "uint64", "fixed32", "fixed64"}


def shared_bytes(reader: ProtoField, writer: ProtoField) -> Iterator[tuple[ProtoField, ProtoField]]:
    """Yield the scalars of one group: of two maps their keys and their values, if these are."""
    for one, other in sides(reader, writer):
        if kind_of(one) == kind_of(other) == "scalar" and group_of(one) == group_of(other):
            yield one, other


def is_truncated(reader: ProtoField, writer: ProtoField) -> bool:
    """Say whether the reader of two scalars of one group has fewer bits."""
    return _BITS.get(reader.kind, 0) < _BITS.get(writer.kind, 0)


def changes_sign(reader: ProtoField, writer: ProtoField) -> bool:
    """Say whether some values of the writer are others to a reader that has enough bits for them."""
    if is_truncated(reader, writer) or "bool" in (reader.kind, writer.kind) or reader.kind == "enum":
        return False
    if isinstance(writer.type, ProtoEnum):
        return reader.kind in _UNSIGNED and any(value.number < 0 for value in writer.type.values)
    if reader.kind in _UNSIGNED:
        return writer.kind not in _UNSIGNED and group_of(reader) != "text"
    # A signed type has room for all of an unsigned one with fewer bits.
    return writer.kind in _UNSIGNED and _BITS.get(reader.kind) == _BITS.get(writer.kind)
