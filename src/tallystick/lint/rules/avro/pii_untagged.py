"""DOC124: a field that looks like personal data, and is not marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.lint.engine import Subject
from tallystick.lint.meanings import is_telling
from tallystick.lint.values import held, records
from tallystick.rulekit.privacy import MARKS
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import ArrayType, Field, MapType, Node, RecordType, Schema, Type, UnionType

_DATA = ("string", "bytes", "fixed", "int", "long")


@lint_rule(
    code="DOC124",
    name="pii-untagged",
    on=Field,
    message="field '{field}' looks like personal data, and nothing marks it",
    fix="mark '{field}' with pii: true, or with pii: false if it is none",
    since="0.1",
)
def pii_untagged(subject: Subject[Field]) -> Iterator[Hit]:
    """A field looks like personal data, and is not marked as such.

    ## Why it matters

    Masking, encryption, access rules and erasure go by marks. Data that nobody marked flows in the clear into every
    sink. A field is taken for personal data by the end of its name: `email`, `customerPhone`, `birth_date`, `iban`.

    These count as marks, on the field or its type: `pii`, `confluent:tags`, `tags`, `classification`, `sensitivity`;
    or `classification` or `tags` of the same property in `contract.yaml`, below `schema[0].properties`,
    where it holds for all that is inside.
    `"pii": false` says that someone looked, and it is none.

    ## Example

    ```json new
    {"type": "record", "name": "Customer", "fields": [{"name": "email", "type": "string"}]}
    ```

    ## How to fix it

    Mark it, in the schema or, if that was released, in the contract.

    ```json fixed
    {"type": "record", "name": "Customer", "fields": [
      {"name": "email", "type": "string", "confluent:tags": ["PII"]}]}
    ```
    """
    field = subject.node
    if not is_telling(field.name) or _is_marked(field):
        return
    holds_data = any(kind.kind in _DATA for kind in held(field.type))
    if holds_data and not any(map(_is_marked, _types(field.type))) and field not in _marked_in_contract(subject):
        yield "", {"field": field.name}


def _is_marked(node: Node) -> bool:
    properties = node.properties
    return bool(properties) and any(properties.get(tag) not in (None, "", []) for tag in MARKS)


def _types(kind: Type) -> Iterator[Type]:
    yield kind
    match kind:
        case ArrayType(items=inner) | MapType(values=inner):
            yield from _types(inner)
        case UnionType(branches=branches):
            for branch in branches:
                yield from _types(branch)


def _marked_in_contract(subject: Subject[Field]) -> set[Field]:
    contract = subject.contract
    first = (contract.raw.get("schema") or [{}])[0]
    marked: set[Field] = set()
    if not isinstance(contract.schema, Schema):
        return marked
    for field in _marked(first, records(contract.schema.root)):
        _add_with_inner(field, marked)
    return marked


def _marked(entry: Mapping[str, Any], at: list[RecordType]) -> Iterator[Field]:
    """Yield the fields that a property of the contract, or one inside it, marks."""
    inner = {**entry, **(entry.get("items") or {}), **((entry.get("map") or {}).get("value") or {})}
    for child in inner.get("properties") or []:
        names = (child.get("physicalName"), child.get("name"))
        for field in (record.by_name[name] for record in at for name in names if name in record.by_name):
            if child.get("classification") or child.get("tags"):
                yield field
            yield from _marked(child, records(field.type))


def _add_with_inner(field: Field, marked: set[Field]) -> None:
    """Add a field and all that are inside it, in schemas that may be recursive."""
    waiting = [field]
    while waiting:
        field = waiting.pop()
        if field not in marked:
            marked.add(field)
            waiting.extend(inner for record in records(field.type) for inner in record.fields)
