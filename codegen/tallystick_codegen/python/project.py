"""A package as a project that can be built, published and pinned: its version follows from the contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from tallystick import __version__
from tallystick.contract.model import Contract
from tallystick.contract.workspace import Workspace
from tallystick.expressions.of_schema import of_schema
from tallystick.expressions.rule import needs_library
from tallystick_codegen.header import as_markdown, with_header
from tallystick_codegen.python.layout import module_of
from tallystick_codegen.python.names import root_name

_SOURCE = "contracts"


def project_version(workspace: Workspace, unreleased: Sequence[str], repeat: int = 0) -> str:
    """Return the version (PEP 440) of a workspace's package; `unreleased` are the contracts that changed since their release.

    The first number goes up with each major version of a contract, the second with each release of one: so both only
    ever grow, and a package with one number can stand for one state of the contracts. What is not released yet makes a
    development version of the next one. `repeat` counts how often the same contracts were published before.
    """
    versions = {
        contract.id: [
            *(release.contract.version for release in workspace.released(contract.id)),
            *([contract.version] if contract.id in unreleased else []),
        ]
        for contract in workspace.contracts
    }
    majors = sum(_major(known[-1]) - _major(known[0]) for known in versions.values() if known)
    number = f"{1 + majors}.{sum(map(len, versions.values()))}.0"
    return f"{number}{f'.post{repeat}' if repeat else ''}{'.dev0' if unreleased else ''}"


def render_project(
    contracts: Sequence[Contract], package: str, version: str, changelog: Mapping[str, Sequence[str]]
) -> Mapping[str, str]:
    """Return the files of a project, without its package; `changelog` has the lines of each contract by its id."""
    name = package.replace("_", "-")
    return {
        "pyproject.toml": with_header(_SOURCE, _pyproject(name, package, version, contracts)),
        "README.md": as_markdown(_SOURCE, _readme(name, package, version, contracts)),
        "CHANGELOG.md": as_markdown(_SOURCE, _changelog(name, version, changelog)),
    }


def _pyproject(name: str, package: str, version: str, contracts: Sequence[Contract]) -> str:
    extra = "[cel]" if any(map(_needs_library, contracts)) else ""
    return f"""
[build-system]
requires = ["hatchling>=1.27,<2"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
description = "Typed Kafka messages, producers and consumers, generated from contracts."
readme = "README.md"
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload", "Typing :: Typed"]
dependencies = ["tallystick{extra}{_compatible()}"]

[project.optional-dependencies]
testing = ["tallystick[testing]{_compatible()}"]

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]

[tool.hatch.build.targets.sdist]
include = ["/src/{package}", "/CHANGELOG.md"]
"""


def _needs_library(contract: Contract) -> bool:
    kind = of_schema(contract.schema)
    return any(needs_library(rule.condition or "", kind) for rule in contract.client_rules)


def _compatible() -> str:
    """Return the versions of tallystick that the generated code runs with: from the one that wrote it on."""
    major, minor, *_ = __version__.split(".")
    following = f"{int(major) + 1}" if int(major) else f"0.{int(minor) + 1}"
    return f">={__version__},<{following}"


def _readme(name: str, package: str, version: str, contracts: Sequence[Contract]) -> str:
    rows = "".join(
        f"| {contract.id} | {contract.version} | {contract.topic.name} | "
        f"`from {package}.{module_of(contract)[0]} import {root_name(contract)}` |\n"
        for contract in contracts
    )
    return f"""
# {name} {version}

Typed Kafka messages, producers and consumers, generated from contracts.
What changed is in CHANGELOG.md.

| contract | version | topic | message |
|---|---|---|---|
{rows}
`{name}[testing]` brings what `{package}.testing` needs: values of each type for tests.
"""


def _changelog(name: str, version: str, changelog: Mapping[str, Sequence[str]]) -> str:
    sections = ([f"## {id_}", "", *lines] for id_, lines in changelog.items())
    return "\n".join(["", f"# Changelog of {name}", "", f"As of {version}, by contract.", "", *chain(*sections)])


def _major(version: str) -> int:
    return int(version.partition(".")[0])
