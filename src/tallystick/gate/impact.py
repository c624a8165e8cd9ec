"""Who would be hurt: the consumers of a field, and what the rules would say if it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from tallystick.compat.verdict import judge
from tallystick.contract.model import AnySchema, Contract, DeclaredConsumer
from tallystick.contract.workspace import Settings
from tallystick.errors import InputError
from tallystick.gate.consequences import told_once, with_history
from tallystick.gate.fields import find_field
from tallystick.gate.impact_proto import edited
from tallystick.lint.engine import lint
from tallystick.rulekit.finding import Finding
from tallystick.rulekit.policy import weigh
from tallystick.rulekit.rule import Severity
from tallystick.schema.avro import parse_avro
from tallystick.schema.protobuf_types import ProtoField, ProtoSchema
from tallystick.schema.types import Document, Field

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
    """A change that nobody has made yet, and what the gate would say: what blocks it first."""

    change: str
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Say whether the gate would refuse the change."""
        return any(finding.blocks for finding in self.findings)


def readers(contract: Contract, field: str | None) -> tuple[DeclaredConsumer, ...]:
    """Return the declared consumers that read a field (or one inside it, or one around it); all for None."""
    return tuple(
        consumer
        for consumer in contract.consumers
        if field is None or not consumer.fields or any(_overlap(field, read) for read in consumer.fields)
    )


def what_if(contract: Contract, field: str, settings: Settings) -> Iterator[WhatIf]:
    """Yield what the gate would say, were a field changed tomorrow: against the contract as it is now.

    Of lint's findings only those that block: how a change is written is not known yet.

    Raises:
        UnknownContract: the contract has no such field.
    """
    for change, schema in _edits(contract, field):
        changed = replace(contract, schema=schema)
        before = [(contract.version, contract)]
        linted = [f for f in weigh(with_history(lint(changed), changed, before), settings) if f.blocks]
        found = [*linted, *told_once(weigh(judge(changed, before), settings))]
        shown = (f for f in found if f.severity is not Severity.OFF and f.code not in _PAPERS)
        yield WhatIf(change, tuple(sorted(shown, key=lambda finding: not finding.blocks)))


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
