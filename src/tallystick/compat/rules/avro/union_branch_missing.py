"""AVRO301: a writer's type that no branch of the reader's union reads."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair, candidates, is_type, meant_branch
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import NamedType, Node, Type, UnionType


@rule(
    code="AVRO301",
    name="union-branch-missing",
    on=Node,
    message="the writer may send {branch} for {where}, and {no_branch} reads that",
    fix="{fix}",
    fix_forward="{fix_forward}",
    mirrors="MISSING_UNION_BRANCH",
    info="reader union lacking writer type: {kind}",
    since="0.1",
)
def union_branch_missing(pair: Pair[Type]) -> Iterator[Hit]:
    """A reader's union has no branch for a type that the writer may send.

    ## Why it matters

    The reader fails on the first message in which the writer chose that branch. Taking `null` out of a union
    is the usual way to get here: old messages without the value can't be read any more.

    ## Example

    ```json old
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["null", "string"]}]}
    ```

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["string", "int"]}]}
    ```

    ## How to fix it

    Keep every branch that was ever written, and add new ones at the end.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [{"name": "note", "type": ["null", "string", "int"]}]}
    ```
    """
    match pair.reader, pair.writer:
        case UnionType() as reader, UnionType(branches=branches):
            for index, branch in enumerate(branches):
                if not pair.can_read(reader, branch):
                    yield str(index), _values(reader, branch)
        case UnionType() as reader, writer if is_type(writer):
            if not any(pair.can_read(branch, writer) for branch in candidates(reader, writer)):
                yield "", _values(reader, writer)


def _values(union: UnionType, kind: Type) -> dict[str, str]:
    shown = f"{kind.kind} '{kind.short_name}'" if isinstance(kind, NamedType) else kind.kind
    values = {
        "branch": shown,
        "kind": kind.kind.upper(),
        "no_branch": "no branch of the reader's union",
        "fix": f"keep {shown} in the union",
        "fix_forward": f"leave {shown} out: the released versions can't read it; a new field with a default can hold it",
    }
    if meant_branch(union, kind) is not None:
        inside = "mend what is wrong inside it: the finding about that is here, too"
        values |= {"no_branch": f"{shown} of the reader's union is not one that", "fix": inside, "fix_forward": inside}
    return values
