"""What change rules about .proto files share: which fields are the same, and which changes a registry refuses already."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_fields import (
    is_labelled_required,
    local_name,
    other_kinds,
    other_label,
    other_scalars,
    sides,
)
from tallystick.schema.protobuf_types import ProtoEnum, ProtoField, ProtoMessage


def kept_fields(change: Change[ProtoMessage]) -> Iterator[tuple[ProtoField, ProtoField]]:
    """Yield each number that both versions have, in the new order, but for names that went to another number.

    Those have a rule of their own, PROTO114.
    """
    for new in change.new.fields:
        old = change.old.by_number.get(new.number)
        if old is not None and (old.name == new.name or not (_has(change.new, old) or _has(change.old, new))):
            yield old, new


def reservation(scope: ProtoMessage | ProtoEnum, number: int, name: str) -> str:
    """Return the statements that reserve a number, and a name if it is not reserved yet."""
    named = "" if name in scope.reserved.names else f" reserved {reserved_name(scope, name)};"
    return f"reserved {number};{named}"


def removed_fields(change: Change[ProtoMessage]) -> Iterator[ProtoField]:
    """Yield the fields that are gone, by number and by name; but for required ones, which a registry does not let go."""
    for field in change.old.fields:
        is_kept = field.number in change.new.by_number or _has(change.new, field)
        if not is_kept and not is_labelled_required(field):
            yield field


def is_refused(old: ProtoField, new: ProtoField) -> bool:
    """Say whether a registry refuses the change of a field's type or label, whichever of the two reads."""
    if any(True for _ in other_kinds(new, old)) or any(True for _ in other_scalars(new, old)):
        return True
    return other_label(new, old) is not None or any(
        one.message is not None and other.message is not None and local_name(one.message) != local_name(other.message)
        for one, other in sides(new, old)
        if not one.is_map and not other.is_map
    )


def oneofs_of(message: ProtoMessage, fields: Iterable[ProtoField]) -> list[str]:
    """Return the names of the oneofs of a message that have these numbers now, sorted."""
    found = (message.by_number.get(field.number) for field in fields)
    return sorted({field.oneof for field in found if field is not None and field.oneof is not None})


def uncovered(ranges: Iterable[tuple[int, int]], by: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what is in some ranges of numbers and in none of some others. Both ends belong to a range."""
    others = _disjoint(by)
    ends = [end for _, end in others]
    for first, last in ranges:
        free, at = first, bisect_left(ends, first)
        while at < len(others) and others[at][0] <= last:
            start, end = others[at]
            if free < start:
                yield free, start - 1
            free, at = end + 1, at + 1
        if free <= last:
            yield free, last


def _disjoint(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order; those that overlap as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def reserved_name(message: ProtoMessage | ProtoEnum, name: str) -> str:
    """Return a name as `reserved` takes it in the file of a message or an enum: editions have no quotes around it."""
    return name if message.described.descriptor.syntax == "editions" else f'"{name}"'


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: `'a', 'b' and 'c'`."""
    *first, last = (f"'{name}'" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _has(message: ProtoMessage, field: ProtoField) -> bool:
    return field.name in message.by_name
