"""AVRO115: a field vanished, and another of its type stands at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tallystick.compat.changes import kept_fields, same_type
from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.canonical import registry_text
from tallystick.schema.types import Field, RecordType


@change_rule(
    code="AVRO115",
    name="field-renamed-without-alias",
    on=RecordType,
    message="field '{old}' is gone and '{new}', of the same type, stands at its place: a rename without an alias",
    fix="give field '{new}' the alias '{old}'; or, if it is another fact, move it to the end of the record",
    severity=Severity.WARNING,
    since="0.1",
)
def field_renamed_without_alias(change: Change[RecordType]) -> Iterator[Hit]:
    """A field was renamed, it seems, and the new one does not say what it was called.

    ## Why it matters

    To Avro these are two fields: one was removed, one was added. New readers do not look for the old name, so
    what old messages carry under it is lost: the new field takes its default, without a word.

    This is told from position and type: a guess, so it is a warning. Where the new field has no default, AVRO101 is
    the error. An alias helps new readers of old messages; readers of the earlier version never see it.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long", "default": 0}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "long", "default": 0}]}
    ```

    ## How to fix it

    Give the field its old name as an alias. Released readers know none: AVRO120 says what they get.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "amount", "type": "long", "default": 0, "aliases": ["total"]}]}
    ```
    """
    if not same_type(change.old, change.new):
        return
    kept = [(old.name, new.name) for old, new in kept_fields(change.old, change.new)]
    gone = _between(change.old, {old: old for old, _ in kept})
    came = _between(change.new, {new: old for old, new in kept})
    for place, field in came.items():
        old = gone.get(place)
        if old is not None and registry_text(old.type) == registry_text(field.type):
            yield f"fields/{field.name}/name", {"old": old.name, "new": field.name}


def _between(record: RecordType, kept: Mapping[str, str]) -> Mapping[tuple[str, int], Field]:
    """Return the fields that were not kept, by the kept one before them (its old name) and the steps from there."""
    found: dict[tuple[str, int], Field] = {}
    before, steps = "", 0
    for field in record.fields:
        if field.name in kept:
            before, steps = kept[field.name], 0
        else:
            found[before, steps] = field
            steps += 1
    return found
