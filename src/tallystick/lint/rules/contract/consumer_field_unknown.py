"""DOC107: a declared consumer reads a field that the schema does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tallystick.contract.model import Contract
from tallystick.contract.odcs import vendor_entries
from tallystick.lint.engine import Subject
from tallystick.lint.values import records
from tallystick.rulekit.rule import Hit, Severity, lint_rule
from tallystick.schema.types import MapType, RecordType, Schema, Type, UnionType

if TYPE_CHECKING:  # only who has .proto files pays for it
    from tallystick.schema.protobuf_types import ProtoField, ProtoMessage


@lint_rule(
    code="DOC107",
    name="consumer-field-unknown",
    on=Contract,
    message="consumer '{consumer}' reads the field '{field}', and the schema has none of that name",
    fix="{mend}; or, if the field was taken out here, keep it until '{consumer}' can do without",
    severity=Severity.ERROR,
    since="0.1",
)
def consumer_field_unknown(subject: Subject[Contract]) -> Iterator[Hit]:
    """A declared consumer reads a field that does not exist.

    ## Why it matters

    The gate names the consumers that a change breaks. It goes by the fields that they declared. With a misspelt
    one the change that hurts them passes without their name.

    A field inside a record is written with dots: `lines.sku`. Arrays, maps and unions on the way count for nothing;
    what stands behind a map of plain values is taken for a key. The fields of a .proto file go by their names in the
    file: `order_id`, and not `orderId` as in JSON.

    ## Example

    The schema has one field, `id`.

    ```yaml new
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    customProperties:
      - vendor: tallystick
        property: consumers
        value:
          - {id: billing, fields: [idd]}
    ```

    ## How to fix it

    Correct the name. If the field was renamed, the consumer has to follow.

    ```yaml fixed
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    customProperties:
      - vendor: tallystick
        property: consumers
        value:
          - {id: billing, fields: [id]}
    ```
    """
    contract = subject.contract
    schema = contract.schema
    if not any(consumer.fields for consumer in contract.consumers):
        return
    for pointer, entry in vendor_entries(contract.raw):
        if (entry.get("vendor"), entry.get("property")) != ("tallystick", "consumers"):
            continue
        for number, consumer in enumerate(entry["value"]):
            for index, path in enumerate(consumer.get("fields", ())):
                mend = _mend(schema.root, path) if isinstance(schema, Schema) else _mend_proto(schema.root, path)
                if mend is not None:
                    at = f"{pointer.removeprefix('/')}/value/{number}/fields/{index}"
                    yield at, {"consumer": consumer["id"], "field": path, "mend": mend}


def _mend(root: Type, path: str) -> str | None:
    """Return how to correct a path; None if there is nothing to correct."""
    kind, at, before = root, records(root), ""
    for name in path.split("."):
        field = next((record.by_name[name] for record in at if name in record.by_name), None)
        if field is None:
            return None if not at and _has_map(kind) else _nearest(at, name, before)
        kind, at, before = field.type, records(field.type), f"{before}{name}."
    return None


def _has_map(kind: Type) -> bool:
    return isinstance(kind, MapType) or (isinstance(kind, UnionType) and any(map(_has_map, kind.branches)))


def _nearest(at: list[RecordType], name: str, before: str) -> str:
    fields = [field for record in at for field in record.fields]
    renamed = next((field.name for field in fields if name in field.aliases), None)
    return f"write '{before}{renamed}'" if renamed else _of_names([field.name for field in fields], name, before)


def _of_names(names: Sequence[str], name: str, before: str) -> str:
    # Here and not above: most contracts name no wrong field.
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(name, names, n=1)
    if near:
        return f"write '{before}{near[0]}'"
    known = ", ".join(f"'{before}{one}'" for one in names)
    return f"take it out, or write one of {known}" if known else f"write '{before[:-1]}': it has no fields inside"


def _mend_proto(root: ProtoMessage, path: str) -> str | None:
    """Return how to correct a path in a .proto file; None if there is nothing to correct."""
    at: ProtoMessage | None = root
    field: ProtoField | None = None
    before = ""
    for name in path.split("."):
        field_before, field = field, at.by_name.get(name) if at is not None else None
        if field is None:
            is_key = at is None and field_before is not None and field_before.is_map
            return None if is_key else _nearest_proto(at.fields if at is not None else (), name, before)
        at, before = (field.entry[1] if field.entry is not None else field).message, f"{before}{name}."
    return None


def _nearest_proto(fields: Sequence[ProtoField], name: str, before: str) -> str:
    in_json = next((field for field in fields if field.json_name == name), None)
    if in_json is not None:
        return f"write '{before}{in_json.name}', the name in the .proto file; '{name}' is its name in JSON"
    return _of_names([field.name for field in fields], name, before)
