"""What rules about the enums of .proto files share: which values are gone, and what an unset field is."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.schema.protobuf_types import ProtoEnum, ProtoValue


def removed_values(change: Change[ProtoEnum]) -> Iterator[ProtoValue]:
    """Yield the values that are gone, by number and by name. A number with several names gives several."""
    names, numbers = _names(change.new), {value.number for value in change.new.values}
    for value in change.old.values:
        if value.name not in names and value.number not in numbers:
            yield value


def renamed_values(change: Change[ProtoEnum]) -> Iterator[tuple[ProtoValue, list[str]]]:
    """Yield the values whose name is gone, or no longer the one that is written, and what their number is called now.

    Not what an unset field is, if that changed; and not numbers that only names of other numbers went to.
    """
    was, names = _names(change.old), _names(change.new)
    first = change.old.values[0].number if is_zero_changed(change) else None
    for value in change.old.values:
        now = [name for name in change.new.named(value.number) if was.get(name, value.number) == value.number]
        is_second = value.name in now and change.old.named(value.number)[0] == value.name and now[0] not in was
        if (value.name not in names or is_second) and value.number != first and now:
            yield value, now


def is_zero_changed(change: Change[ProtoEnum]) -> bool:
    """Say whether an unset field has another value: it has the first of its enum, which is 0 where the enum is open."""
    old, new = change.old.values[0].number, change.new.values[0].number
    return old != new or not set(change.old.named(old)) & set(change.new.named(new))


def _names(enum: ProtoEnum) -> dict[str, int]:
    return {value.name: value.number for value in enum.values}
