"""One module of a contract in Protobuf: its messages, its schema, and clients that know them."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable, Iterator, Sequence

from tallystick.contract.model import Contract
from tallystick.schema import fingerprint
from tallystick.schema.protobuf_types import ProtoSchema, ProtoType
from tallystick_codegen.header import with_header
from tallystick_codegen.python.module import Module, import_line, import_order, rules_of
from tallystick_codegen.python.names import (
    CONSTANTS,
    HOMES,
    check_modules,
    client_names,
    constant_name,
    refuse,
    unused,
)
from tallystick_codegen.python.proto_files import ProtoModules
from tallystick_codegen.python.text import STEP, WIDTH, assignment, docstring, escaped, literal, width

_CLIENTS = {"Producer": "Sends", "Consumer": "Reads"}


def proto_schemas(contract: Contract) -> Iterator[tuple[str, ProtoSchema]]:
    """Yield the schemas of a contract's messages and of their keys, each with what its constants begin with."""
    for prefix, schema in (("", contract.schema), ("KEY_", contract.key.schema)):
        if isinstance(schema, ProtoSchema):
            yield prefix, schema
        elif schema is not None:
            refuse(schema.root.place, "messages are in Protobuf, and their keys are not", "use one language for both")


def render_proto_module(contract: Contract, modules: ProtoModules) -> Module:
    """Return the module of a contract.

    Raises:
        UnsupportedSchema: a name or a shape that Python can't have; with its place.
    """
    check_modules(contract)
    schemas = dict(proto_schemas(contract))
    constant, clients = constant_name(contract), client_names(contract)
    taken = {*CONSTANTS, *HOMES, "ProtoKey", "ProtoTopic", "annotations", constant, *clients}
    kinds: list[ProtoType] = []
    for schema in schemas.values():
        kinds += [*schema.file.messages, *schema.file.enums]
    imports, names = imported(kinds, modules, taken)
    classes = [class_of(schema, names) for schema in schemas.values()]
    keyed = "Keyed" * (len(classes) > 1)
    parts = [
        head(contract),
        _imports(contract, imports, keyed),
        "\n".join(_constants(contract, schemas)),
        "\n".join(_schema(f"{prefix}SCHEMA", schema) for prefix, schema in schemas.items()),
        _topic(contract, schemas, classes),
    ]
    body = "\n\n".join(parts)
    for client, (base, verb) in zip(clients, _CLIENTS.items(), strict=True):
        doc = docstring(f"{verb} {classes[0]} messages: topic {contract.topic.name}.")
        body += f"\n\n\nclass {client}({keyed}{base}[{', '.join(classes)}]):\n    {doc}\n\n    typed_topic = {constant}"
    wanted = (constant, *clients, *names.values())
    return Module(with_header(escaped(contract.folder), f"{body}\n\n\n{exported(schemas, wanted)}"), wanted)


def imported(
    kinds: Iterable[ProtoType], modules: ProtoModules, taken: set[str]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return what is imported of each module, and what outer types are called then, by their full names."""
    imports: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for kind in kinds:
        lines = imports.setdefault(modules.module(kind.described.name), [])
        if kind.name not in names:
            name = names[kind.name] = unused(_plain(kind.short_name), taken)
            taken.add(name)
            theirs = f"_r_{kind.short_name}" if keyword.iskeyword(kind.short_name) else kind.short_name
            lines.append(theirs if theirs == name else f"{theirs} as {name}")
    return imports, names


def exported(prefixes: Collection[str], wanted: Sequence[str]) -> str:
    """Return `__all__`: type checkers take a name that a module imports for its own business, unless it stands there."""
    constants = constants_of(prefixes)
    lines = "".join(f'    "{name}",\n' for name in sorted((*constants, *wanted), key=import_order))
    return f"__all__ = [\n{lines}]\n"


def constants_of(prefixes: Collection[str]) -> list[str]:
    """Return the constants of a module whose schemas have these prefixes: those of keys only if there is one."""
    return [name for name in CONSTANTS if "KEY_" in prefixes or not name.startswith("KEY_")]


def _plain(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def class_of(schema: ProtoSchema, names: dict[str, str]) -> str:
    """Return the class of a schema's messages as a module spells it: that of a message in another one is an attribute."""
    package = schema.file.package
    outer, *inner = schema.root.name.removeprefix(f"{package}." if package else "").split(".")
    for name in inner:
        if keyword.iskeyword(name):
            refuse(
                schema.root.place, f"'{name}', in another message, can't be a class in Python", "give it another name"
            )
    return ".".join((names[f"{package}.{outer}" if package else outer], *inner))


def head(contract: Contract, reader: str = "") -> str:
    """Return how a module begins; with the id of a declared consumer, that of what it reads."""
    doc = (contract.doc or "").strip() or f"Messages of {contract.id}."
    doc = f"What {reader} reads of {contract.id}.\n\n{doc}" if reader else doc
    doc += f"\n\nOwned by {contract.owner}." if contract.owner else ""
    return f"{docstring(doc, 0)}\n\nfrom __future__ import annotations\n\nfrom typing import Final"


def _imports(contract: Contract, theirs: dict[str, list[str]], keyed: str) -> str:
    topics = ["ProtoKey", "ProtoTopic"] if keyed else ["ProtoTopic"]
    own = {
        "tallystick.runtime.consumer": [f"{keyed}Consumer"],
        "tallystick.runtime.producer": [f"{keyed}Producer"],
        "tallystick.runtime.proto_topic": topics,
    }
    own |= {"tallystick.runtime.rules": ["TypedRule"]} if rules_of(contract) else {}
    lines = ["\n".join(import_line(module, sorted(names)) for module, names in sorted(own.items()))]
    lines += ["\n".join(import_line(m, sorted(names, key=import_order)) for m, names in sorted(theirs.items()))]
    return "\n\n".join(lines)


def _constants(contract: Contract, schemas: dict[str, ProtoSchema]) -> Iterator[str]:
    facts = {"TOPIC": contract.topic.name, "SUBJECT": contract.subject, "VERSION": contract.version}
    facts |= {"FINGERPRINT": fingerprint.sha256(schemas[""])}
    if "KEY_" in schemas:
        facts |= {"KEY_SUBJECT": contract.key_subject, "KEY_FINGERPRINT": fingerprint.sha256(schemas["KEY_"])}
    return (assignment(name, "Final", literal(value)) for name, value in facts.items())


def _schema(name: str, schema: ProtoSchema) -> str:
    """Return the registry's text, with a line for each of its lines."""
    lines = schema.canonical.splitlines(keepends=True)
    return f"{name}: Final = (\n" + "".join(f"    {literal(piece)}\n" for line in lines for piece in _cut(line)) + ")"


def _cut(line: str) -> Sequence[str]:
    if width(literal(line)) <= WIDTH - STEP:
        return [line]
    size = WIDTH // 4
    return [line[at : at + size] for at in range(0, len(line), size)]


def _topic(contract: Contract, schemas: dict[str, ProtoSchema], classes: Sequence[str]) -> str:
    made = f"""\
{constant_name(contract)}: Final = ProtoTopic(
    topic=TOPIC,
    subject=SUBJECT,
    contract={literal(contract.id)},
    version=VERSION,
    fingerprint=FINGERPRINT,
    schema_text=SCHEMA,
    value={classes[0]},
    classes={{{literal(schemas[""].root.name)}: {classes[0]}}},
"""
    if "KEY_" in schemas:
        made += f"""\
    key=ProtoKey(
        subject=KEY_SUBJECT,
        fingerprint=KEY_FINGERPRINT,
        schema_text=KEY_SCHEMA,
        classes={{{literal(schemas["KEY_"].root.name)}: {classes[1]}}},
    ),
"""
    rules = rules_of(contract)
    made += f"    rules=(\n{rules}    ),\n" if rules else ""
    return f"{made})"
