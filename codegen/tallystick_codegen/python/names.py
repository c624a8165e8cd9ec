"""What everything in a schema is called in Python: its own name where Python can take it, else one next to it."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from typing import NoReturn, TypeAlias

from tallystick.contract.model import Contract
from tallystick.errors import UnsupportedSchema
from tallystick.schema.locate import locate
from tallystick.schema.protobuf_types import ProtoMessage
from tallystick.schema.types import EnumType, NamedType, Place, RecordType

# Where each name that a module may import comes from.
HOMES = {
    **dict.fromkeys(("UTC", "date", "datetime", "time"), "datetime"),
    **dict.fromkeys(("dataclass", "field"), "dataclasses"),
    "Decimal": "decimal",
    "UUID": "uuid",
    "StrEnum": "enum",
    **dict.fromkeys(("Final", "Never", "TypeAlias"), "typing"),
    **dict.fromkeys(("Consumer", "KeyedConsumer"), "tallystick.runtime.consumer"),
    **dict.fromkeys(("Producer", "KeyedProducer"), "tallystick.runtime.producer"),
    "TypedRule": "tallystick.runtime.rules",
    **dict.fromkeys(("TypedKey", "TypedTopic"), "tallystick.runtime.typed_topic"),
    **dict.fromkeys(("Duration", "FixedBytes", "LocalTimestampNanos", "TimestampNanos"), "tallystick.values.types"),
}
CONSTANTS = (
    *("TOPIC", "SUBJECT", "VERSION", "FINGERPRINT", "SCHEMA"),
    *("KEY_SUBJECT", "KEY_FINGERPRINT", "KEY_SCHEMA"),
)
_BUILTINS = ("bool", "bytes", "dict", "float", "int", "list", "str")
TAKEN = frozenset((*HOMES, *CONSTANTS, *_BUILTINS, "annotations"))
_KEPT_BY_ENUM = frozenset(("mro", "name", "value"))

# A type is known by its full name and the file that defines it: two files may have a type of one name each.
TypeId: TypeAlias = tuple[str, str]
Names: TypeAlias = Mapping[TypeId, str]


def id_of(kind: NamedType) -> TypeId:
    """Return what a type is known by."""
    return kind.place.document.path, kind.name


def refuse(place: Place, problem: str, fix: str) -> NoReturn:
    """Say that Python code can't be made of something.

    Raises:
        UnsupportedSchema: always.
    """
    span = locate(place)
    raise UnsupportedSchema(problem, file=span.file, line=span.line, column=span.column, fix=fix)


def python_name(name: str) -> str:
    """Return a domain's or a contract's name as Python spells it."""
    spelt = name.replace("-", "_")
    return f"{spelt}_" if keyword.iskeyword(spelt) else spelt


def domain_name(name: str) -> str:
    """Return what the package of a domain is called: not `testing`, which is the values for tests."""
    return unused(python_name(name), ("testing",))


def check_modules(contract: Contract) -> None:
    """Refuse a contract whose id can't be that of a module."""
    for part in (domain_name(contract.domain), python_name(contract.name)):
        if not part.isidentifier() or part.startswith("_"):
            refuse(contract.place("/id"), f"'{part}' can't be a module in Python", "rename the contract's folder")


def constant_name(contract: Contract, reader: str = "") -> str:
    """Return what a contract's typed topic is called; or, with the id of a declared consumer, that of what it reads."""
    name = python_name(contract.name)
    return unused((f"{name}_for_{spelt(reader)}" if reader else name).upper(), CONSTANTS)


def spelt(reader: str) -> str:
    """Return the id of a consumer, which may be any text, in letters that a name can have."""
    return re.sub("[^A-Za-z0-9]", "_", reader)


def root_name(contract: Contract, reader: str = "") -> str:
    """Return what the type of a contract's messages is called in Avro; the contract's name where it has none."""
    root = contract.schema.root
    if isinstance(root, NamedType | ProtoMessage):
        return root.short_name + suffix_of(reader)
    return unused(camel(contract.name), (constant_name(contract),)) + suffix_of(reader)


def suffix_of(reader: str) -> str:
    """Return what the names of classes end with that have only what a declared consumer reads."""
    return f"For{camel(spelt(reader))}" if reader else ""


def client_names(contract: Contract, reader: str = "") -> tuple[str, ...]:
    """Return what a contract's producer and consumer are called; who reads some of the fields has a consumer alone."""
    kinds = ("Consumer",) if reader else ("Producer", "Consumer")
    return tuple(unused(f"{root_name(contract, reader)}{kind}", TAKEN) for kind in kinds)


def camel(name: str) -> str:
    """Return a name in the case of classes: `order-placed` is `OrderPlaced`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", name))


def class_name(kind: NamedType, taken: Container[str], suffix: str = "") -> str:
    """Return a name for a class that nothing else in its module has.

    Of two types of one name the second has its namespace in front: `billing.Address` is `BillingAddress`.
    """
    plain = (kind.short_name.strip("_") if kind.short_name.startswith("_") else kind.short_name) + suffix
    plain = plain if plain.isidentifier() else f"Type{plain}"
    if keyword.iskeyword(plain) or plain in TAKEN or _is_function(plain):
        return unused(f"{plain}_", taken)
    spaces = [camel(part) for part in kind.namespace.split(".") if part]
    tries = ["".join(spaces[start:]) + plain for start in range(len(spaces), -1, -1)]
    return next((name for name in tries if name not in taken and name.isidentifier()), unused(f"{plain}_", taken))


def _is_function(name: str) -> bool:
    """Say whether Python has a function or a value of this name: type checkers take it for that, and not for a class."""
    return hasattr(builtins, name) and not isinstance(getattr(builtins, name), type)


def attribute_names(record: RecordType, classes: Collection[str]) -> Mapping[str, str]:
    """Return the attribute of each field. It depends on the field's name, not on what else is in the schema.

    So a field `date` is `date_` in each class, and no later field of type `date` changes what users wrote.
    """
    return _spelt_apart([field.name for field in record.fields], lambda name: _hides(name, classes), classes)


def member_names(kind: EnumType) -> Mapping[str, str]:
    """Return the member of each symbol. An enum keeps `_names_` to itself, and a member must not hide a method of str."""
    return _spelt_apart(kind.symbols, _is_kept, ())


def _spelt_apart(names: Sequence[str], cannot_be: Callable[[str], bool], taken: Collection[str]) -> Mapping[str, str]:
    """Return what each of some names is called that Python can't have all of.

    One gets an underscore, and so does one that looks like that: `class` is `class_` and `class_` is `class__`, whichever
    of them came first.
    """
    spelt = {name: name for name in names if not cannot_be(name)}
    spelt |= {name: f"{name}_" for name in spelt if name.endswith("_") and cannot_be(name.rstrip("_"))}
    for name in names:
        if name not in spelt:
            spelt[name] = unused(_suffixed(name), {*spelt.values(), *taken})
    return spelt


def _hides(name: str, classes: Container[str]) -> bool:
    return keyword.iskeyword(name) or name.startswith("__") or name == "self" or name in TAKEN or name in classes


def _is_kept(symbol: str) -> bool:
    reserved = symbol.startswith("_") or symbol in _KEPT_BY_ENUM
    return reserved or keyword.iskeyword(symbol) or hasattr(str, symbol)


def _suffixed(name: str) -> str:
    plain = name.strip("_")
    return f"{plain}_" if plain.isidentifier() else f"field_{plain}"


def unused(name: str, taken: Container[str]) -> str:
    """Return a name, with as many underscores as it takes to be the only one."""
    while name in taken:
        name += "_"
    return name
