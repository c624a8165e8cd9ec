"""Make our nodes of protoc's descriptors. A node's pointer is its path in descriptor.proto: `/4/0/2/1`.

Message 0 of field 4 (`message_type`), and of that field 1 of field 2 (`field`): SourceCodeInfo names places the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FieldDescriptor

from tallystick.schema.protobuf_features import Features, features_of
from tallystick.schema.protobuf_types import (
    Presence,
    ProtoDocument,
    ProtoEnum,
    ProtoField,
    ProtoFile,
    ProtoImport,
    ProtoMessage,
    ProtoMethod,
    ProtoOneof,
    ProtoService,
    ProtoType,
    ProtoValue,
    Reserved,
)
from tallystick.schema.types import Document, Place

_F = descriptor_pb2.FieldDescriptorProto
_KINDS = {number: name.removeprefix("TYPE_").lower() for name, number in _F.Type.items()}
_LAST_NUMBER = 2**29 - 1


class Builder:
    """Builds files, each after those that it imports. All their types are known to it by full name."""

    def __init__(self) -> None:
        self._types: dict[str, ProtoType] = {}
        self._files: dict[str, ProtoFile] = {}

    def file(self, given: Any, document: Document | None) -> ProtoFile:
        """Return a file. `given` is a FileDescriptorProto; `document` is None for files that are protoc's own."""
        path, text = (given.name, "") if document is None else (document.path, document.text)
        described = ProtoDocument(path, text, given.name, given)
        self._files[given.name] = _FileBuilder(given, described, self._types, self._files).build()
        return self._files[given.name]

    def reuse(self, file: ProtoFile) -> None:
        """Take a file that another builder made, of the same files that this one has."""
        self._files[file.name] = file
        self._types.update((kind.name, kind) for kind in file.types())


class _FileBuilder:
    """Builds one file: first all types without their fields, for these may be of any of them."""

    def __init__(
        self, given: Any, document: ProtoDocument, types: dict[str, ProtoType], files: Mapping[str, ProtoFile]
    ) -> None:
        self._given = given
        self._document = document
        self._types = types
        self._files = files
        self._messages: list[tuple[ProtoMessage, Any, Features]] = []

    def build(self) -> ProtoFile:
        given = self._given
        syntax = _syntax(given)
        features = features_of(syntax, given.options)
        prefix = f"{given.package}." if given.package else ""
        messages = self._make_messages("/4", given.message_type, prefix, features)
        enums = self._make_enums("/5", given.enum_type, prefix, features)
        for message, its_own, its_features in self._messages:
            self._fill(message, its_own, its_features)
        return ProtoFile(
            place=self._place(""),
            properties=_options(given.options),
            name=given.name,
            package=given.package,
            syntax=syntax,
            imports=self._imports(),
            messages=messages,
            enums=enums,
            extensions=self._fields("/7", given.extension, (), features),
            services=tuple(self._service(f"/6/{i}", s, prefix) for i, s in enumerate(given.service)),
        )

    def _place(self, pointer: str) -> Place:
        return Place(self._document, pointer)

    def _imports(self) -> tuple[ProtoImport, ...]:
        public = set(self._given.public_dependency)
        places = [(f"/3/{i}", name, i in public) for i, name in enumerate(self._given.dependency)]
        places += [(f"/15/{i}", name, False) for i, name in enumerate(self._given.option_dependency)]
        return tuple(
            ProtoImport(place=self._place(at), name=name, file=self._files[name], is_public=is_public)
            for at, name, is_public in places
        )

    def _make_messages(
        self, at: str, given: Iterable[Any], prefix: str, features: Features
    ) -> tuple[ProtoMessage, ...]:
        return tuple(self._message(f"{at}/{i}", one, prefix, features) for i, one in enumerate(given))

    def _message(self, at: str, given: Any, prefix: str, around: Features) -> ProtoMessage:
        name = f"{prefix}{given.name}"
        features = around.within(given.options)
        message = ProtoMessage(
            place=self._place(at),
            properties=_options(given.options),
            name=name,
            messages=self._make_messages(f"{at}/3", given.nested_type, f"{name}.", features),
            enums=self._make_enums(f"{at}/4", given.enum_type, f"{name}.", features),
            # Both ends belong to our ranges; descriptor.proto leaves the end of a message's out.
            reserved=Reserved(_ranges(given.reserved_range, last=-1), frozenset(given.reserved_name)),
            extension_ranges=Reserved(_ranges(given.extension_range, last=-1)),
            is_map_entry=given.options.map_entry,
        )
        self._types[name] = message
        self._messages.append((message, given, features))
        return message

    def _fill(self, message: ProtoMessage, given: Any, features: Features) -> None:
        at = message.place.pointer
        if message.is_map_entry:  # maps are never delimited, whatever the file says
            features = replace(features, message_encoding="LENGTH_PREFIXED")
        oneofs = [one.name for one in given.oneof_decl]
        fields = self._fields(f"{at}/2", given.field, oneofs, features)
        members: dict[str, list[ProtoField]] = {}
        for field in fields:
            if field.oneof is not None:
                members.setdefault(field.oneof, []).append(field)
        filled: Mapping[str, Any] = {
            "fields": fields,
            "by_number": {field.number: field for field in fields},
            "by_name": {field.name: field for field in fields},
            "extensions": self._fields(f"{at}/6", given.extension, (), features),
            "oneofs": tuple(
                ProtoOneof(
                    place=self._place(f"{at}/8/{i}"),
                    properties=_options(one.options),
                    name=one.name,
                    fields=tuple(members[one.name]),
                )
                for i, one in enumerate(given.oneof_decl)
                if one.name in members
            ),
        }
        for name, value in filled.items():
            object.__setattr__(message, name, value)

    def _fields(self, at: str, given: Iterable[Any], oneofs: Sequence[str], around: Features) -> tuple[ProtoField, ...]:
        return tuple(self._field(f"{at}/{i}", one, oneofs, around) for i, one in enumerate(given))

    def _field(self, at: str, given: Any, oneofs: Sequence[str], around: Features) -> ProtoField:
        features = around.within(given.options)
        kind = _KINDS[given.type]
        type_ = self._types[given.type_name.removeprefix(".")] if given.type_name else None
        is_map = isinstance(type_, ProtoMessage) and type_.is_map_entry
        if kind == "message" and features.message_encoding == "DELIMITED" and not is_map:
            kind = "group"
        in_oneof = given.HasField("oneof_index") and not given.proto3_optional
        presence = _presence(given, features, kind, in_oneof=in_oneof)
        return ProtoField(
            place=self._place(at),
            properties=_options(given.options),
            name=given.name,
            number=given.number,
            kind=kind,
            presence=presence,
            json_name=given.json_name,
            type=type_,
            oneof=oneofs[given.oneof_index] if in_oneof else None,
            default=given.default_value if given.HasField("default_value") else None,
            is_packed=presence is Presence.REPEATED and _is_packed(given, features, kind),
            verifies_utf8=features.utf8_validation == "VERIFY",
            extends=given.extendee.removeprefix(".") or None,
        )

    def _make_enums(self, at: str, given: Iterable[Any], prefix: str, features: Features) -> tuple[ProtoEnum, ...]:
        return tuple(self._enum(f"{at}/{i}", one, prefix, features) for i, one in enumerate(given))

    def _enum(self, at: str, given: Any, prefix: str, around: Features) -> ProtoEnum:
        name = f"{prefix}{given.name}"
        values = tuple(
            ProtoValue(place=self._place(f"{at}/2/{i}"), properties=_options(v.options), name=v.name, number=v.number)
            for i, v in enumerate(given.value)
        )
        enum = ProtoEnum(
            place=self._place(at),
            properties=_options(given.options),
            name=name,
            values=values,
            is_closed=around.within(given.options).enum_type == "CLOSED",
            allows_alias=given.options.allow_alias,
            reserved=Reserved(_ranges(given.reserved_range, last=0), frozenset(given.reserved_name)),
        )
        self._types[name] = enum
        return enum

    def _service(self, at: str, given: Any, prefix: str) -> ProtoService:
        methods = tuple(
            ProtoMethod(
                place=self._place(f"{at}/2/{i}"),
                properties=_options(method.options),
                name=method.name,
                takes=method.input_type.removeprefix("."),
                returns=method.output_type.removeprefix("."),
                takes_stream=method.client_streaming,
                returns_stream=method.server_streaming,
            )
            for i, method in enumerate(given.method)
        )
        name = f"{prefix}{given.name}"
        return ProtoService(place=self._place(at), properties=_options(given.options), name=name, methods=methods)


def _syntax(given: Any) -> str:
    if given.syntax == "editions":
        return str(descriptor_pb2.Edition.Name(given.edition)).removeprefix("EDITION_")
    return given.syntax or "proto2"


def _presence(given: Any, features: Features, kind: str, *, in_oneof: bool) -> Presence:
    if given.label == _F.LABEL_REPEATED:
        return Presence.REPEATED
    if given.label == _F.LABEL_REQUIRED or features.field_presence == "LEGACY_REQUIRED":
        return Presence.REQUIRED
    has_own = in_oneof or given.proto3_optional or kind in ("message", "group") or given.HasField("extendee")
    return Presence.IMPLICIT if features.field_presence == "IMPLICIT" and not has_own else Presence.EXPLICIT


def _is_packed(given: Any, features: Features, kind: str) -> bool:
    if kind in ("message", "group", "string", "bytes"):
        return False
    said = given.options.HasField("packed")
    return given.options.packed if said else features.repeated_field_encoding == "PACKED"


def _ranges(given: Iterable[Any], *, last: int) -> tuple[tuple[int, int], ...]:
    return tuple((one.start, min(one.end + last, _LAST_NUMBER) if last else one.end) for one in given)


def _options(options: Any) -> Mapping[str, Any]:
    """Return options by the names that they have in a file, as JSON: those of extensions in brackets."""
    found = {}
    for field, value in options.ListFields():
        if field.name in ("features", "uninterpreted_option") and not field.is_extension:
            continue
        found[f"({field.full_name})" if field.is_extension else field.name] = _plain(field, value)
    return found


def _plain(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, Mapping):
        entry: Any = field.message_type
        of_value = entry.fields_by_name["value"]
        return {str(key): _plain_item(of_value, value[key]) for key in value}
    if field.is_repeated:
        return [_plain_item(field, item) for item in value]
    return _plain_item(field, value)


def _plain_item(field: FieldDescriptor, value: Any) -> Any:
    if field.message_type is not None:
        return {inner.name: _plain(inner, item) for inner, item in value.ListFields()}
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name
    return value.decode("latin-1") if isinstance(value, bytes) else value


def positions(document: ProtoDocument) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each place that protoc noted, with its line and column as it counts them: from 0, tabs widened."""
    for location in document.descriptor.source_code_info.location:
        yield "".join(f"/{step}" for step in location.path), (location.span[0], location.span[1])
