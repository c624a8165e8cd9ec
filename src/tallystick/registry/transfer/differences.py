"""Say in what two registries differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.registry.transfer.records import Holdings, Kept, name_of


def differences(one: Holdings, other: Holdings, names: tuple[str, str]) -> Iterator[str]:
    """Yield a line for each version, setting and mode that is not the same in both."""
    for key in sorted(one.versions.keys() | other.versions.keys()):
        ours, theirs = one.versions.get(key), other.versions.get(key)
        if ours is None or theirs is None:
            yield f"{key} is only in {names[theirs is not None]}"
        else:
            yield from (f"{key} {line}" for line in _between(ours, theirs, names))
    for what, mine, other_s in (("config", one.settings, other.settings), ("mode", one.modes, other.modes)):
        for scope in sorted(mine.keys() | other_s.keys(), key=lambda scope: scope or ""):
            yield from _of_scope(f"{name_of(scope)}: {what}", mine.get(scope), other_s.get(scope), names)


def _between(ours: Kept, theirs: Kept, names: tuple[str, str]) -> Iterator[str]:
    if ours.id != theirs.id:
        yield f"has id {ours.id} in {names[0]} and {theirs.id} in {names[1]}"
    if ours.deleted != theirs.deleted:
        yield f"is deleted in {names[theirs.deleted]} only"
    for member in sorted(ours.body.keys() | theirs.body.keys()):
        if ours.body.get(member) != theirs.body.get(member):
            yield f"has another '{member}' in {names[0]} than in {names[1]}"


def _of_scope(what: str, ours: Any, theirs: Any, names: tuple[str, str]) -> Iterator[str]:
    if isinstance(ours, Mapping) or isinstance(theirs, Mapping):
        ours, theirs = ours or {}, theirs or {}
        for name in sorted(ours.keys() | theirs.keys()):
            yield from _of_value(f"{what} {name}", ours.get(name), theirs.get(name), names)
    else:
        yield from _of_value(what, ours, theirs, names)


def _of_value(what: str, ours: Any, theirs: Any, names: tuple[str, str]) -> Iterator[str]:
    if ours != theirs:
        yield f"{what} is {_said(ours)} in {names[0]} and {_said(theirs)} in {names[1]}"


def _said(value: Any) -> str:
    return "not set" if value is None else str(value)
