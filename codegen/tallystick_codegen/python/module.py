"""One contract as one module: its types, its schema, and clients that know both."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.contract.model import Contract
from tallystick.schema import fingerprint
from tallystick.schema.types import EnumType, Field, RecordType
from tallystick_codegen.header import with_header
from tallystick_codegen.python.names import HOMES, check_fields, names_of, refuse, root_of
from tallystick_codegen.python.text import STEP, WIDTH, Bracket, assignment, docstring, escaped, fitted, literal, width
from tallystick_codegen.python.types import Scope


@dataclass(frozen=True, slots=True)
class Module:
    """A module's text, and the names in it that users want."""

    text: str
    names: tuple[str, ...]


def render_module(contract: Contract) -> Module:
    """Return the module of a contract.

    Raises:
        UnsupportedSchema: a name or a shape that Python can't have; with its place.
    """
    root = root_of(contract)
    if contract.key.schema is not None:
        problem = "this version makes clients for plain keys only, and these have a schema"
        refuse(contract.key.place, problem, "write these clients by hand, or let the key be a plain string")
    types = [kind for kind in contract.schema.named.values() if isinstance(kind, EnumType | RecordType)]
    try:
        body = _body(contract, root, types)
        ast.parse(body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        refuse(root.place, f"Python can't read the code of this schema: {error}", "nest types and defaults less deep")
    names = (*names_of(contract, root), *(kind.short_name for kind in types))
    return Module(with_header(escaped(contract.folder), body), names)


def _body(contract: Contract, root: RecordType, types: Sequence[EnumType | RecordType]) -> str:
    used = {"Consumer", "Final", "Producer", "TypedTopic", "dataclass"}
    classes = [_enum(kind, used) for kind in types if isinstance(kind, EnumType)]
    classes += [_record(kind, used) for kind in types if isinstance(kind, RecordType)]
    doc = (contract.doc or "").strip() or f"Messages of {contract.id}."
    doc += f"\n\nOwned by {contract.owner}." if contract.owner else ""
    head = f"{docstring(doc, 0)}\n\nfrom __future__ import annotations\n\n{_imports(used)}\n\n{_constants(contract)}"
    topic = f"{_schema(contract.schema.canonical)}\n\n{_topic(contract, root, types)}"
    return "\n\n\n".join([head, *classes, topic, *_clients(contract, root)]) + "\n"


def import_order(name: str) -> tuple[int, str]:
    """Return the key that sorts names as isort does: constants, classes, the rest."""
    return 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2, name


def _imports(used: set[str]) -> str:
    modules = sorted({HOMES[name] for name in used & HOMES.keys()}, key=lambda m: (m.startswith("tallystick"), m))
    names = {module: [name for name in used if HOMES.get(name) == module] for module in modules}
    lines = [f"from {module} import {', '.join(sorted(names[module], key=import_order))}" for module in modules]
    return "\n".join(lines).replace("\nfrom tallystick", "\n\nfrom tallystick", 1)


def _constants(contract: Contract) -> str:
    constants = {
        "TOPIC": contract.topic.name,
        "SUBJECT": contract.subject,
        "VERSION": contract.version,
        "FINGERPRINT": fingerprint.sha256(contract.schema),
    }
    return "\n".join(assignment(name, "Final", literal(value)) for name, value in constants.items())


def _enum(kind: EnumType, used: set[str]) -> str:
    used.add("StrEnum")
    members = "".join(f"\n    {assignment(symbol, '', literal(symbol), STEP)}" for symbol in kind.symbols)
    return f"class {kind.short_name}(StrEnum):\n    {_doc(kind)}" + (f"\n{members}" if members else "")


def _record(kind: RecordType, used: set[str]) -> str:
    scope = Scope()
    fields = "".join(_field(field, scope) for field in kind.fields).rstrip()
    check_fields(kind, scope.used)
    used |= scope.used
    head = f"@dataclass(slots=True, kw_only=True)\nclass {kind.short_name}:\n    {_doc(kind)}"
    return head + (f"\n\n    {fields}" if fields else "")


def _field(field: Field, scope: Scope) -> str:
    """Return a field, with its doc below where editors look for it, and room to the next."""
    kind = scope.annotation(field.type)
    line = assignment(field.name, kind, scope.default(field) if field.has_default else "", STEP)
    return f"{line}\n    " + (f"{docstring(field.doc)}\n\n    " if field.doc and field.doc.strip() else "")


def _doc(kind: EnumType | RecordType) -> str:
    return docstring(kind.doc if kind.doc and kind.doc.strip() else f"Avro's {kind.name}.")


def _schema(canonical: str) -> str:
    """Return the schema as one literal, with a line for each thing that a reviewer may see change.

    Adjacent strings, since the text must be the registry's to the byte, and a raw block would be one endless line.
    """
    if width(literal(canonical)) <= WIDTH - STEP:
        return assignment("SCHEMA", "Final", literal(canonical))
    return "SCHEMA: Final = (\n" + "".join(f"    {literal(p)}\n" for p in _pieces(json.loads(canonical), "", "")) + ")"


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


def _topic(contract: Contract, root: RecordType, types: Sequence[EnumType | RecordType]) -> str:
    classes = "".join(f"        {literal(kind.name)}: {kind.short_name},\n" for kind in types)
    return f"""\
{names_of(contract, root)[0]}: Final = TypedTopic(
    topic=TOPIC,
    subject=SUBJECT,
    contract={literal(contract.id)},
    version=VERSION,
    fingerprint=FINGERPRINT,
    schema_text=SCHEMA,
    value={root.short_name},
    classes={{
{classes}    }},
)"""


def _clients(contract: Contract, root: RecordType) -> Iterator[str]:
    constant, *names = names_of(contract, root)
    for name, base, verb in zip(names, ("Producer", "Consumer"), ("Sends", "Reads"), strict=True):
        head = fitted(Bracket(f"class {name}(", (f"{base}[{root.short_name}]",), ")"), 0, len(":"))
        doc = docstring(f"{verb} {root.short_name} messages: topic {contract.topic.name}.")
        yield f"{head}:\n    {doc}\n\n    typed_topic = {constant}"
