"""Pair two Avro types: what stands below two types at the same place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from tallystick.compat.pair import Step, matching_branch, meant_branch
from tallystick.schema.types import ArrayType, MapType, RecordType, Type, UnionType

_Question: TypeAlias = Callable[[Any, Any], bool]


def children(
    reader: Type, writer: Type, can_read: _Question, same: _Question, *, explains: bool = False
) -> Iterator[Step]:
    """Yield the pairs below two types: fields as they are resolved, and of a reader's union the branch that reads.

    Avro 1.12 specification, section "Schema Resolution". That there is such a branch is a rule's business. Fields of the
    same type are left out: most are. To explain why no branch reads a type, go on below the one that was meant: a registry
    stops at the union.
    """
    match reader, writer:
        case RecordType(), RecordType():
            for index, field in enumerate(reader.fields):
                other = writer.find(field)
                if other is not None and not same(field.type, other.type):
                    yield Step(f"fields/{field.name}/type", f"fields/{index}/type", field.type, other.type)
        case ArrayType(), ArrayType():
            yield Step("items", "items", reader.items, writer.items)
        case MapType(), MapType():
            yield Step("values", "values", reader.values, writer.values)
        case UnionType(), UnionType():
            for index, branch in enumerate(writer.branches):
                yield from _branch(reader, branch, str(index), can_read, explains=explains)
        case UnionType(), _:
            yield from _branch(reader, writer, "", can_read, explains=explains)
        case _, UnionType():
            yield from (Step("", "", reader, branch) for branch in writer.branches)
        case _:
            return


def _branch(union: UnionType, writer: Type, step: str, can_read: _Question, *, explains: bool) -> Iterator[Step]:
    branch = matching_branch(union, writer, can_read)
    if branch is None and explains:
        branch = meant_branch(union, writer)
    if branch is not None:
        yield Step(step, step, branch, writer)
