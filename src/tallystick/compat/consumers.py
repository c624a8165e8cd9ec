"""Which declared consumers a finding is about: those that read a field which leads to its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tallystick.contract.model import AnySchema, Contract, DeclaredConsumer
from tallystick.rulekit.finding import Finding
from tallystick.schema.locate import Span
from tallystick.schema.types import Field, Format, NamedType, Place, RecordType
from tallystick.schema.walk import survey

if TYPE_CHECKING:
    from tallystick.schema.protobuf_types import ProtoField, ProtoMessage, ProtoSchema

_FIELD = re.compile(r"/(?:fields|oneofs/[^/]+)/([^/]+)")
_PROTO_FIELD = re.compile(r"/4/[0-9]+(?:/3/[0-9]+)*/2/[0-9]+")  # descriptor.proto's numbers: messages, and a field


def with_former(new: Contract, old: Contract) -> Contract:
    """Return a contract whose consumers are also those that the version before declared, with the fields that they read then.

    Who is taken out together with a field still reads it when the change is deployed.
    """
    before = {consumer.id: consumer for consumer in old.consumers}
    kept = tuple(_as_before(consumer, before.pop(consumer.id, consumer)) for consumer in new.consumers)
    return replace(new, consumers=(*kept, *before.values()))


def _as_before(now: DeclaredConsumer, before: DeclaredConsumer) -> DeclaredConsumer:
    reads_all = not now.fields or not before.fields
    return replace(now, fields=() if reads_all else tuple(dict.fromkeys((*now.fields, *before.fields))))


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


def _fields_to(schema: AnySchema, finding: Finding) -> set[str] | None:
    """Return the names of the message's fields that lead to a finding; None if it is about the whole message."""
    named = _FIELD.search(finding.path)
    root = schema.root
    if finding.path.startswith("/key/"):
        return None
    # A reader that can't resolve a writer's schema reads no field of its messages: Avro decodes them whole or not at all.
    if finding.mirrors is not None and schema.format is Format.AVRO:
        return None
    if schema.format is Format.PROTOBUF:
        types: Iterable[NamedType | ProtoMessage] = _messages(schema)
    elif isinstance(root, RecordType):
        types = schema.named.values()
    else:
        return None
    holder = _holder(types, finding.now)
    if holder is None or holder is root:
        if named is None:
            return None
        return {named[1], _old_name(finding.was)} if schema.format is Format.PROTOBUF else {named[1]}
    leading = {field.name for field in cast("RecordType | ProtoMessage", root).fields if _leads_to(field, holder)}
    # Avro's path begins at the message, Protobuf's at the definition of a type.
    return leading if schema.format is Format.PROTOBUF or named is None else leading | {named[1]}


def _old_name(was: Place | None) -> str:
    """Return what a field was called before: consumers know it by that name. Empty if the place is no field's."""
    from tallystick.compat.proto_imports import descriptor_at  # noqa: PLC0415  # only who has .proto files pays for it

    return str(descriptor_at(was).name) if was is not None and _PROTO_FIELD.fullmatch(was.pointer) else ""


def _messages(schema: ProtoSchema) -> list[ProtoMessage]:
    from tallystick.schema.protobuf_types import ProtoMessage  # noqa: PLC0415  # only who has .proto files pays for it

    return [kind for file in schema.file.closure() for kind in file.types() if isinstance(kind, ProtoMessage)]


def _holder(types: Iterable[NamedType | ProtoMessage], at: Place | Span | None) -> NamedType | ProtoMessage | None:
    """Return the innermost type whose definition a place is in."""
    if not isinstance(at, Place):
        return None
    around = [kind for kind in types if _is_in(at, kind.place)]
    return max(around, key=lambda kind: len(kind.place.pointer), default=None)


def _is_in(at: Place, around: Place) -> bool:
    return at.document is around.document and f"{at.pointer}/".startswith(f"{around.pointer}/")


def _leads_to(field: Field | ProtoField, holder: NamedType | ProtoMessage) -> bool:
    if isinstance(field, Field):
        return holder in survey(field.type)[0]
    seen: set[ProtoMessage] = set()
    waiting = [field.message]
    while waiting:
        message = waiting.pop()
        if message is not None and message not in seen:
            seen.add(message)
            waiting += [inner.message for inner in message.fields]
    return holder in seen
