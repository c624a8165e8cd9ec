"""Which declared consumers a finding is about: those that read a field which leads to its place."""

from __future__ import annotations

from tallystick.contract.model import Contract
from tallystick.rulekit.finding import Finding
from tallystick.schema.locate import Span
from tallystick.schema.types import Field, NamedType, Place, RecordType, Schema
from tallystick.schema.walk import survey


def consumers_of(contract: Contract, finding: Finding) -> tuple[str, ...]:
    """Return the ids of the consumers that a finding breaks. One that names no fields reads all.

    A type may be used by many fields, and a finding inside it is reported once: it breaks the readers of each.
    """
    fields = _fields_to(contract.schema, finding)
    return tuple(
        consumer.id
        for consumer in contract.consumers
        if fields is None or not consumer.fields or any(f.partition(".")[0] in fields for f in consumer.fields)
    )


def _fields_to(schema: Schema, finding: Finding) -> set[str] | None:
    """Return the names of the message's fields that lead to a finding; None if it is about the whole message."""
    steps = finding.path.split("/")
    root = schema.root
    if not isinstance(root, RecordType) or steps[1:2] != ["fields"]:
        return None
    named = {steps[2]}
    holder = _holder(schema, finding.now)
    if holder is None or holder is root:
        return named
    return named | {field.name for field in root.fields if _leads_to(field, holder)}


def _holder(schema: Schema, at: Place | Span | None) -> NamedType | None:
    """Return the innermost type whose definition a place is in."""
    if not isinstance(at, Place):
        return None
    around = [kind for kind in schema.named.values() if _is_in(at, kind.place)]
    return max(around, key=lambda kind: len(kind.place.pointer), default=None)


def _is_in(at: Place, around: Place) -> bool:
    return at.document is around.document and f"{at.pointer}/".startswith(f"{around.pointer}/")


def _leads_to(field: Field, holder: NamedType) -> bool:
    return holder in survey(field.type)[0]
