"""Contracts as one package: a package for each domain, a module for each contract."""

from __future__ import annotations

import keyword
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath

from tallystick.contract.model import Contract
from tallystick.errors import UsageError
from tallystick.schema.types import Format
from tallystick_codegen.header import with_header
from tallystick_codegen.python.layout import ModuleId, layout_of, module_of
from tallystick_codegen.python.module import Module, import_order, render_module
from tallystick_codegen.python.names import constant_name
from tallystick_codegen.python.proto_files import proto_modules, render_files
from tallystick_codegen.python.proto_module import proto_schemas, render_proto_module
from tallystick_codegen.python.proto_view import render_view, views_of
from tallystick_codegen.python.text import WIDTH

_USED = frozenset(("confluent_kafka", "google", "hypothesis", "tallystick", "tallystick_codegen"))
_TWICE = "Import these from their own modules, since the domain has each name twice"
_DOC = "Typed messages, producers and consumers: a package for each domain, a module for each contract."


def render_package(contracts: Sequence[Contract], package: str) -> Mapping[str, str]:
    """Return each file of a package by its path. The order of the contracts makes no difference.

    Raises:
        UnsupportedSchema: a contract that Python code can't be made of.
        UsageError: the package's name is none.
    """
    fix = "see 'generate' in contracts/tally.yaml"
    if not package.isidentifier() or keyword.iskeyword(package):
        raise UsageError(f"'{package}' can't be a package in Python", fix=fix)
    if package in sys.stdlib_module_names or package in _USED:
        raise UsageError(f"'{package}' is another package's name, which the code would hide", fix=fix)
    files = {
        f"{package}/__init__.py": with_header("contracts", f'"""{_DOC}"""\n'),
        f"{package}/py.typed": with_header("contracts", ""),
    }
    ordered = sorted(contracts, key=lambda contract: contract.id)
    layout = layout_of([c for c in ordered if c.schema.format is Format.AVRO])
    protos = {module_of(c): c for c in ordered if c.schema.format is Format.PROTOBUF}
    rendered, proto_files = _protobuf(protos, package)
    files |= proto_files
    folders = {**{module: contract.folder for module, contract in protos.items()}, **layout.folders}
    rendered |= {module: render_module(layout, module, package) for module in layout.types}
    for domain, group in groupby(sorted(rendered), key=lambda module: module[0]):
        modules = {name: rendered[domain, name] for _, name in group}
        folder = f"{package}/{domain}"
        files |= {f"{folder}/{name}.py": module.text for name, module in modules.items()}
        init = _init(f"{package}.{domain}", {name: module.names for name, module in modules.items()})
        source = next(str(PurePosixPath(folders[domain, name]).parent) for name in modules)
        doc = f'"""Contracts of the domain {PurePosixPath(source).name}."""'
        files[f"{folder}/__init__.py"] = with_header(source, f"{doc}\n\n{init}")
    with_values = {module: c for module, c in layout.contracts.items() if module not in layout.readers} | protos
    if with_values:
        files[f"{package}/testing.py"] = with_header("contracts", _testing(with_values, package))
    return dict(sorted(files.items()))


def _protobuf(contracts: Mapping[ModuleId, Contract], package: str) -> tuple[dict[ModuleId, Module], dict[str, str]]:
    """Return the modules of contracts in Protobuf, and the files that these are made of."""
    views = dict(views_of(contracts))
    schemas = {module: [schema for _, schema in proto_schemas(c)] for module, c in contracts.items()}
    schemas |= {module: [view.schema] for module, view in views.items()}
    roots = {several[0].file.name: module for module, several in schemas.items()}
    modules = proto_modules(roots, [one.file for several in schemas.values() for one in several], package)
    made = {module: render_proto_module(contract, modules) for module, contract in contracts.items()}
    made |= {module: render_view(view, modules) for module, view in views.items()}
    return made, dict(render_files(modules))


def _testing(topics: Mapping[ModuleId, Contract], package: str) -> str:
    """Return the module of values for tests."""
    modules = {f"{package}.{domain}.{name}": contract for (domain, name), contract in sorted(topics.items())}
    imports = "".join(f"import {module}\n" for module in modules)
    constants = "".join(f"    {module}.{constant_name(contract)},\n" for module, contract in modules.items())
    return f'''\
"""Values for tests, for each type of the package: `valid` for Hypothesis, `fake` and `fakes` plausible ones.

They need Hypothesis and Faker: pip install 'tallystick[testing]'
"""

from __future__ import annotations

from typing import Final

from tallystick.testing.catalog import Catalog

{imports}
CATALOG: Final = Catalog(
{constants})
valid = CATALOG.valid
fake = CATALOG.fake
fakes = CATALOG.fakes
'''


def _init(package: str, modules: Mapping[str, Sequence[str]]) -> str:
    """Return imports of all names that mean one thing in a domain: neither two classes nor a module, too."""
    count = Counter([*modules, *(name for names in modules.values() for name in names)])
    imports, listed = "", ""
    for module, names in modules.items():
        lines = "".join(f"    {name},\n" for name in sorted(names, key=import_order) if count[name] == 1)
        imports += f"from {package}.{module} import (\n{lines})\n" if lines else ""
    for name in sorted((n for n in count if count[n] == 1 and n not in modules), key=import_order):
        listed += f'    "{name}",\n'
    twice = sorted((n for n in count if count[n] > 1), key=import_order)
    note = f"{_TWICE}: {', '.join(twice)}."
    comment = textwrap.fill(note, WIDTH, initial_indent="# ", subsequent_indent="# ") + "\n" if twice else ""
    return f"{comment}{imports}\n__all__ = [\n{listed}]\n"


def names_twice(text: str) -> str:
    """Return the names that the `__init__.py` of a domain leaves to its modules; empty if there are none."""
    comment = " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
    found = re.search(f"{_TWICE}: ([^.]+)", comment)
    return found[1] if found else ""
