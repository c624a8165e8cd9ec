"""One module: the types of a folder, and where a contract stands there its schemas, and clients that know them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from tallystick.contract.model import Contract, QualityRule
from tallystick.schema import fingerprint
from tallystick.schema.types import EnumType, Field, FixedType, NamedType, RecordType, Schema
from tallystick_codegen.header import with_header
from tallystick_codegen.python.layout import Layout, ModuleId, made_of
from tallystick_codegen.python.names import (
    HOMES,
    Names,
    check_modules,
    client_names,
    constant_name,
    id_of,
    member_names,
    refuse,
    root_name,
)
from tallystick_codegen.python.text import (
    STEP,
    WIDTH,
    Bracket,
    Tree,
    assignment,
    docstring,
    escaped,
    fitted,
    flat,
    literal,
    width,
)
from tallystick_codegen.python.types import Scope


@dataclass(frozen=True, slots=True)
class Module:
    """A module's text, and the names in it that users want."""

    text: str
    names: tuple[str, ...]


def render_module(layout: Layout, module: ModuleId, package: str) -> Module:
    """Return a module of a package.

    Raises:
        UnsupportedSchema: a name or a shape that Python can't have; with its place.
    """
    contract = layout.contracts.get(module)
    if contract is not None:
        check_modules(contract)
    writer = _Writer(layout, module, package)
    try:
        body = writer.body(contract)
        ast.parse(body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        roots = [contract.schema.root] if contract else [*layout.types[module].values()]
        place = roots[0].place
        refuse(place, f"Python can't read the code of this schema: {error}", "nest types and defaults less deep")
    names = (
        *(_names_of(contract, layout.readers.get(module, "")) if contract else ()),
        *(layout.names[one] for one in layout.types[module]),
    )
    return Module(with_header(escaped(layout.folders[module]), body), names)


def import_order(name: str) -> tuple[int, str]:
    """Return the key that sorts names as isort does: constants, classes, the rest."""
    return 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2, name


def _names_of(contract: Contract, reader: str) -> tuple[str, ...]:
    root = root_name(contract)
    alias = () if isinstance(contract.schema.root, NamedType) else (root,)
    return constant_name(contract, reader), *client_names(contract, reader), *alias


class _Writer:
    """Writes one module, and collects in `used` each name that it takes from outside."""

    def __init__(self, layout: Layout, module: ModuleId, package: str) -> None:
        self._layout, self._module, self._package = layout, module, package
        self._reader = layout.readers.get(module, "")
        self._names: Names = layout.local_names(module)
        self._types = list(layout.types[module].values())
        self._used: set[str] = set()

    def body(self, contract: Contract | None) -> str:
        """Return all that stands below the header."""
        classes = [self._enum(kind) for kind in self._types if isinstance(kind, EnumType)]
        classes += [self._fixed(kind) for kind in self._types if isinstance(kind, FixedType)]
        classes += [self._record(kind) for kind in self._types if isinstance(kind, RecordType)]
        if contract is None:
            doc = f"Types that contracts share, from {self._layout.folders[self._module]}."
            constants = ""
        else:
            doc = (contract.doc or "").strip() or f"Messages of {contract.id}."
            doc += f"\n\nOwned by {contract.owner}." if contract.owner else ""
            doc = f"What {self._reader} reads of {contract.id}.\n\n{doc}" if self._reader else doc
            constants = f"\n\n{_constants(contract)}"
            classes += self._clients(contract)
        head = f"{docstring(doc, 0)}\n\nfrom __future__ import annotations\n\n{self._imports()}{constants}"
        return "\n\n\n".join([head, *classes]) + "\n"

    def _imports(self) -> str:
        homes = {name: HOMES[name] for name in self._used & HOMES.keys()}
        modules = sorted(set(homes.values()), key=lambda m: (m.startswith("tallystick"), m))
        names = {module: [name for name in homes if homes[name] == module] for module in modules}
        lines = [import_line(module, sorted(names[module], key=import_order)) for module in modules]
        text = "\n".join(lines).replace("\nfrom tallystick", "\n\nfrom tallystick", 1)
        foreign = self._foreign()
        return f"{text}\n\n{foreign}" if foreign else text

    def _foreign(self) -> str:
        """Return the imports of the types that other modules of the package define."""
        homes: dict[str, list[str]] = {}
        for one, name in self._names.items():
            if one not in self._layout.types[self._module]:
                theirs = self._layout.names[one]
                home = ".".join((self._package, *self._layout.homes[one]))
                homes.setdefault(home, []).append(theirs if theirs == name else f"{theirs} as {name}")
        return "\n".join(import_line(home, sorted(homes[home], key=import_order)) for home in sorted(homes))

    def _enum(self, kind: EnumType) -> str:
        self._used.add("StrEnum")
        names = member_names(kind)
        members = "".join(f"\n    {assignment(names[symbol], '', literal(symbol), STEP)}" for symbol in kind.symbols)
        return f"class {self._names[id_of(kind)]}(StrEnum):\n    {_doc(kind)}" + (f"\n{members}" if members else "")

    def _fixed(self, kind: FixedType) -> str:
        self._used.add("FixedBytes")
        return f"class {self._names[id_of(kind)]}(FixedBytes, size={kind.size}):\n    {_doc(kind)}"

    def _record(self, kind: RecordType) -> str:
        scope = Scope(self._names, self._layout.attributes)
        attributes = self._layout.attributes(kind)
        fields = "".join(_field(field, attributes[field.name], scope) for field in kind.fields).rstrip()
        self._used |= {"dataclass", *scope.used}
        head = f"@dataclass(slots=True, kw_only=True)\nclass {self._names[id_of(kind)]}:\n    {_doc(kind)}"
        return head + (f"\n\n    {fields}" if fields else "")

    def _clients(self, contract: Contract) -> Iterator[str]:
        schema = cast("Schema", contract.schema)  # a layout has Avro contracts alone
        name, constant = root_name(contract, self._reader), constant_name(contract, self._reader)
        scope = Scope(self._names, self._layout.attributes)
        root = schema.root
        alias = not isinstance(root, NamedType)
        kind = scope.annotation(root)
        value = name if alias else self._names.get(id_of(root), flat(kind)) if isinstance(root, NamedType) else name
        key = contract.key.schema
        arguments: list[Tree] = [value]
        schemas = _schema("SCHEMA", schema.canonical)
        if isinstance(key, Schema):
            arguments.append(scope.annotation(key.root))
            schemas += f"\n{_schema('KEY_SCHEMA', key.canonical)}"
        keyed = "Keyed" * (len(arguments) > 1)
        bases = {"Consumer": "Reads"} if self._reader else {"Producer": "Sends", "Consumer": "Reads"}
        self._used |= {*scope.used, "Final", "TypedTopic", *(f"{keyed}{base}" for base in bases)}
        self._used |= {"TypedKey"} if keyed else set()
        if alias:
            self._used.add("TypeAlias")
            schemas = f"{assignment(name, 'TypeAlias', kind)}\n\n{schemas}"
        yield f"{schemas}\n\n{self._topic(contract, value, alias=alias)}"
        for client, (base, verb) in zip(client_names(contract, self._reader), bases.items(), strict=True):
            parent = Bracket(f"{keyed}{base}[", tuple(arguments), "]", comma="")
            head = fitted(Bracket(f"class {client}(", (parent,), ")"), 0, len(":"))
            doc = docstring(f"{verb} {name} messages: topic {contract.topic.name}.")
            yield f"{head}:\n    {doc}\n\n    typed_topic = {constant}"

    def _topic(self, contract: Contract, value: str, *, alias: bool) -> str:
        schema = cast("Schema", contract.schema)  # a layout has Avro contracts alone
        key = contract.key.schema
        made = f"""\
{constant_name(contract, self._reader)}: Final = TypedTopic{f"[{value}]" if alias else ""}(
    topic=TOPIC,
    subject=SUBJECT,
    contract={literal(contract.id)},
    version=VERSION,
    fingerprint=FINGERPRINT,
    schema_text=SCHEMA,
{"" if alias else f"    value={value},{chr(10)}"}    classes={self._classes(schema, 4)},
"""
        if isinstance(key, Schema):
            made += f"""\
    key=TypedKey(
        subject=KEY_SUBJECT,
        fingerprint=KEY_FINGERPRINT,
        schema_text=KEY_SCHEMA,
        classes={self._classes(key, 8)},
    ),
"""
        return f"{made}{self._rules(contract)})"

    def _rules(self, contract: Contract) -> str:
        rules = rules_of(contract)
        self._used |= {"TypedRule"} if rules else set()
        return f"    rules=(\n{rules}    ),\n" if rules else ""

    def _classes(self, schema: Schema, indent: int) -> str:
        pad = " " * (indent + STEP)
        lines = "".join(f"{pad}{literal(k.name)}: {self._names[id_of(k)]},\n" for k in made_of(schema))
        return f"{{\n{lines}{' ' * indent}}}" if lines else "{}"


def import_line(module: str, names: list[str]) -> str:
    """Return an import, on as many lines as it takes."""
    line = f"from {module} import {', '.join(names)}"
    return line if width(line) <= WIDTH else f"from {module} import (\n" + "".join(f"    {n},\n" for n in names) + ")"


def _constants(contract: Contract) -> str:
    schema = cast("Schema", contract.schema)  # a layout has Avro contracts alone
    constants = {
        "TOPIC": contract.topic.name,
        "SUBJECT": contract.subject,
        "VERSION": contract.version,
        "FINGERPRINT": fingerprint.sha256(schema),
    }
    if isinstance(contract.key.schema, Schema):
        constants |= {"KEY_SUBJECT": contract.key_subject, "KEY_FINGERPRINT": fingerprint.sha256(contract.key.schema)}
    return "\n".join(assignment(name, "Final", literal(value)) for name, value in constants.items())


def _field(field: Field, attribute: str, scope: Scope) -> str:
    """Return a field, with its doc below where editors look for it, and room to the next."""
    line = assignment(attribute, scope.annotation(field.type), scope.value(field, attribute), STEP)
    return f"{line}\n    " + (f"{docstring(field.doc)}\n\n    " if field.doc and field.doc.strip() else "")


def rules_of(contract: Contract) -> str:
    """Return the lines of the rules that clients ask."""
    return "".join(map(_rule, contract.client_rules))


def _rule(rule: QualityRule) -> str:
    facts = {"name": literal(rule.name), "expr": literal(rule.condition or "")}
    facts |= {"doc": literal(" ".join(rule.doc.split()))} if rule.doc else {}
    facts |= {} if rule.stops("WRITE") else {"on_write": "False"}
    facts |= {"on_read": "True"} if rule.stops("READ") else {}
    lines = "".join(f"            {name}={value},\n" for name, value in facts.items())
    return f"        TypedRule(\n{lines}        ),\n"


def _doc(kind: NamedType) -> str:
    return docstring(kind.doc if kind.doc and kind.doc.strip() else f"Avro's {kind.name}.")


def _schema(name: str, canonical: str) -> str:
    """Return the schema as one literal, with a line for each thing that a reviewer may see change.

    Adjacent strings, since the text must be the registry's to the byte, and a raw block would be one endless line.
    """
    if width(f"{name}: Final = {literal(canonical)}") <= WIDTH:
        return assignment(name, "Final", literal(canonical))
    return f"{name}: Final = (\n" + "".join(f"    {literal(p)}\n" for p in _pieces(json.loads(canonical), "", "")) + ")"


def _pieces(value: Any, before: str, after: str) -> Iterator[str]:
    """Yield JSON in pieces that fit a line, cut between the members of an object or a list."""
    text = before + _dump(value) + after
    if not isinstance(value, dict | list) or not value or width(literal(text)) <= WIDTH - STEP:
        yield text
    elif isinstance(value, dict):
        *_, last = value
        for start, (key, item) in zip([before + "{", *[""] * len(value)], value.items(), strict=False):
            yield from _pieces(item, f"{start}{_dump(key)}:", "}" + after if key == last else ",")
    else:
        yield before + "["
        for index, item in enumerate(value, 1):
            yield from _pieces(item, "", "," if index < len(value) else "")
        yield "]" + after


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
