"""One module of what a declared consumer reads of a contract in Protobuf: its message, and a consumer of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tallystick.contract.model import Contract
from tallystick.expressions.of_proto import of_proto
from tallystick.schema.proto_projection import projected_proto
from tallystick.schema.protobuf_types import ProtoMessage, ProtoSchema
from tallystick_codegen.header import with_header
from tallystick_codegen.python.layout import ModuleId, fits, module_of, refuse_second
from tallystick_codegen.python.module import Module, import_line, import_order
from tallystick_codegen.python.names import CONSTANTS, HOMES, client_names, constant_name, suffix_of
from tallystick_codegen.python.proto_files import ProtoModules
from tallystick_codegen.python.proto_module import class_of, constants_of, exported, head, imported, proto_schemas
from tallystick_codegen.python.text import STEP, Bracket, docstring, escaped, fitted, literal


class View(NamedTuple):
    """What a declared consumer reads of a contract: a schema of its own."""

    contract: Contract
    reader: str
    schema: ProtoSchema


def views_of(contracts: Mapping[ModuleId, Contract]) -> Iterator[tuple[ModuleId, View]]:
    """Yield what declared consumers read that do not read all, with the modules that it goes to.

    Raises:
        UnsupportedSchema: two would go to one module.
    """
    taken = set(contracts)
    for contract in contracts.values():
        assert isinstance(contract.schema, ProtoSchema)  # noqa: S101  # who calls has chosen these
        for consumer in contract.consumers:
            module = module_of(contract, consumer.id)
            name = f"{contract.folder.removeprefix('contracts/')}/for/{module[1]}.proto"
            schema = projected_proto(contract.schema, consumer.fields, suffix_of(consumer.id), name)
            if consumer.fields and schema is not None:
                refuse_second(contract, consumer.id, module, taken)
                taken.add(module)
                yield module, View(contract, consumer.id, schema)


def render_view(view: View, modules: ProtoModules) -> Module:
    """Return the module of a view, which takes all else from the contract's own."""
    contract, reader, _ = view
    whole, constant = constant_name(contract), constant_name(contract, reader)
    (client,) = client_names(contract, reader)
    schemas = {"": view.schema} | {prefix: schema for prefix, schema in proto_schemas(contract) if prefix}
    outer = [_outermost(schema) for schema in schemas.values()]
    imports, names = imported(outer, modules, {*CONSTANTS, *HOMES, constant, client, whole})
    imports[".".join((modules.package, *module_of(contract)))] = [whole, *constants_of(schemas)]
    classes = [class_of(schema, names) for schema in schemas.values()]
    base = "KeyedConsumer" if len(classes) > 1 else "Consumer"
    theirs = (import_line(module, sorted(lines, key=import_order)) for module, lines in sorted(imports.items()))
    doc = docstring(f"Reads {classes[0]} messages: topic {contract.topic.name}.")
    body = f"""\
{head(contract, reader)}

{import_line("tallystick.runtime.consumer", [base])}

{chr(10).join(theirs)}

{constant}: Final = {whole}.narrowed(
    {classes[0]},
{_kept_rules(view)})


class {client}({base}[{", ".join(classes)}]):
    {doc}

    typed_topic = {constant}


{exported(schemas, (constant, client, classes[0]))}"""
    return Module(with_header(escaped(contract.folder), body), (constant, client, classes[0]))


def _outermost(schema: ProtoSchema) -> ProtoMessage:
    """Return the message that a schema's message is, or stands in."""
    return next(one for one in schema.file.messages if f"{schema.root.name}.".startswith(f"{one.name}."))


def _kept_rules(view: View) -> str:
    """Return the argument that names the rules that are asked: those of readers of which all fields are read."""
    kind = of_proto(view.schema.root)
    (fields,) = (one.fields for one in view.contract.consumers if one.id == view.reader)
    rules = (rule for rule in view.contract.client_rules if rule.stops("READ"))
    names = tuple(literal(rule.name) for rule in rules if fits(rule, kind, fields))
    return f"    {fitted(Bracket('rules=[', names, ']'), STEP, len(','))},\n" if names else ""
