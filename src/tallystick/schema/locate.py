"""From a place in a document to the line and column that a person can go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from tallystick.schema.json_text import Position, read_with_positions
from tallystick.schema.types import Document, Place

if TYPE_CHECKING:
    from tallystick.schema.protobuf_types import ProtoDocument


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A position in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def locate(place: Place) -> Span:
    """Return where a place is. A place that is gone is where its nearest ancestor is."""
    positions = _positions(place.document)
    pointer = place.pointer
    if pointer.endswith("/namespace"):
        pointer = _namespace(pointer.removesuffix("/namespace"), positions)
    while pointer and pointer not in positions:
        pointer = pointer.rpartition("/")[0]
    return Span(place.document.path, *positions.get(pointer, (1, 1)))


def _namespace(pointer: str, positions: Mapping[str, Position]) -> str:
    """Return where a type has its namespace from: itself, or what it stands in; its name, where nothing says one."""
    around = pointer
    while f"{around}/namespace" not in positions:
        if not around:
            return f"{pointer}/name"
        around = around.rpartition("/")[0]
    return f"{around}/namespace"


def value_of(document: Document) -> Any:
    """Return what a schema file says, as JSON; None for what is neither JSON nor IDL."""
    if type(document) is not Document or document.path.endswith((".yaml", ".yml")):
        return None
    if not document.path.endswith(".avdl"):
        return _read_json(document)[0]
    from tallystick.schema.avro_idl import read_idl  # noqa: PLC0415  # only who has .avdl files pays for it

    return read_idl(document).value


@lru_cache(maxsize=256)
def _positions(document: Document) -> Mapping[str, Position]:
    if document.path.endswith((".yaml", ".yml")):
        # Here and not above: only a run that has a finding in a YAML file pays for it.
        from tallystick.schema import yaml_text  # noqa: PLC0415

        return yaml_text.positions(document.text, document.path)
    if type(document) is not Document:
        from tallystick.schema.protobuf import proto_positions  # noqa: PLC0415  # only who has .proto files pays for it

        return proto_positions(cast("ProtoDocument", document))
    if document.path.endswith(".avdl"):
        from tallystick.schema.avro_idl import read_idl  # noqa: PLC0415  # only who has .avdl files pays for it

        return read_idl(document).positions
    return _read_json(document)[1]


@lru_cache(maxsize=256)
def _read_json(document: Document) -> tuple[Any, Mapping[str, Position]]:
    return read_with_positions(document.text, document.path)
