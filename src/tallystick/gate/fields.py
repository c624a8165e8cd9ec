"""Find a field of a contract by its dotted path, in whichever language the schema is."""

from __future__ import annotations

from tallystick.contract.model import Contract
from tallystick.errors import UnknownContract
from tallystick.lint.values import records as records_in
from tallystick.schema.protobuf_types import ProtoField, ProtoMessage, ProtoSchema
from tallystick.schema.types import Field, Schema


def find_field(contract: Contract, path: str) -> Field | ProtoField:
    """Return the field at a dotted path, such as `lines.sku`: arrays, maps and unions on the way count for nothing.

    Raises:
        UnknownContract: there is none.
    """
    schema = contract.schema
    found, known = _proto_field(schema, path) if isinstance(schema, ProtoSchema) else _avro_field(schema, path)
    if found is None:
        raise UnknownContract(
            f"'{contract.id}' has no field '{path}'", fix=f"known there: {', '.join(known) or 'none'}"
        )
    return found


def renamed_field(now: Contract, before: Contract, path: str) -> str | None:
    """Return what the field at a path of an earlier version is called now, by its numbers; None where there is no telling."""
    if not isinstance(now.schema, ProtoSchema) or not isinstance(before.schema, ProtoSchema):
        return None
    new: ProtoMessage | None = now.schema.root
    old: ProtoMessage | None = before.schema.root
    names: list[str] = []
    for name in path.split("."):
        was = old.by_name.get(name) if old is not None else None
        is_ = new.by_number.get(was.number) if new is not None and was is not None else None
        if was is None or is_ is None:
            return None
        names.append(is_.name)
        old, new = _inside(was), _inside(is_)
    return ".".join(names)


def _inside(field: ProtoField) -> ProtoMessage | None:
    return field.entry[1].message if field.entry is not None else field.message


def _avro_field(schema: Schema, path: str) -> tuple[Field | None, list[str]]:
    records = records_in(schema.root)
    found: Field | None = None
    for name in path.split("."):
        found = next((record.by_name[name] for record in records if name in record.by_name), None)
        if found is None:
            return None, [field.name for record in records for field in record.fields]
        records = records_in(found.type)
    return found, []


def _proto_field(schema: ProtoSchema, path: str) -> tuple[ProtoField | None, list[str]]:
    """Return the field at a dotted path, and the names that are known where it ends; maps count for their values."""
    message: ProtoMessage | None = schema.root
    field: ProtoField | None = None
    for name in path.split("."):
        known = [] if message is None else [one.name for one in message.fields]
        field = None if message is None else message.by_name.get(name)
        if field is None:
            return None, known
        message = _inside(field)
    return field, []
