"""The parts of a Protobuf schema: files, and their messages, enums and services."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.gate.diff.parts import Part, said
from tallystick.schema.protobuf_types import (
    Presence,
    ProtoEnum,
    ProtoField,
    ProtoFile,
    ProtoMessage,
    ProtoMethod,
    ProtoSchema,
    ProtoService,
    ProtoValue,
    Reserved,
)


def proto_parts(schema: ProtoSchema) -> Iterator[Part]:
    """Yield the files that a schema is made of, protoc's own left out: first its own."""
    needed = {document.name for document in schema.files}
    yield _file(schema.file, schema)
    others = (file for file in schema.file.closure() if file.name in needed)
    yield from (_file(file, schema) for file in sorted(others, key=lambda file: file.name))


def _file(file: ProtoFile, schema: ProtoSchema) -> Part:
    is_main = file is schema.file
    types = (_message(one, schema) if isinstance(one, ProtoMessage) else _enum(one) for one in file.types())
    extensions = (_field(one, f"{one.extends}.") for one in file.extensions)
    facts = {"syntax": file.syntax, "package": file.package, **file.properties}
    facts["imports"] = sorted(one.name for one in file.imports)
    parts = (*types, *extensions, *map(_service, file.services))
    return Part("" if is_main else file.name, f"file '{file.name}'", said(facts), (), parts)


def _message(message: ProtoMessage, schema: ProtoSchema) -> Part:
    is_root = message is schema.root
    prefix = "" if is_root else f"{_within(message)}."
    facts = {"name": message.name, "doc": message.doc, **_kept(message.reserved), **message.properties}
    parts = (*(_field(one, prefix) for one in message.fields), *(_field(one, "") for one in message.extensions))
    key = "" if is_root else f"message {message.name}"
    return Part(key, f"message '{_within(message)}'", said(facts), (), parts, ("doc",))


def _field(field: ProtoField, prefix: str) -> Part:
    name = f"{prefix}{field.name}"
    facts = {
        "name": field.name,
        "type": f"{_label(field)}{field.type_name}",
        "number": field.number,
        "oneof": field.oneof,
        "default": field.default,
        "JSON name": None if field.json_name == _json_name(field.name) else field.json_name,
        "doc": field.doc,
        **field.properties,
    }
    key = f"extension {field.extends} {field.number}" if field.extends else f"field {field.number}"
    kind = "extension" if field.extends else "field"
    return Part(key, f"{kind} '{name}'", said(facts), (), (), ("type", "number", "oneof", "default", "doc"))


def _label(field: ProtoField) -> str:
    """Return the word before a field's type that says how often it is set; empty where the file needs none."""
    if field.is_map or field.oneof:
        return ""
    if field.presence is Presence.EXPLICIT:
        return "optional " if field.message is None else ""
    return "" if field.presence is Presence.IMPLICIT else f"{field.presence.value} "


def _enum(enum: ProtoEnum) -> Part:
    facts = {"name": enum.name, "doc": enum.doc, **_kept(enum.reserved), **enum.properties}
    values = tuple(_values(enum))
    return Part(f"enum {enum.name}", f"enum '{_within(enum)}'", said(facts), (), values, ("doc",))


def _values(enum: ProtoEnum) -> Iterator[Part]:
    """Yield an enum's values by number; a second name of a number is a value by its name."""
    seen: set[int] = set()
    for value in enum.values:
        facts = {"number": value.number, **said({"name": value.name, "doc": value.doc, **value.properties})}
        key = value.name if value.number in seen else str(value.number)
        yield Part(key, f"value '{value.name}' of '{_within(enum)}'", facts, (), (), ("number", "doc"))
        seen.add(value.number)


def _service(service: ProtoService) -> Part:
    methods = tuple(_method(one, service.short_name) for one in service.methods)
    facts = said({"doc": service.doc, **service.properties})
    return Part(f"service {service.name}", f"service '{service.short_name}'", facts, (), methods, ("doc",))


def _method(method: ProtoMethod, service: str) -> Part:
    takes, returns = (
        f"{'stream of ' if streams else ''}{name}"
        for name, streams in ((method.takes, method.takes_stream), (method.returns, method.returns_stream))
    )
    facts = said({"takes": takes, "returns": returns, "doc": method.doc, **method.properties})
    return Part(method.name, f"method '{service}.{method.name}'", facts, (), (), ("takes", "returns", "doc"))


def _kept(reserved: Reserved) -> dict[str, object]:
    ranges = [str(first) if first == last else f"{first} to {last}" for first, last in reserved.ranges]
    return {"reserved": ", ".join((*ranges, *sorted(reserved.names)))}


def _within(kind: ProtoMessage | ProtoEnum) -> str:
    """Return a type's name without its package: `Order.Line`."""
    package = _file_package(kind)
    return kind.name.removeprefix(f"{package}.") if package else kind.name


def _file_package(kind: ProtoMessage | ProtoEnum | ProtoValue) -> str:
    return kind.described.descriptor.package


def _json_name(name: str) -> str:
    """Return the name in JSON that protoc makes of a field's: `risk_score` is `riskScore`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
