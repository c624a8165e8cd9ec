"""AVRO416: text is read as bytes."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.types import PrimitiveType


@rule(
    code="AVRO416",
    name="string-read-as-bytes",
    on=PrimitiveType,
    message="the writer sends text for {where}, the reader gets its raw bytes",
    fix="keep string, or add a new field of type bytes with a default",
    fix_forward="keep bytes, or add a new field of type string with a default",
    severity=Severity.WARNING,
    since="0.1",
)
def string_read_as_bytes(pair: Pair[PrimitiveType]) -> Iterator[Hit]:
    """A writer's string is read as bytes.

    ## Why it matters

    No message fails, and no information is lost: the bytes are the text in UTF-8. But programs get bytes where
    they had text, and must decode them. A comparison with a text is false from then on; it does not fail.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "token", "type": "string"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "token", "type": "bytes"}]}
    ```

    ## How to fix it

    Keep the type. Add a field of type bytes if there is something to send that is no text.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "token", "type": "string"}, {"name": "raw", "type": "bytes", "default": ""}]}
    ```
    """
    if pair.writer.kind == "string" and pair.reader.kind == "bytes":
        yield "", {}
