"""AVRO415: bytes are read as text."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import PrimitiveType


@rule(
    code="AVRO415",
    name="bytes-read-as-string",
    on=PrimitiveType,
    message="the writer sends bytes for {where}, the reader takes them for text, and they may not be UTF-8",
    fix="keep bytes, or add a new field of type string with a default",
    fix_forward="keep string, or add a new field of type bytes with a default",
    since="0.1",
)
def bytes_read_as_string(pair: Pair[PrimitiveType]) -> Iterator[Hit]:
    """A writer's bytes are read as a string.

    ## Why it matters

    Avro allows it, and a string must be UTF-8. Bytes need not be: a reader fails on those that are not, or puts
    replacement characters in their place. It shows with the first such message, maybe months later.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "token", "type": "bytes"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "token", "type": "string"}]}
    ```

    ## How to fix it

    Keep the type. If all bytes that were ever written are UTF-8, let a warning do: `AVRO415: warning` below `policy` in
    `contracts/tally.yaml`, with the reason as a comment.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "token", "type": "bytes"}, {"name": "token_text", "type": "string", "default": ""}]}
    ```
    """
    if pair.writer.kind == "bytes" and pair.reader.kind == "string":
        yield "", {}
