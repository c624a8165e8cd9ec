"""What a field of a message is to a registry: its kind, its group of scalars, its label, the name of its type."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.schema.protobuf_types import Presence, ProtoField, ProtoMessage, ProtoNode
from tallystick.schema.types import Document

# https://protobuf.dev/programming-guides/proto3/#updating: types of one group share their bytes.
GROUPS = {
    "number": {"int32", "int64", "uint32", "uint64", "bool", "enum"},
    "signed": {"sint32", "sint64"},
    "text": {"string", "bytes"},
    "fixed32": {"fixed32", "sfixed32"},
    "fixed64": {"fixed64", "sfixed64"},
    "float": {"float"},
    "double": {"double"},
}
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}


def is_plain(field: ProtoField | None) -> bool:
    """Say whether it is a field that is in no oneof."""
    return field is not None and field.oneof is None


def plain_fields(message: ProtoMessage) -> Iterator[ProtoField]:
    """Yield the fields that are in no oneof."""
    return (field for field in message.fields if field.oneof is None)


def kind_of(field: ProtoField) -> str:
    """Return what a registry compares first: `map`, `message` or `scalar` (enums are scalars, groups messages)."""
    if field.is_map:
        return "map"
    return "message" if field.kind in ("message", "group") else "scalar"


def group_of(field: ProtoField) -> str:
    """Return the group of a scalar: all types in it share their bytes."""
    return _GROUP_OF[field.kind]


def sides(reader: ProtoField, writer: ProtoField) -> Iterator[tuple[ProtoField, ProtoField]]:
    """Yield what is to be compared of two fields: of two maps the keys and the values, of all else the fields.

    Nothing of an extension: registries do not look at them.
    """
    if reader.extends:
        return
    if reader.entry is None or writer.entry is None:
        yield reader, writer
    else:
        yield from zip(reader.entry, writer.entry, strict=True)


def other_kinds(reader: ProtoField, writer: ProtoField) -> Iterator[tuple[str, str]]:
    """Yield the names of types of different kinds."""
    for one, other in sides(reader, writer):
        if kind_of(one) != kind_of(other):
            # A name may be that of a message, and then that of an enum.
            words = (f"{side.kind} " if one.type_name == other.type_name else "" for side in (one, other))
            reader_word, writer_word = words
            yield f"{reader_word}{one.type_name}", f"{writer_word}{other.type_name}"


def other_scalars(reader: ProtoField, writer: ProtoField) -> Iterator[tuple[str, str]]:
    """Yield the names of scalar types of different groups."""
    for one, other in sides(reader, writer):
        if kind_of(one) == kind_of(other) == "scalar" and group_of(one) != group_of(other):
            yield one.type_name, other.type_name


def other_messages(pair: Pair[ProtoField]) -> Iterator[tuple[str, str, str]]:
    """Yield the names of message types that differ, and why where the names do not."""
    for one, other in sides(pair.reader, pair.writer):
        if one.message is None or other.message is None or one.is_map or other.is_map:
            continue
        if local_name(one.message) != local_name(other.message):
            yield one.message.name, other.message.name, ""
        elif (is_foreign(one, pair.own) or is_foreign(other, pair.own)) and not pair.can_read(
            one.message, other.message
        ):
            yield one.message.name, other.message.name, ", whose contents differ"


def other_label(reader: ProtoField, writer: ProtoField) -> tuple[str, str] | None:
    """Return the words before two numeric fields, where both have one and they differ."""
    if reader.extends or kind_of(reader) != "scalar" or kind_of(writer) != "scalar":
        return None
    if group_of(reader) != group_of(writer) or group_of(reader) == "text":
        return None
    labels = _label(reader), _label(writer)
    return labels if labels[0] and labels[1] and labels[0] != labels[1] else None


def is_labelled_required(field: ProtoField) -> bool:
    """Say whether the word `required` stands before a field. Editions say it in an option, which registries do not read."""
    return field.presence is Presence.REQUIRED and not _is_of_an_edition(field)


def _label(field: ProtoField) -> str:
    if field.is_repeated:
        return "repeated"
    if field.oneof is not None or field.presence is Presence.IMPLICIT or _is_of_an_edition(field):
        return ""
    return "required" if field.presence is Presence.REQUIRED else "optional"


def _is_of_an_edition(field: ProtoField) -> bool:
    return field.described.descriptor.syntax == "editions"


def local_name(kind: ProtoNode) -> str:
    """Return the name of a type without its file's package: `Order.Line`."""
    return kind.name.removeprefix(f"{kind.described.descriptor.package}.")


def is_foreign(field: ProtoField, own: frozenset[Document]) -> bool:
    """Say whether the type of a field is from another file than those of the two schemas themselves."""
    return field.type is not None and field.type.place.document not in own


def is_imported(field: ProtoField) -> bool:
    """Say whether the type of a field is from another file than the field."""
    return field.type is not None and field.type.place.document is not field.place.document
