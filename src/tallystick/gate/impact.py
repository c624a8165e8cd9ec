"""Who would be hurt: the consumers of a field, and what the rules would say if it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from tallystick.compat.verdict import judge
from tallystick.contract.model import AnySchema, Contract, DeclaredConsumer
from tallystick.errors import InputError, UnknownContract
from tallystick.gate.impact_proto import edited, find_proto_field
from tallystick.lint.engine import lint
from tallystick.lint.values import records as records_in
from tallystick.rulekit.finding import Finding
from tallystick.schema.avro import parse_avro
from tallystick.schema.protobuf_types import ProtoField, ProtoSchema
from tallystick.schema.types import Document, Field, Schema

# About papers that nobody writes for a change that is not made: an example, a version.
_PAPERS = ("DOC103", "DOC201")

Edit = Callable[[dict[str, Any], dict[str, Any]], None]

# Each takes the record's JSON and the field's in it.
EDITS: Mapping[str, Edit] = {
    "removed": lambda record, field: record["fields"].remove(field),
    "renamed": lambda _, field: field.update(name=f"{field['name']}_renamed"),
    "renamed with an alias": lambda _, field: field.update(
        name=f"{field['name']}_renamed", aliases=[*field.get("aliases", []), field["name"]]
    ),
    "made nullable": lambda _, field: field.update(type=_nullable(field["type"])),
}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change that nobody has made yet, and what blocks it."""

    change: str
    findings: tuple[Finding, ...]


def readers(contract: Contract, field: str | None) -> tuple[DeclaredConsumer, ...]:
    """Return the declared consumers that read a field (or one inside it, or one around it); all for None."""
    return tuple(
        consumer
        for consumer in contract.consumers
        if field is None or not consumer.fields or any(_overlap(field, read) for read in consumer.fields)
    )


def what_if(contract: Contract, field: str) -> Iterator[WhatIf]:
    """Yield what the gate would say, were a field changed tomorrow: against the contract as it is now.

    Raises:
        UnknownContract: the contract has no such field.
    """
    for change, schema in _edits(contract, field):
        changed = replace(contract, schema=schema)
        found = [*lint(changed), *judge(changed, [(contract.version, contract)])]
        yield WhatIf(change, tuple(finding for finding in found if finding.blocks and finding.code not in _PAPERS))


def _edits(contract: Contract, path: str) -> Iterator[tuple[str, AnySchema]]:
    field = find_field(contract, path)
    if isinstance(contract.schema, ProtoSchema):
        return edited(contract.schema, cast("ProtoField", field))
    return _avro_edits(contract, path)


def _avro_edits(contract: Contract, field: str) -> Iterator[tuple[str, AnySchema]]:
    # The registry's text is JSON and holds every type, also where the schema is written in IDL or over several files.
    contract = replace(contract, schema=parse_avro(Document(contract.id, contract.schema.canonical)))
    declared = cast("Field", find_field(contract, field))
    for change, edit in EDITS.items():
        text = _edited(contract, declared, edit)
        try:
            schema = parse_avro(Document(f"{contract.id} with {field} {change}", text))
        except InputError:
            continue  # a change that makes no schema, such as a second null in a union
        if schema.canonical != contract.schema.canonical:
            yield change, schema


def find_field(contract: Contract, path: str) -> Field | ProtoField:
    """Return the field at a dotted path, such as `lines.sku`: arrays, maps and unions on the way count for nothing.

    Raises:
        UnknownContract: there is none.
    """
    schema = contract.schema
    found, known = find_proto_field(schema, path) if isinstance(schema, ProtoSchema) else _avro_field(schema, path)
    if found is None:
        raise UnknownContract(
            f"'{contract.id}' has no field '{path}'", fix=f"known there: {', '.join(known) or 'none'}"
        )
    return found


def _avro_field(schema: Schema, path: str) -> tuple[Field | None, list[str]]:
    records = records_in(schema.root)
    found: Field | None = None
    for name in path.split("."):
        found = next((record.by_name[name] for record in records if name in record.by_name), None)
        if found is None:
            return None, [field.name for record in records for field in record.fields]
        records = records_in(found.type)
    return found, []


def _edited(contract: Contract, declared: Field, edit: Edit) -> str:
    """Return the schema's own text with an edit at the field. Its pointer leads there: `/fields/4/type/items/fields/0`."""
    value = json.loads(contract.schema.document.text)
    record = value
    *steps, _, index = declared.place.pointer.removeprefix("/").split("/")
    for step in steps:
        record = record[int(step)] if isinstance(record, list) else record[step]
    edit(record, record["fields"][int(index)])
    return json.dumps(value)


def _nullable(kind: Any) -> Any:
    if isinstance(kind, list):
        return kind if "null" in kind else ["null", *kind]
    return ["null", kind]


def _overlap(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
