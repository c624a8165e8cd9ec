"""The .proto files of a workspace by package and by folder: what lint rules about more than one file ask."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.protoc import OWN


@dataclass(frozen=True, eq=False)
class ProtoPackages:
    """Files that belong together, protoc's own left out. Asked as often as you like, each index is made once."""

    files: tuple[ProtoFile, ...]

    @classmethod
    def of(cls, files: Iterable[ProtoFile]) -> ProtoPackages:
        """Return the packages of some files, by name, protoc's own left out."""
        own = (file for file in files if not file.name.startswith(OWN))
        return cls(tuple(sorted(own, key=lambda file: file.name)))

    @cached_property
    def by_name(self) -> Mapping[str, tuple[ProtoFile, ...]]:
        """Return the files of each package; those without one are under the empty name."""
        return self._grouped(lambda file: file.package)

    @cached_property
    def by_folder(self) -> Mapping[str, tuple[ProtoFile, ...]]:
        """Return the files of each folder."""
        return self._grouped(lambda file: file.name.rpartition("/")[0])

    @cached_property
    def imports(self) -> Mapping[str, frozenset[str]]:
        """Return the other packages that each one imports."""
        return {
            package: frozenset(one.file.package for file in files for one in file.imports) - {package, ""}
            for package, files in self.by_name.items()
        }

    @cached_property
    def has_circle(self) -> bool:
        """Say whether any packages import each other."""
        try:
            TopologicalSorter(self.imports).prepare()
        except CycleError:
            return True
        return False

    def way(self, start: str, end: str) -> tuple[str, ...]:
        """Return the shortest way by imports from one package to another, both included; empty if there is none."""
        before = {start: start}
        waiting = deque([start])
        while waiting and end not in before:
            package = waiting.popleft()
            for other in sorted(self.imports.get(package, frozenset()) - before.keys()):
                before[other] = package
                waiting.append(other)
        if end not in before:
            return ()
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return tuple(reversed(way))

    def _grouped(self, key: Callable[[ProtoFile], str]) -> Mapping[str, tuple[ProtoFile, ...]]:
        grouped: dict[str, list[ProtoFile]] = {}
        for file in self.files:
            grouped.setdefault(key(file), []).append(file)
        return {name: tuple(files) for name, files in grouped.items()}
