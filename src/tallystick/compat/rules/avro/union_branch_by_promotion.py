"""AVRO302: a writer's type that a reader's union takes only as a wider one."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair, is_promotion, is_type, matching_branch
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.types import Node, Type, UnionType


@rule(
    code="AVRO302",
    name="union-branch-by-promotion",
    on=Node,
    message="the writer may send {writer} for {where}, and the reader's union has none: it is read as {reader}",
    fix="keep {writer} in the union, beside {reader}",
    fix_forward="keep sending {reader} for {where}: the released versions have no branch for {writer}",
    severity=Severity.WARNING,
    since="0.1",
)
def union_branch_by_promotion(pair: Pair[Type]) -> Iterator[Hit]:
    """A reader's union lacks a type that the writer may send, and reads it as another of its branches.

    ## Why it matters

    Where several branches could take the value, libraries choose differently: an int that meets `["float", "long"]`
    is a float to one and stays an integer to another. Code that asks which branch it got never sees the old one again.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "weight", "type": ["null", "int"]}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "weight", "type": ["null", "double"]}]}
    ```

    ## How to fix it

    Keep the branch, and add the wider one after it.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "weight", "type": ["null", "int", "double"]}]}
    ```
    """
    match pair.reader, pair.writer:
        case UnionType() as reader, UnionType(branches=branches):
            for index, branch in enumerate(branches):
                yield from _promoted(pair, reader, branch, str(index))
        case UnionType() as reader, writer if is_type(writer):
            yield from _promoted(pair, reader, writer, "")


def _promoted(pair: Pair[Type], union: UnionType, writer: Type, below: str) -> Iterator[Hit]:
    chosen = matching_branch(union, writer, pair.can_read)
    if chosen is not None and is_promotion(chosen, writer):
        yield below, {"writer": writer.kind, "reader": chosen.kind}
