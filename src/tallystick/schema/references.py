"""Let schema files use the types of other schema files: which file defines a name, and which must be read first."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, NoReturn

from tallystick.errors import InputError, InvalidAvro
from tallystick.schema.avro import is_protocol, parse_avro, parse_types, read_declarations
from tallystick.schema.avro_names import PRIMITIVES, full_name, possible_names
from tallystick.schema.json_text import Position
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, NamedType, Place, Schema

SUFFIXES = (".avsc", ".avdl", ".avpr")
_IMPORTED = {"idl": ".avdl", "protocol": ".avpr", "schema": ".avsc"}


@dataclass(frozen=True, slots=True)
class _Outline:
    """What a file defines, and what it uses: the names that each use may mean, by where it stands."""

    document: Document
    defines: dict[str, str] = field(default_factory=dict)
    uses: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Library:
    """Schema files by path, and `read` to get one. Only what is asked for gets parsed, and only once.

    JSON finds a type wherever it is defined, IDL only in what it imports.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], Document]) -> None:
        self._paths = tuple(path for path in paths if path.endswith(SUFFIXES))
        self._read = read
        self._documents: dict[str, Document] = {}
        self._outlines: dict[str, _Outline] = {}
        self._types: dict[str, Mapping[str, NamedType]] = {}

    def schema(self, path: str, main: str | None = None) -> Schema:
        """Return the schema of a file; `main` names it among the types of an IDL file.

        Raises:
            InputError: this file, or one that it needs, can't be read, is no schema, or needs itself.
        """
        if path.endswith(".avsc"):
            # Most files need no other one. Those that do are refused here, at the first name that they do not define.
            with suppress(InvalidAvro):
                return parse_avro(self._document(path))
        known, needed = self._known(path)
        schema = parse_avro(self._outline(path).document, known, main=main)
        documents = [self._outline(other).document for other in sorted(needed | self._imports(path)) if other != path]
        return replace(schema, files=tuple(documents))

    def types(self, path: str) -> Mapping[str, NamedType]:
        """Return the named types that a file defines.

        Raises:
            InputError: see `schema`.
        """
        if path not in self._types:
            known, _ = self._known(path)
            self._types[path] = parse_types(self._outline(path).document, known)
        return self._types[path]

    def _check_spelt(self, path: str, pointer: str, names: Sequence[str]) -> None:
        """Refuse a name that no file defines, where one defines a name that is nearly the same: in another namespace, say."""
        short = {name.rpartition(".")[2] for name in names}
        near = [name for name in self._all_owners if name.rpartition(".")[2] in short and name not in names]
        near = near or get_close_matches(names[0], self._all_owners, n=1, cutoff=0.85)
        if len(near) == 1 and not any(name in self._all_owners for name in names):
            file = self._outline(self._all_owners[near[0]][0]).document.path
            _fail(
                self._outline(path).document,
                pointer,
                f"unknown type '{names[0]}'",
                fix=f"write '{near[0]}', which {file} defines",
            )

    def defined_twice(self, prefix: str) -> Iterator[InvalidAvro]:
        """Yield a problem for each name that several files below a folder define: whoever uses it would be refused."""
        for name, owners in self._owners(path for path in self._paths if path.startswith(prefix)).items():
            for path in owners[1:]:
                outline = self._outline(path)
                span = locate(Place(outline.document, f"{outline.defines[name]}/name"))
                problem = f"'{name}' is defined in {self._outline(owners[0]).document.path}, too"
                fix = "keep one definition, or give them different names"
                yield InvalidAvro(problem, file=span.file, line=span.line, column=span.column, fix=fix)

    def _known(self, path: str) -> tuple[Mapping[str, NamedType], set[str]]:
        """Return the types of other files that one uses, and all files that it needs for them."""
        order = self._order(path)
        for other in order[:-1]:
            if other not in self._types:
                self._types[other] = parse_types(self._outline(other).document, self._named(other))
        return self._named(path), set(order)

    def _named(self, path: str) -> Mapping[str, NamedType]:
        # A name may be missing where a file is cut short of what its outline promised: the parser then says so.
        used = self._sources(path).items()
        return {name: self._types[source][name] for name, source in used if name in self._types[source]}

    def _order(self, path: str) -> list[str]:
        """Return all files that one needs, and itself last."""
        needs: dict[str, list[str]] = {}
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current not in needs:
                needs[current] = sorted(set(self._sources(current).values()))
                waiting += needs[current]
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            self._fail_cycle(error.args[1][::-1])

    def _sources(self, path: str) -> dict[str, str]:
        """Return which file each foreign name that a file uses is from. Unknown names are left to the parser."""
        outline, sources = self._outline(path), dict[str, str]()
        self._imports(path)
        for pointer, names in outline.uses.items():
            for name in names:
                if name in outline.defines:
                    break
                found = self._owners_for(path).get(name, [])
                if len(found) > 1:
                    files = ", ".join(self._outline(other).document.path for other in found)
                    fix = "keep one definition, or give them different names"
                    _fail(outline.document, pointer, f"'{name}' is defined in {len(found)} files: {files}", fix=fix)
                if found:
                    sources[name] = found[0]
                    break
            else:
                self._check_imported(path, pointer, names)
                self._check_spelt(path, pointer, names)
        return sources

    def _check_imported(self, path: str, pointer: str, names: Iterable[str]) -> None:
        """Refuse an unknown name in an IDL file that another file defines: it lacks an import."""
        document = self._outline(path).document
        for name in names if path.endswith(".avdl") else ():
            for other in self._all_owners.get(name, ()):
                kind = next(kind for kind, suffix in _IMPORTED.items() if other.endswith(suffix))
                way = posixpath.relpath(other, posixpath.dirname(path))
                problem = (
                    f"'{name}' is defined in {self._outline(other).document.path}, which this file does not import"
                )
                _fail(document, pointer, problem, fix=f'add: import {kind} "{way}";')

    def _owners_for(self, path: str) -> Mapping[str, list[str]]:
        return self._owners(self._imports(path)) if path.endswith(".avdl") else self._all_owners

    @cached_property
    def _all_owners(self) -> Mapping[str, list[str]]:
        return self._owners(self._paths)

    def _owners(self, paths: Iterable[str]) -> Mapping[str, list[str]]:
        owners: dict[str, list[str]] = {}
        for path in sorted(paths):
            try:
                defined = self._outline(path).defines
            except InputError:
                continue  # whoever asks for that file itself is told
            for name in defined:
                owners.setdefault(name, []).append(path)
        return owners

    def _imports(self, path: str) -> set[str]:
        """Return all files that an IDL file imports, and those that they import."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            current = waiting.pop()
            for other in self._imported(current):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found - {path}

    def _imported(self, path: str) -> Iterator[str]:
        document = self._outline(path).document
        if not path.endswith(".avdl"):
            return
        from tallystick.schema.avro_idl import read_idl  # noqa: PLC0415  # only who has .avdl files pays for it

        for item in read_idl(document).imports:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.path))
            if not target.endswith(_IMPORTED[item.kind]):
                _fail_at(document, item.position, f"'import {item.kind}' takes a file *{_IMPORTED[item.kind]}")
            if target not in self._paths:
                fix = "the path is relative to this file, and stays inside contracts/"
                _fail_at(document, item.position, f"there is no file '{item.path}' to import", fix=fix)
            yield target

    def _outline(self, path: str) -> _Outline:
        if path not in self._outlines:
            self._outlines[path] = _outline_of(self._document(path))
        return self._outlines[path]

    def _document(self, path: str) -> Document:
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def _fail_cycle(self, cycle: list[str]) -> NoReturn:
        """Raise a finding that names each file of a cycle, from the first by name on."""
        first = cycle.index(min(cycle))
        turned = [*cycle[first:-1], *cycle[:first], cycle[first]]
        name = next(name for name, source in self._sources(turned[0]).items() if source == turned[1])
        outline = self._outline(turned[0])
        pointer = next(pointer for pointer, names in outline.uses.items() if name in names)
        files = " needs ".join(self._outline(path).document.path for path in turned)
        fix = "move what they share into a file that needs none of them"
        _fail(outline.document, pointer, f"these files need each other: {files}", fix=fix)


def _outline_of(document: Document) -> _Outline:
    value, outline = read_declarations(document), _Outline(document)
    if is_protocol(document) and isinstance(value, dict):
        space = value["namespace"] if isinstance(value.get("namespace"), str) else ""
        waiting = [("/schema", value.get("schema"), space), *_items("/types", value.get("types"), space)]
    else:
        waiting = [("", value, "")]
    while waiting:
        pointer, node, space = waiting.pop()
        if isinstance(node, str) and node not in PRIMITIVES:
            outline.uses[pointer] = possible_names(node, space)
        elif isinstance(node, list):
            waiting += _items(pointer, node, space)
        elif isinstance(node, dict):
            waiting += _inside(pointer, node, space, outline)
    return outline


def _inside(pointer: str, node: dict[str, Any], space: str, outline: _Outline) -> Iterator[tuple[str, Any, str]]:
    name = full_name(node, space)
    match node.get("type"):
        case "record" | "error" | "enum" | "fixed" if name is not None:
            outline.defines[name] = pointer
            for at, item, inner in _items(f"{pointer}/fields", node.get("fields"), name.rpartition(".")[0]):
                yield f"{at}/type", item.get("type") if isinstance(item, dict) else None, inner
        case "array":
            yield f"{pointer}/items", node.get("items"), space
        case "map":
            yield f"{pointer}/values", node.get("values"), space
        case str() as used:
            yield f"{pointer}/type", used, space


def _items(pointer: str, value: Any, space: str) -> list[tuple[str, Any, str]]:
    return [(f"{pointer}/{i}", item, space) for i, item in enumerate(value)] if isinstance(value, list) else []


def _fail(document: Document, pointer: str, problem: str, *, fix: str) -> NoReturn:
    span = locate(Place(document, pointer))
    _fail_at(document, (span.line, span.column), problem, fix=fix)


def _fail_at(document: Document, position: Position, problem: str, *, fix: str | None = None) -> NoReturn:
    raise InvalidAvro(problem, file=document.path, line=position[0], column=position[1], fix=fix)
