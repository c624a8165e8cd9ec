"""Which names of a schema Python can take as they are, and what is said about the others."""

from __future__ import annotations

import keyword
from collections.abc import Set as AbstractSet
from typing import NoReturn

from tallystick.contract.model import Contract
from tallystick.errors import UnsupportedSchema
from tallystick.schema.locate import locate
from tallystick.schema.types import EnumType, Field, NamedType, Place, RecordType

# Where each name that a module may import comes from.
HOMES = {
    **dict.fromkeys(("UTC", "date", "datetime", "time"), "datetime"),
    **dict.fromkeys(("dataclass", "field"), "dataclasses"),
    "Decimal": "decimal",
    "UUID": "uuid",
    "StrEnum": "enum",
    "Final": "typing",
    "Consumer": "tallystick.runtime.consumer",
    "Producer": "tallystick.runtime.producer",
    "TypedTopic": "tallystick.runtime.typed_topic",
}
_CONSTANTS = ("TOPIC", "SUBJECT", "VERSION", "FINGERPRINT", "SCHEMA")
_TAKEN = {*HOMES, *_CONSTANTS, "annotations", "bool", "bytes", "dict", "float", "int", "list", "str"}


def refuse(place: Place, problem: str, fix: str) -> NoReturn:
    """Say that Python code can't be made of something.

    Raises:
        UnsupportedSchema: always.
    """
    span = locate(place)
    raise UnsupportedSchema(problem, file=span.file, line=span.line, column=span.column, fix=fix)


def python_name(name: str) -> str:
    """Return a domain's or a contract's name as Python spells it."""
    return name.replace("-", "_")


def names_of(contract: Contract, root: NamedType) -> tuple[str, str, str]:
    """Return what a contract's typed topic, producer and consumer are called."""
    return python_name(contract.name).upper(), f"{root.short_name}Producer", f"{root.short_name}Consumer"


def root_of(contract: Contract) -> RecordType:
    """Return the record that a contract's messages are, once all names outside the records are known to be good."""
    constant = python_name(contract.name).upper()
    for part in (python_name(contract.domain), python_name(contract.name)):
        if not part.isidentifier() or keyword.iskeyword(part) or part.startswith("_") or constant in _TAKEN:
            refuse(contract.place("/id"), f"'{part}' can't be a module in Python", "rename the contract's folder")
    root = contract.schema.root
    if not isinstance(root, RecordType):
        kind = getattr(root, "kind", "message")
        refuse(root.place, f"messages must be records, and this is of type {kind}", "put it into a field of a record")
    taken = {*_TAKEN, *names_of(contract, root)}
    for kind in contract.schema.named.values():
        if isinstance(kind, RecordType | EnumType):
            _check_type(kind, taken)
            taken.add(kind.short_name)
    return root


def check_fields(record: RecordType, used: AbstractSet[str]) -> None:
    """Refuse a field that Python can't spell, or that hides one of the names that its class uses."""
    for field in record.fields:
        if keyword.iskeyword(field.name) or field.name.startswith("__"):
            _refuse_name(field, f"field '{field.name}' can't be an attribute in Python")
        if field.name in used:
            _refuse_name(field, f"field '{field.name}' hides the '{field.name}' that class '{record.short_name}' uses")


def _check_type(kind: RecordType | EnumType, taken: AbstractSet[str]) -> None:
    if keyword.iskeyword(kind.short_name) or kind.short_name.startswith("_"):
        _refuse_name(kind, f"'{kind.short_name}' can't be a class in Python")
    if kind.short_name in taken:
        _refuse_name(kind, f"something else in its module is called '{kind.short_name}' too")
    for index, symbol in enumerate(kind.symbols if isinstance(kind, EnumType) else ()):
        # An enum keeps _names_ to itself, and a member must not hide a method of str: count, format, title.
        kept = symbol.startswith("__") or (symbol.startswith("_") and symbol.endswith("_"))
        if kept or keyword.iskeyword(symbol) or hasattr(str, symbol):
            place = Place(kind.place.document, f"{kind.place.pointer}/symbols/{index}")
            refuse(place, f"symbol '{symbol}' can't be a member of an enum in Python", "rename it")


def _refuse_name(node: NamedType | Field, problem: str) -> NoReturn:
    place = Place(node.place.document, f"{node.place.pointer}/name")
    refuse(place, problem, "rename it, with the old name among its aliases")
