"""AVRO101: a reader's field that the writer never sends, with no default to put in its place."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import RecordType


@rule(
    code="AVRO101",
    name="field-without-default",
    on=RecordType,
    message="the reader expects field '{field}', the writer never sends it, and there is no default",
    fix="give '{field}' a default",
    fix_forward="keep '{field}': only a field that had a default in every released version can go",
    mirrors="READER_FIELD_MISSING_DEFAULT_VALUE",
    info="{field}",
    since="0.1",
)
def field_without_default(pair: Pair[RecordType]) -> Iterator[Hit]:
    """A reader has a field without a default that the writer does not have.

    ## Why it matters

    Messages already in the topic do not have the field. A reader that meets one
    has nothing to put there, so it fails on the first such message.

    Seen backward, a field was added without a default. Seen forward, a field was removed that had none:
    readers of the earlier version fail on the first new message.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "id", "type": "long"}, {"name": "note", "type": "string"}]}
    ```

    ## How to fix it

    A field that was added: give it a default. Old messages then read as if they carried it. A field that was removed: put it
    back. What is released can't be edited, so it can only go once it had a default in every released version that counts;
    until then mark it as deprecated in its doc, or begin a new major version.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "id", "type": "long"}, {"name": "note", "type": "string", "default": ""}]}
    ```
    """
    for field in pair.reader.fields:
        if not field.has_default and pair.writer.find(field) is None:
            yield f"fields/{field.name}", {"field": field.name}
