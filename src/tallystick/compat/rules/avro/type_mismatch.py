"""AVRO401: a reader's type that does not read the writer's type."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair, is_promotion, is_type
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import Node, Type, UnionType


@rule(
    code="AVRO401",
    name="type-mismatch",
    on=Node,
    message="the writer sends {writer} for {where}, and the reader's {reader} can't read that",
    fix="keep {writer}, or add a new field {of_reader} with a default",
    fix_forward="keep {reader}, or add a new field {of_writer} with a default",
    mirrors="TYPE_MISMATCH",
    info="reader type: {READER} not compatible with writer type: {WRITER}",
    since="0.1",
)
def type_mismatch(pair: Pair[Type]) -> Iterator[Hit]:
    """A type changed to one that does not read the other.

    ## Why it matters

    Avro reads a message by the writer's schema. It widens numbers (int to long, float and double, and so on) and
    takes bytes for string and back; nothing else. The reader fails on the first message.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "quantity", "type": "long"}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "quantity", "type": "int"}]}
    ```

    ## How to fix it

    Keep the type. If it must change, add a field of the new type with a default, fill both for a while, and
    remove the old one in the next major version.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "quantity", "type": "long"}, {"name": "pieces", "type": "int", "default": 0}]}
    ```
    """
    reader, writer = pair.reader, pair.writer
    if not is_type(reader) or reader.kind == writer.kind or is_promotion(reader, writer):
        return
    if not isinstance(reader, UnionType) and not isinstance(writer, UnionType):
        upper = {"READER": reader.kind.upper(), "WRITER": writer.kind.upper()}
        new = {"of_reader": _of(reader.kind), "of_writer": _of(writer.kind)}
        yield "", {"reader": reader.kind, "writer": writer.kind, **new, **upper}


def _of(kind: str) -> str:
    return "that may be null" if kind == "null" else f"of type {kind}"
