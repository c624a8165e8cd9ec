"""Compile many sets of .proto files that may not know of each other, in as few runs of protoc as possible."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tallystick.errors import InputError
from tallystick.schema.protobuf import compiled, problems
from tallystick.schema.protobuf_builder import Builder
from tallystick.schema.protobuf_reader import imported_by
from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.protoc import OWN, Complaint
from tallystick.schema.types import Document

_NOISE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_STRUCTURE = re.compile(r"[{}]|\b(package|message|enum|service)\s+([\w.]+)")

_Read = tuple[Mapping[str, ProtoFile], list[InputError]]


class ProtoBatches:
    """Sets of files, which are compiled together where they can be. The first question compiles all that was added."""

    def __init__(self) -> None:
        self._sets: list[Mapping[str, Document]] = []
        self._waiting: list[int] = []
        self._read: dict[int, _Read] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._built: dict[tuple[Any, ...], ProtoFile] = {}

    def add(self, files: Mapping[str, Document]) -> int:
        """Add a set of files by the names that they import each other by; return what to ask for it by."""
        self._sets.append(files)
        self._waiting.append(len(self._sets) - 1)
        return self._waiting[-1]

    def files(self, handle: int) -> Mapping[str, ProtoFile]:
        """Return the files of a set that compile, and those of protoc that they import."""
        return self._compiled(handle)[0]

    def problems(self, handle: int) -> list[InputError]:
        """Return what is wrong with the others."""
        return self._compiled(handle)[1]

    def _compiled(self, handle: int) -> _Read:
        if handle not in self._read:
            waiting, self._waiting = self._waiting, []
            alone = self._run(self._packed(waiting))
            self._run([_Batch(dict(self._texts(one)), [one]) for one in alone])
        return self._read[handle]

    def _texts(self, handle: int) -> Iterator[tuple[str, str]]:
        return ((name, document.text) for name, document in self._sets[handle].items())

    def _packed(self, handles: Iterable[int]) -> list[_Batch]:
        """Put each set into the first batch that has nothing against it."""
        batches: list[_Batch] = []
        for handle in handles:
            texts = dict(self._texts(handle))
            defined = {name: file for file, text in texts.items() for name in self._definitions(text)}
            batch = next((batch for batch in batches if batch.takes(texts, defined)), None)
            if batch is None:
                batch = _Batch()
                batches.append(batch)
            batch.texts.update(texts)
            batch.defined.update(defined)
            batch.handles.append(handle)
        return batches

    def _definitions(self, text: str) -> tuple[str, ...]:
        if text not in self._names:
            self._names[text] = tuple(_definitions(text))
        return self._names[text]

    def _run(self, batches: list[_Batch]) -> list[int]:
        """Compile batches, and return the sets that have to be compiled alone."""
        again: list[int] = []
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for batch, (descriptors, complaints) in zip(
                batches, threads.map(lambda batch: compiled(batch.texts), batches), strict=True
            ):
                made = _Compiled(descriptors, complaints)
                for handle in batch.handles:
                    if len(batch.handles) > 1 and made.mixes(self._sets[handle]):
                        again.append(handle)
                    else:
                        self._read[handle] = self._build(self._sets[handle], made)
        return again

    def _build(self, files: Mapping[str, Document], made: _Compiled) -> _Read:
        """Make the files of a set. Sets share what is the same: text, path, and all that it imports."""
        builder = Builder()
        built: dict[str, ProtoFile] = {}
        for name in made.needed(files):
            descriptor = made.descriptors[name]
            path = files[name].path if name in files else name
            imports = [built[one] for one in imported_by(descriptor)]
            key = (name, path, files[name].text if name in files else "", *imports)
            found = self._built.get(key)
            if found is None:
                found = self._built[key] = builder.file(descriptor, files.get(name))
            else:
                builder.reuse(found)
            built[name] = found
        return built, problems([one for name in files for one in made.complaints.get(name, ())], files)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Sets that are compiled together: their texts by name, and which of these defines a name."""

    texts: dict[str, str] = field(default_factory=dict)
    handles: list[int] = field(default_factory=list)
    defined: dict[str, str] = field(default_factory=dict)

    def takes(self, texts: Mapping[str, str], defined: Mapping[str, str]) -> bool:
        """Say whether these can stand beside what is here."""
        return all(self.texts.get(name, text) == text for name, text in texts.items()) and all(
            self.defined.get(name, file) == file for name, file in defined.items()
        )


class _Compiled:
    """What protoc made of a batch, by name of the file."""

    def __init__(self, descriptors: Iterable[Any], complaints: Iterable[Complaint]) -> None:
        self.descriptors = {descriptor.name: descriptor for descriptor in descriptors}
        self.complaints: dict[str, list[Complaint]] = {}
        for complaint in complaints:
            self.complaints.setdefault(complaint.file, []).append(complaint)
        self._order = {name: at for at, name in enumerate(self.descriptors)}

    def mixes(self, files: Mapping[str, Document]) -> bool:
        """Say whether other sets had a part in what became of these files."""
        found = (complaint for name in files for complaint in self.complaints.get(name, ()))
        blamed = {one for complaint in found for one in (complaint.other, complaint.imported) if one is not None}
        imports = {one for name in files if name in self.descriptors for one in imported_by(self.descriptors[name])}
        return any(name not in files and not name.startswith(OWN) for name in blamed | imports)

    def needed(self, files: Mapping[str, Document]) -> list[str]:
        """Return the files of a set that compiled, and those of protoc that they need, in the order of imports."""
        needed: set[str] = set()
        waiting = [name for name in files if name in self.descriptors]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += imported_by(self.descriptors[name])
        return sorted(needed, key=self._order.__getitem__)


def _definitions(text: str) -> Iterator[str]:
    """Yield the full names of what a file defines at its top: near enough to see which files can't stand together."""
    depth, prefix = 0, ""
    for found in _STRUCTURE.finditer(_NOISE.sub(" ", text)):
        word, name = found.groups()
        if word is None:
            depth += 1 if found[0] == "{" else -1
        elif depth == 0 and word == "package":
            prefix = f"{name}."
        elif depth == 0:
            yield prefix + name
