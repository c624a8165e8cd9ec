"""What rules about extensions share: which of them are gone, or are other fields now."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.proto_fields import group_of, kind_of
from tallystick.schema.protobuf_types import ProtoField, ProtoScope


def changed_extensions(old: ProtoScope, new: ProtoScope) -> Iterator[tuple[ProtoField, str]]:
    """Yield each extension that a file or message defined and that changed, as it was, and what became of it."""
    by_number = {(one.extends, one.number): one for one in new.extensions}
    by_name = {(one.extends, one.name): one for one in new.extensions}
    for one in old.extensions:
        what = _what(one, by_number.get((one.extends, one.number)), by_name.get((one.extends, one.name)))
        if what:
            yield one, what


def _what(old: ProtoField, same: ProtoField | None, named: ProtoField | None) -> str:
    if same is None and named is None:
        return f"is gone: it had the number {old.number}"
    if same is None and named is not None:
        return f"had the number {old.number} and has {named.number}"
    assert same is not None  # noqa: S101  # for the type checker: both cases stand above
    if same.name != old.name:
        return f"is called '{same.name}' now"
    return f"was '{old.type_name}' and is '{same.type_name}'" if _bytes(old) != _bytes(same) else ""


def _bytes(field: ProtoField) -> str:
    """Return what says how its bytes are read: its group of scalars, or its message."""
    return group_of(field) if kind_of(field) == "scalar" else field.type_name
