"""Read an Avro schema, in JSON or IDL: section "Schema Declaration" of the Avro 1.12 specification."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tallystick.schema.avro_parser import Parser
from tallystick.schema.json_text import read_json
from tallystick.schema.types import Document, Format, NamedType, Schema

_NOTHING: Mapping[str, NamedType] = MappingProxyType({})


def parse_avro(document: Document, known: Mapping[str, NamedType] = _NOTHING, *, main: str | None = None) -> Schema:
    """Return the schema that a text declares: IDL if its path ends with .avdl, else JSON.

    `known` are types that other files define, by full name. `main` names the schema among the types of an IDL file,
    where the file itself does not.

    Raises:
        InvalidJson, InvalidIdl: the text is not in that language.
        InvalidAvro: it is, but no Avro schema; with the place and what was expected there.
    """
    parser = Parser(document, known)
    value = read_declarations(document)
    # Where a protocol is read, its types come first.
    types = parser.protocol(value) if is_protocol(document) else None
    root = parser.parse(value, "", "", 0) if types is None else parser.main(value, main, types)
    parser.check_defaults()
    named = parser.named_in(root)
    return Schema(
        format=Format.AVRO,
        document=document,
        root=root,
        named=named,
        references=tuple(name for name, kind in named.items() if kind.place.document is not document),
    )


def parse_types(document: Document, known: Mapping[str, NamedType] = _NOTHING) -> Mapping[str, NamedType]:
    """Return the named types that a text defines, whether or not one of them is the schema.

    Raises:
        InvalidJson, InvalidIdl, InvalidAvro: see `parse_avro`.
    """
    parser = Parser(document, known)
    value = read_declarations(document)
    if is_protocol(document):
        parser.protocol(value)
    else:
        parser.parse(value, "", "", 0)
    parser.check_defaults()
    return parser.named


def is_protocol(document: Document) -> bool:
    """Say whether a document lists types (IDL, or a protocol in JSON) instead of being one."""
    return document.path.endswith((".avdl", ".avpr"))


def read_declarations(document: Document) -> Any:
    """Return what a text declares as JSON: a schema; or a protocol, which IDL is another way to write."""
    if not document.path.endswith(".avdl"):
        return read_json(document.text, document.path)
    from tallystick.schema.avro_idl import read_idl  # noqa: PLC0415  # only who has .avdl files pays for it

    return read_idl(document).value
