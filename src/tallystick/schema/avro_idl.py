"""Read Avro IDL as the JSON that says the same, with the place of each part: Avro 1.12 specification, "IDL Language"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from tallystick.schema.idl_json import MAX_DEPTH, At, JsonReader
from tallystick.schema.idl_tokens import Token, fail
from tallystick.schema.json_text import Position, Positions, escape
from tallystick.schema.types import Document

_PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_LOGICAL = {
    "date": ("int", "date"),
    "time_ms": ("int", "time-millis"),
    "timestamp_ms": ("long", "timestamp-millis"),
    "local_timestamp_ms": ("long", "local-timestamp-millis"),
    "uuid": ("string", "uuid"),
}
# Attributes that have a meaning, and so can't be annotations of one's own.
_OF_TYPES = {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
_OF_NAMED = {**dict.fromkeys(["record", "error", "fixed"], _OF_TYPES), "enum": _OF_TYPES | {"default"}}
_OF_FIELDS = {"default", "doc", "name", "type"}


@dataclass(frozen=True, slots=True)
class Import:
    """An import: of what kind (idl, protocol or schema), from where (relative to its file), and where it stands."""

    kind: str
    path: str
    position: Position


@dataclass(frozen=True, slots=True)
class IdlFile:
    """A file. `value` is a protocol in JSON (`namespace`, `types`), with `schema` where one is declared."""

    value: Any
    positions: Mapping[str, Position]
    imports: tuple[Import, ...]


class _Kind(NamedTuple):
    """A type. `is_optional` is a question mark's."""

    node: At
    is_optional: bool = False


@lru_cache(maxsize=256)
def read_idl(document: Document) -> IdlFile:
    """Return what an IDL text says.

    Raises:
        InvalidIdl: with line and column.
    """
    reader = _Reader(document)
    node = reader.file()
    starts: dict[str, int] = {}
    value = _flat(node, "", starts)
    imports = tuple(Import(kind, path, Positions(document.text, {"": at})[""]) for kind, path, at in reader.imports)
    return IdlFile(value, Positions(document.text, starts), imports)


def _flat(node: At, pointer: str, starts: dict[str, int]) -> Any:
    starts[pointer] = node.at
    if isinstance(node.value, dict):
        return {key: _flat(item, f"{pointer}/{escape(key)}", starts) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [_flat(item, f"{pointer}/{index}", starts) for index, item in enumerate(node.value)]
    return node.value


class _Reader(JsonReader):
    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._types: list[At] = []
        self.imports: list[tuple[str, str, int]] = []

    def file(self) -> At:
        value: dict[str, At] = {"types": At(0, self._types)}
        doc, notes = self._token.doc, self._annotations(set())
        if self._takes("protocol"):
            self._protocol(value, notes)
        else:
            if not notes and self._takes("namespace"):
                value["namespace"] = self._name()
                self._sign(";")
            if not notes and self._takes("schema"):
                value["schema"] = _nullable(self._full_type(), has_value=False)
                self._sign(";")
            while notes or self._token.kind != "end":
                # What was read above, to look for a protocol, belongs to the first type.
                doc, notes = (doc, notes) if notes else (self._token.doc, self._annotations(set()))
                self._declaration(notes, doc)
                notes = {}
        if self._token.kind != "end":
            self._fail("expected the end of the file")
        return At(0, value)

    def _protocol(self, value: dict[str, At], notes: dict[str, At]) -> None:
        name = self._name()
        if "." in name.value:
            notes = {**notes, "namespace": At(name.at, name.value.rpartition(".")[0])}
        value |= {key: notes[key] for key in ("namespace",) if key in notes}
        self._sign("{")
        while not self._takes("}"):
            start, doc = self._token, self._token.doc
            notes = self._annotations(set())
            if start.kind == "end":
                self._fail("expected '}' at the end of the protocol", fix="write } here")
            if self._token.text in ("import", *_OF_NAMED):
                self._declaration(notes, doc)
            else:
                self._message()

    def _declaration(self, notes: dict[str, At], doc: str | None) -> None:
        word = self._token
        readers: Mapping[str, Callable[[], dict[str, At]]] = {
            "record": self._record, "error": self._record, "enum": self._enum, "fixed": self._fixed,
        }  # fmt: skip
        if not notes and self._takes("import"):
            self._import()
            return
        if word.text not in readers:
            self._fail("expected record, enum, fixed, error or import")
        for key, note in notes.items():
            if key in _OF_NAMED[word.text] - {"namespace", "aliases"}:
                self._fail_reserved(key, note.at)
        self._next()
        name = self._name()
        if name.value.rpartition(".")[2] in _LOGICAL:
            fail(self._document, name.at, f"'{name.value}' is the name of a logical type")
        head = {"type": At(word.at, word.text), "name": name} | ({} if doc is None else {"doc": At(word.at, doc)})
        self._types.append(At(word.at, head | readers[word.text]() | notes))

    def _import(self) -> None:
        kind = self._token
        if kind.text not in ("idl", "protocol", "schema"):
            self._fail("expected idl, protocol or schema")
        self._next()
        path = self._string()
        self.imports.append((kind.text, path.value, path.at))
        self._sign(";")

    def _record(self) -> dict[str, At]:
        at, fields = self._token.at, list[At]()
        self._sign("{")
        while not self._takes("}"):
            if self._token.text in _OF_NAMED or self._token.kind == "end":
                self._fail("expected '}' at the end of the record", fix="write } before this")
            doc, kind = self._token.doc, self._full_type()
            fields.append(self._variable(kind, doc))
            while self._takes(","):
                fields.append(self._variable(kind, doc))
            self._sign(";")
        return {"fields": At(at, fields)}

    def _variable(self, kind: _Kind, doc: str | None) -> At:
        doc = doc if self._token.doc is None else self._token.doc
        notes = self._annotations(_OF_FIELDS)
        if "order" in notes and isinstance(notes["order"].value, str):
            notes["order"] = At(notes["order"].at, notes["order"].value.lower())
        name = self._name()
        default = self._json() if self._takes("=") else None
        field = {"name": name, "type": _nullable(kind, has_value=default is not None and default.value is not None)}
        field |= {} if doc is None else {"doc": At(name.at, doc)}
        return At(name.at, field | ({} if default is None else {"default": default}) | notes)

    def _enum(self) -> dict[str, At]:
        at, symbols = self._token.at, list[At]()
        self._sign("{")
        while not self._takes("}"):
            if symbols and not self._takes(","):
                self._fail("expected ',' or '}'", fix="write , for one more symbol, or } to end the enum")
            symbols += self._plain_words()
            self._annotations(set())  # on a symbol: the language has them, schemas have no place for them
            symbols.append(self._name())
        if not self._takes("="):
            return {"symbols": At(at, symbols)}
        default = self._name()
        self._sign(";")
        return {"symbols": At(at, symbols), "default": default}

    def _fixed(self) -> dict[str, At]:
        self._sign("(")
        size = self._integer()
        self._sign(")")
        self._sign(";")
        return {"size": size}

    def _message(self) -> None:
        """Pass over a message: it is checked as a text, and no schema has it."""
        result = self._token
        self._type({})
        self._name()
        self._sign("(")
        while not self._takes(")"):
            self._variable(self._full_type(), None)
            if self._token.text != ")":
                self._sign(",")
        if self._takes("oneway"):
            if result.text != "void":
                fail(self._document, result.at, "a one-way message must return void")
        elif self._takes("throws"):
            self._name()
            while self._takes(","):
                self._name()
        self._sign(";")

    def _full_type(self) -> _Kind:
        return self._type(self._annotations(_OF_TYPES))

    def _type(self, notes: dict[str, At]) -> _Kind:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            fail(self._document, self._token.at, f"nested more than {MAX_DEPTH} levels deep")
        word, name = self._token, self._name(what="a type")
        kind = self._plain(word, name, notes)
        self._depth -= 1
        return kind

    def _plain(self, word: Token, name: At, notes: dict[str, At]) -> _Kind:
        of = At(word.at, word.text)
        if word.text in ("array", "map") and self._takes("<"):
            inner = _nullable(self._full_type(), has_value=False)
            self._sign(">")
            return _Kind(At(word.at, {"type": of, "items" if word.text == "array" else "values": inner} | notes))
        if word.text == "union" and self._takes("{"):
            branches = [_nullable(self._full_type(), has_value=False)]
            while self._takes(","):
                branches.append(_nullable(self._full_type(), has_value=False))
            self._sign("}")
            return _Kind(At(word.at, branches))  # its annotations are lost, as in Java: a union in JSON is a list
        if word.text == "decimal":
            node = At(word.at, self._decimal(word) | notes)
        elif word.text in _LOGICAL:
            base, logical = (At(word.at, text) for text in _LOGICAL[word.text])
            node = At(word.at, {"type": base, "logicalType": logical} | notes)
        elif word.text in _PRIMITIVES:
            node = At(word.at, {"type": of} | notes) if notes else of
        else:
            for note in notes.values():
                fail(self._document, note.at, f"'{name.value}' is defined elsewhere: it can't be annotated here")
            node = name
        return _Kind(node, is_optional=self._takes("?"))

    def _decimal(self, word: Token) -> dict[str, At]:
        self._sign("(")
        precision = self._integer()
        scale = self._integer() if self._takes(",") else At(word.at, 0)
        numbers = {"precision": precision, "scale": scale}
        self._sign(")")
        return {"type": At(word.at, "bytes"), "logicalType": At(word.at, "decimal")} | numbers


def _nullable(kind: _Kind, *, has_value: bool) -> At:
    """Return a type; where it has a question mark, as a union with null, which is second if the default is a value."""
    if not kind.is_optional:
        return kind.node
    null = At(kind.node.at, "null")
    return At(kind.node.at, [kind.node, null] if has_value else [null, kind.node])
