"""Say where a change of two versions stands exactly: the symbol that is new, or what is beside a thing that is gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tallystick.schema.json_text import unescape
from tallystick.schema.locate import value_of
from tallystick.schema.types import Place

_FIELD = re.compile(r".*/fields/[0-9]+")


def pinpoint(here: Place, there: Place | None) -> Place:
    """Return the exact place of what differs from another version; the place itself where that is unknown."""
    if there is None:
        return here
    if here.pointer.endswith("/symbols") and there.pointer.endswith("/symbols"):
        index = _differing(_names(here), _names(there))
        return here if index is None else Place(here.document, f"{here.pointer}/{index}")
    # A field that is gone has the place of its record.
    if _FIELD.fullmatch(there.pointer) and not _FIELD.fullmatch(here.pointer):
        return _beside(here, there)
    return here


def _beside(record: Place, field: Place) -> Place:
    """Return the field after which a field stood in another version; the record for the first one."""
    fields, _, number = field.pointer.rpartition("/")
    before = _names(Place(field.document, fields))[: int(number)]
    left = _names(Place(record.document, f"{record.pointer}/fields"))
    nearest = next((name for name in reversed(before) if name in left), None)
    return record if nearest is None else Place(record.document, f"{record.pointer}/fields/{left.index(nearest)}")


def _names(place: Place) -> list[Any]:
    """Return the symbols of an enum, or the names of a record's fields."""
    value = value_of(place.document)
    for step in place.pointer.split("/")[1:]:
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(unescape(step)) if isinstance(value, dict) else None
    items = value if isinstance(value, list) else []
    return [item.get("name") if isinstance(item, dict) else item for item in items]


def _differing(here: Sequence[Any], there: Sequence[Any]) -> int | None:
    """Return which item is not in the other list, or is before one that is only there, or is the first to have moved."""
    ours, theirs = set(here), set(there)
    for index, item in enumerate(here):
        if item not in theirs:
            return index
    for index, item in enumerate(there):
        if item not in ours:
            return next((here.index(one) for one in reversed(there[:index]) if one in ours), 0) if here else None
    return next((index for index, pair in enumerate(zip(here, there, strict=False)) if pair[0] != pair[1]), None)
