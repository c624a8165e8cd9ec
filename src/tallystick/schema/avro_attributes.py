"""Read the attributes that several kinds of Avro type share: names, aliases, docs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from tallystick.errors import InvalidAvro
from tallystick.schema.avro_defaults import shown
from tallystick.schema.avro_names import NAME, SPACE, full_name, joined
from tallystick.schema.json_text import escape
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, Place


class Attributes:
    """Attributes of the types of one document. What is wrong is an error at its pointer."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def fail(self, pointer: str, problem: str, *, fix: str | None = None) -> NoReturn:
        """Raise InvalidAvro at a pointer."""
        span = locate(Place(self.document, pointer))
        raise InvalidAvro(problem, file=span.file, line=span.line, column=span.column, fix=fix)

    def _names(self, value: dict[str, Any], pointer: str, namespace: str) -> dict[str, Any]:
        self._name(value, pointer, dotted=True)
        declared = value.get("namespace")
        if declared is not None and not isinstance(declared, str):
            self.fail(f"{pointer}/namespace", f"expected a namespace, got {shown(declared)}")
        if declared and "." not in value["name"]:
            self._check_spaces(declared.split("."), f"{pointer}/namespace")
        name = full_name(value, namespace) or ""
        self._check_full_name(name, f"{pointer}/name")
        aliases = self._aliases(value, pointer, name.rpartition(".")[0])
        return {
            "place": Place(self.document, pointer),
            "name": name,
            "aliases": aliases,
            "doc": self._doc(value, pointer),
        }

    def _name(self, value: dict[str, Any], pointer: str, *, dotted: bool = False) -> str:
        name = value.get("name")
        if not isinstance(name, str):
            self.fail(pointer, f"expected a 'name', got {shown(name)}")
        if not dotted:
            self._check_name(name, f"{pointer}/name")
        return name

    def _aliases(self, value: dict[str, Any], pointer: str, namespace: str | None = None) -> tuple[str, ...]:
        """Return aliases: of a field; or, in full, of a named type in a namespace. One that stands twice counts once."""
        if "aliases" not in value:
            return ()
        aliases = self._strings(value, "aliases", pointer)
        if namespace is not None:
            aliases = [alias if "." in alias else joined(namespace, alias) for alias in aliases]
        for index, alias in enumerate(aliases):
            check = self._check_name if namespace is None else self._check_full_name
            check(alias, f"{pointer}/aliases/{index}")
        return tuple(dict.fromkeys(aliases))

    def _check_full_name(self, name: str, pointer: str) -> None:
        *spaces, last = name.split(".")
        self._check_spaces(spaces, pointer)
        self._check_name(last, pointer)

    def _check_spaces(self, spaces: Iterable[str], pointer: str) -> None:
        for space in spaces:
            if not SPACE.match(space):
                fix = "use words of letters, digits and _, with a dot between"
                self.fail(pointer, f"'{space}' is not part of a namespace", fix=fix)

    def _check_name(self, name: str, pointer: str) -> None:
        if not NAME.match(name):
            fix = "use letters, digits and _, and do not begin with a digit"
            self.fail(pointer, f"'{name}' is not a name", fix=fix)

    def _strings(self, value: dict[str, Any], key: str, pointer: str) -> list[str]:
        listed = value.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self.fail(f"{pointer}/{escape(key)}", f"expected a list of strings, got {shown(listed)}")
        return listed

    def _doc(self, value: dict[str, Any], pointer: str) -> str | None:
        doc = value.get("doc")
        if doc is not None and not isinstance(doc, str):
            self.fail(f"{pointer}/doc", f"expected a text, got {shown(doc)}")
        return doc
