"""DOC133: a field of a .proto file that looks like personal data, and is not marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.lint.engine import Subject
from tallystick.lint.meanings import is_telling
from tallystick.rulekit.privacy import is_mark
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoField, ProtoMessage, ProtoNode, ProtoSchema

_NO_DATA = ("bool", "float", "double", "enum")
# Messages that are one value: the others are about more than their field's name.
_ONE_VALUE = ("google.protobuf.Timestamp", "google.type.Date", "google.type.PhoneNumber", "google.type.PostalAddress")
_WRAPPERS = ("StringValue", "BytesValue", "Int32Value", "Int64Value", "UInt32Value", "UInt64Value")


@lint_rule(
    code="DOC133",
    name="proto-pii-unmarked",
    on=ProtoField,
    message="field '{field}' looks like personal data, and nothing marks it",
    fix="mark '{field}' with an option of yours such as [(acme.pii) = true], or with false if it is none",
    since="0.1",
)
def proto_pii_unmarked(subject: Subject[ProtoField]) -> Iterator[Hit]:
    """A field looks like personal data, and is not marked as such.

    ## Why it matters

    Masking, encryption, access rules and erasure go by marks. Data that nobody marked flows in the clear into every
    sink. A field is taken for personal data by the end of its name: `email`, `customer_phone`, `birth_date`, `iban`.

    These count as marks, on the field or on the message that is its type: `debug_redact`; an option whose last name is
    `pii`, `tags`, `classification` or `sensitivity`, such as `(acme.pii)` or `(acme.meta).tags`; or `classification`
    or `tags` of the same property in `contract.yaml`, below `schema[0].properties`, where it holds for all that is
    inside. `(acme.pii) = false` says that someone looked, and it is none.

    ## Example

    ```proto new
    message Customer {
      string email = 1;
    }
    ```

    ## How to fix it

    Define an option in a shared file, once, and mark the field with it. `debug_redact` is there without a file: with
    it, libraries leave the value out of logs.

    ```proto fixed
    message Customer {
      string email = 1 [debug_redact = true];
    }
    ```
    """
    field = subject.node
    held = field.entry[1] if field.entry is not None else field
    if not is_telling(field.name) or not _holds_data(held) or _is_marked(field):
        return
    if (held.message is None or not _is_marked(held.message)) and field not in _marked_in_contract(subject):
        yield "", {"field": field.name}


def _holds_data(field: ProtoField) -> bool:
    if field.type is None:
        return field.kind not in _NO_DATA
    package, _, name = field.type.name.rpartition(".")
    return field.type.name in _ONE_VALUE or (package == "google.protobuf" and name in _WRAPPERS)


def _is_marked(node: ProtoNode) -> bool:
    for name, value in node.properties.items():
        inner = value.items() if isinstance(value, Mapping) else ()
        marks = [value] * is_mark(name) + [item for key, item in inner if is_mark(f"{name}.{key}")]
        if any(mark not in (None, "", []) for mark in marks):
            return True
    return False


def _marked_in_contract(subject: Subject[ProtoField]) -> set[ProtoField]:
    """Return the fields that properties of the contract mark, and all that are inside those."""
    schema = subject.contract.schema
    first = (subject.contract.raw.get("schema") or [{}])[0]
    waiting = list(_marked(first, schema.root)) if isinstance(schema, ProtoSchema) else []
    marked: set[ProtoField] = set()
    while waiting:
        field = waiting.pop()
        if field not in marked:
            marked.add(field)
            message = _message(field)
            waiting.extend(message.fields if message is not None else ())
    return marked


def _marked(entry: Mapping[str, Any], at: ProtoMessage | None) -> Iterator[ProtoField]:
    inner = {**entry, **(entry.get("items") or {}), **((entry.get("map") or {}).get("value") or {})}
    for child in inner.get("properties") or []:
        names = (child.get("physicalName"), child.get("name"))
        for field in (at.by_name[name] for name in names if at is not None and name in at.by_name):
            if child.get("classification") or child.get("tags"):
                yield field
            yield from _marked(child, _message(field))


def _message(field: ProtoField) -> ProtoMessage | None:
    return (field.entry[1] if field.entry is not None else field).message
