"""Say of a file that can't be read any more which other file the change took something from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

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


def with_causes(now: Workspace, before: Workspace | None) -> list[Finding]:
    """Return what can't be read as findings; `before` is the baseline, where it holds files."""
    if before is None:
        return [finding_of_error(problem) for problem in now.problems]
    causes = _Causes(now, before)
    return [replace(finding_of_error(problem), **causes.of(problem)) for problem in now.problems]


class _Causes:
    """What the files of a baseline defined, and what became of these files."""

    def __init__(self, now: Workspace, before: Workspace) -> None:
        self._now = now
        self._broken = {problem.file for problem in now.problems}
        self._before = before

    def of(self, problem: InputError) -> dict[str, Any]:
        """Return what a finding says of a problem that comes from another file; nothing if it comes from none."""
        if found := _NO_FILE.search(problem.message):
            path = self._path(found["file"], problem.file)
            if path is None or path in self._now.paths:
                return {}
            return {"message": f"'{path}' is gone in this change, and this file imports it"} | _restore(path)
        named = filter(None, (pattern.search(problem.message) for pattern in _MISSING))
        places = ((found["name"], self._place_of(found["name"], problem.file)) for found in named)
        return next((self._lost(name, place) for name, place in places if place is not None), {})

    def _lost(self, name: str, place: Place) -> dict[str, Any]:
        """Return what to say of a name that other files know from this place."""
        path = place.document.path
        if path not in self._now.paths:
            return {"message": f"'{name}' was in {path}, which is gone in this change", "was": place} | _restore(path)
        if path in self._broken:
            return {"message": f"it needs '{name}' of {path}, which has errors", "fix": "mend that file first"}
        message = f"'{name}' was in {path} before this change, and is not any more"
        return {"message": message, "was": place, "fix": "define it there again, as it was"}

    def _path(self, imported: str, importer: str) -> str | None:
        """Return the path of a file that the baseline had: .proto files are imported by name, .avdl relative to the importer."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), imported))
        return self._files.get(imported) or (path if path in self._before.paths else None)

    def _place_of(self, name: str, file: str) -> Place | None:
        """Return where another file than this one defined a name; it may lack its namespace."""
        ending = f".{name.lstrip('.')}"
        found = (place for known, place in self._places.items() if f".{known}".endswith(ending))
        return next((place for place in found if place.document.path != file), None)

    @cached_property
    def _files(self) -> Mapping[str, str]:
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


def _restore(path: str) -> dict[str, Any]:
    return {"fix": f"restore {path}"}


def _defined(file: ProtoFile) -> Iterator[tuple[str, Place]]:
    """Yield each type and each extension of a file by its full name."""
    scopes: list[tuple[str, ProtoScope]] = [(file.package, file)]
    for kind in file.types():
        yield kind.name, kind.place
        if isinstance(kind, ProtoMessage):
            scopes.append((kind.name, kind))
    for name, scope in scopes:
        yield from ((f"{name}.{one.name}".lstrip("."), one.place) for one in scope.extensions)
