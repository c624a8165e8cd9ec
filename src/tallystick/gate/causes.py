"""Say of a file that can't be read any more which other file the change took something from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from tallystick.contract.model import AnySchema
from tallystick.contract.workspace import Workspace
from tallystick.errors import InputError
from tallystick.rulekit.finding import Finding, finding_of_error
from tallystick.schema.protobuf_types import ProtoFile, ProtoMessage, ProtoScope
from tallystick.schema.types import Format, Place

_MISSING = (
    re.compile(r"\"(?P<name>[\w.]+)\" is not defined"),
    re.compile(r"Option \"\((?P<name>[\w.]+)\)\" unknown"),
    re.compile(r"unknown type '(?P<name>[\w.]+)'"),
)
_NO_FILE = re.compile(r"there is no file '(?P<file>[^']+)' to import")


def with_causes(problems: Iterable[InputError], before: Workspace | None) -> list[Finding]:
    """Return what can't be read as findings; `before` is the baseline, where it holds files."""
    causes = _Causes(before) if before is not None else None
    return [_explained(problem, causes) for problem in problems]


def _explained(problem: InputError, causes: _Causes | None) -> Finding:
    finding = finding_of_error(problem)
    if causes is None:
        return finding
    if (found := _NO_FILE.search(problem.message)) and found["file"] in causes.files:
        path = causes.files[found["file"]]
        return replace(
            finding, message=f"'{path}' is gone in this change, and this file imports it", fix=f"restore {path}"
        )
    for pattern in _MISSING:
        if found := pattern.search(problem.message):
            place = causes.place_of(found["name"], problem.file)
            if place is not None:
                path = place.document.path
                message = f"'{found['name']}' was in {path} before this change, and is not any more"
                return replace(finding, message=message, was=place, fix="define it there again, as it was")
    return finding


class _Causes:
    """What the files of a baseline defined."""

    def __init__(self, before: Workspace) -> None:
        self._before = before

    def place_of(self, name: str, file: str) -> Place | None:
        """Return where another file than this one defined a name; it may lack its namespace."""
        ending = f".{name.lstrip('.')}"
        found = (place for known, place in self._places.items() if f".{known}".endswith(ending))
        return next((place for place in found if place.document.path != file), None)

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Return the path of each .proto file, by the name that others import it by."""
        return {file.name: file.described.path for file in self._protos}

    @cached_property
    def _places(self) -> Mapping[str, Place]:
        avro = {k.name: k.place for s in self._schemas if s.format is Format.AVRO for k in s.named.values()}
        return avro | {name: place for file in self._protos for name, place in _defined(file)}

    @cached_property
    def _schemas(self) -> list[AnySchema]:
        pairs = ((contract.schema, contract.key.schema) for contract in self._before.contracts)
        return [schema for pair in pairs for schema in pair if schema is not None]

    @cached_property
    def _protos(self) -> list[ProtoFile]:
        roots = [schema.file for schema in self._schemas if schema.format is Format.PROTOBUF]
        return list({file.name: file for root in roots for file in root.closure()}.values())


def _defined(file: ProtoFile) -> Iterator[tuple[str, Place]]:
    """Yield each type and each extension of a file by its full name."""
    scopes: list[tuple[str, ProtoScope]] = [(file.package, file)]
    for kind in file.types():
        yield kind.name, kind.place
        if isinstance(kind, ProtoMessage):
            scopes.append((kind.name, kind))
    for name, scope in scopes:
        yield from ((f"{name}.{one.name}".lstrip("."), one.place) for one in scope.extensions)
