"""Where each type of a workspace goes: one module for each folder, so that a type that many share is made once."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TypeAlias

from tallystick.contract.model import Contract, QualityRule
from tallystick.expressions.of_avro import of_avro
from tallystick.expressions.rule import check_rule, read_whole
from tallystick.expressions.types import CelType
from tallystick.schema.projection import projected
from tallystick.schema.types import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    RecordType,
    Schema,
    Type,
    UnionType,
)
from tallystick.values.logical import logical_of
from tallystick_codegen.python.names import (
    TAKEN,
    Names,
    TypeId,
    attribute_names,
    class_name,
    client_names,
    constant_name,
    domain_name,
    id_of,
    python_name,
    refuse,
    root_name,
    spelt,
    suffix_of,
    unused,
)

ModuleId: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """The modules, the types that each defines, and what these are called there.

    `readers` are the declared consumers whose module has only what they read, by their ids.
    """

    types: Mapping[ModuleId, Mapping[TypeId, NamedType]]
    contracts: Mapping[ModuleId, Contract]
    readers: Mapping[ModuleId, str]
    folders: Mapping[ModuleId, str]
    names: Names
    homes: Mapping[TypeId, ModuleId]

    def local_names(self, module: ModuleId) -> Names:
        """Return what types are called in a module: its own, then those of others that it imports."""
        names = {one: self.names[one] for one in self.types[module]}
        taken = set(names.values()) | _reserved(self.contracts.get(module), self.readers.get(module, ""))
        for one in self._needed(module):
            if one not in names:
                names[one] = unused(self.names[one], taken)
                taken.add(names[one])
        return names

    def attributes(self, record: RecordType) -> Mapping[str, str]:
        """Return what the fields of a record are called in its class."""
        return attribute_names(record, set(self.local_names(self.homes[id_of(record)]).values()))

    def _needed(self, module: ModuleId) -> list[TypeId]:
        contract = self.contracts.get(module)
        if contract is not None:
            return [id_of(kind) for schema in schemas_of(contract) for kind in made_of(schema)]
        records = (kind for kind in self.types[module].values() if isinstance(kind, RecordType))
        used = (kind for record in records for field in record.fields for kind in named_in(field.type))
        return [id_of(kind) for kind in used if id_of(kind) in self.homes]


def named_in(kind: Type) -> Iterator[NamedType]:
    """Yield the named types that a type mentions, without those that these mention."""
    match kind:
        case NamedType():
            yield kind
        case ArrayType(items=inner) | MapType(values=inner):
            yield from named_in(inner)
        case UnionType(branches=branches):
            for branch in branches:
                yield from named_in(branch)


def layout_of(contracts: Sequence[Contract]) -> Layout:
    """Return the layout of all Avro contracts, which stand in the order of their ids."""
    by_module = {module_of(contract): contract for contract in contracts}
    folders = {module_of(contract): contract.folder for contract in contracts}
    modules = {folder: module for module, folder in folders.items()}
    readers: dict[ModuleId, str] = {}
    for contract in contracts:
        for reader, projection in _projections(contract):
            module = module_of(contract, reader)
            refuse_second(contract, reader, module, by_module)
            by_module[module], readers[module], folders[module] = projection, reader, contract.folder
            modules[projection.folder] = module
    types: dict[ModuleId, dict[TypeId, NamedType]] = {module: {} for module in by_module}
    homes: dict[TypeId, ModuleId] = {}
    for contract in by_module.values():
        for schema in schemas_of(contract):
            for kind in made_of(schema):
                folder = str(PurePosixPath(kind.place.document.path).parent)
                module = modules.get(folder) or _shared_module(kind.place.document.path)
                folders.setdefault(module, folder)
                homes[id_of(kind)] = module
                types.setdefault(module, {}).setdefault(id_of(kind), kind)
    names: dict[TypeId, str] = {}
    for module, defined in types.items():
        names |= _named(defined, by_module.get(module), readers.get(module, ""))
    return Layout(types, by_module, readers, folders, names, homes)


def _projections(contract: Contract) -> Iterator[tuple[str, Contract]]:
    """Yield each declared consumer that reads some of the fields, and the contract as it sees it.

    Rules stay where all that they name is read.
    """
    for consumer in contract.consumers:
        folder = f"{contract.folder}/for/{consumer.id}"
        schema = contract.schema
        if consumer.fields and isinstance(schema, Schema):
            path = f"{folder}/{PurePosixPath(schema.document.path).name}"
            seen = projected(schema, consumer.fields, path)
            if seen is not None:
                rules = tuple(rule for rule in contract.rules if fits(rule, of_avro(seen), consumer.fields))
                yield consumer.id, replace(contract, folder=folder, schema=seen, rules=rules)


def refuse_second(contract: Contract, reader: str, module: ModuleId, taken: Container[ModuleId]) -> None:
    """Raise UnsupportedSchema if the module of what a consumer reads is one of those that are there."""
    if module in taken:
        problem = f"the module '{module[1]}', for what consumer '{reader}' reads, is there already"
        refuse(contract.place("/customProperties"), problem, "give the consumer another id")


def fits(rule: QualityRule, kind: CelType, fields: Collection[str]) -> bool:
    """Say whether all that a rule names is in a type, of which a consumer reads some fields."""
    if rule.condition is None or any(check_rule(rule.condition, kind)):
        return False
    wholes = read_whole(rule.condition, kind)
    return wholes is not None and wholes <= {*fields}


def module_of(contract: Contract, reader: str = "") -> ModuleId:
    """Return the package and the module of a contract, both below the whole package."""
    name = f"{contract.name}_for_{spelt(reader).lower()}" if reader else contract.name
    return domain_name(contract.domain), python_name(name)


def schemas_of(contract: Contract) -> Iterator[Schema]:
    """Yield the schemas of a contract's messages and of their keys."""
    for schema in (contract.schema, contract.key.schema):
        if isinstance(schema, Schema):
            yield schema


def made_of(schema: Schema) -> list[RecordType | EnumType | FixedType]:
    """Return the types of a schema that become classes. A fixed with a logical type is what that is in Python."""
    kinds = (kind for kind in schema.named.values() if isinstance(kind, RecordType | EnumType | FixedType))
    return [kind for kind in kinds if not isinstance(kind, FixedType) or logical_of(kind) is None]


def _shared_module(path: str) -> ModuleId:
    """Return the module of a file that no contract stands beside, such as `contracts/shared/money/money.avsc`."""
    *folders, file = PurePosixPath(path).parts
    folders = folders[1:]
    parts = folders if len(folders) > 1 else [*(folders or ["shared"]), PurePosixPath(file).stem]
    return domain_name(parts[0]), python_name("_".join(parts[1:]))


def _named(types: Mapping[TypeId, NamedType], contract: Contract | None, reader: str = "") -> Names:
    taken = set(_reserved(contract, reader))
    names: dict[TypeId, str] = {}
    # What messages are is called what it is; of two of one name it is the other that gives way.
    root = None if contract is None else contract.schema.root
    for one, kind in sorted(types.items(), key=lambda item: item[1] is not root):
        names[one] = class_name(kind, taken, suffix_of(reader))
        taken.add(names[one])
    return names


def _reserved(contract: Contract | None, reader: str = "") -> frozenset[str]:
    if contract is None:
        return TAKEN
    root = root_name(contract)
    alias = () if isinstance(contract.schema.root, NamedType) else (root,)
    return TAKEN | {constant_name(contract, reader), *client_names(contract, reader), *alias}
