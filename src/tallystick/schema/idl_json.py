"""Go through the tokens of Avro IDL, and read what is JSON among them: annotations and defaults."""

from __future__ import annotations

from typing import Any, NamedTuple

from tallystick.schema.idl_tokens import Token, fail, plain_words, string_value, tokens
from tallystick.schema.types import Document

MAX_DEPTH = 100


class At(NamedTuple):
    """A piece of JSON whose parts know where they stand in the text."""

    at: int
    value: Any


class JsonReader:
    """The next token, and how to go past it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._tokens = tokens(document)
        self._token = next(self._tokens)
        self._end = 0  # of what stands before the token
        self._depth = 0

    def _annotations(self, reserved: set[str]) -> dict[str, At]:
        notes: dict[str, At] = {}
        while self._takes("@"):
            name = self._name()
            if name.value in reserved:
                self._fail_reserved(name.value, name.at)
            if name.value in notes:
                fail(self._document, name.at, f"'@{name.value}' stands twice")
            self._sign("(")
            notes[name.value] = At(name.at, self._json().value)
            self._sign(")")
        return notes

    def _fail_reserved(self, name: str, at: int) -> None:
        fail(self._document, at, f"'@{name}' can't stand here: the attribute has a meaning of its own")

    def _json(self) -> At:
        token = self._token
        self._depth += 1
        if self._depth > MAX_DEPTH:
            fail(self._document, self._token.at, f"nested more than {MAX_DEPTH} levels deep")
        if self._takes("{"):
            value: Any = self._members()
        elif self._takes("["):
            value = self._items()
        elif token.kind == "string":
            value = self._string().value
        elif token.kind == "int":
            value = self._integer().value
        elif token.kind == "float":
            value = self._float()
        elif token.text in ("true", "false", "null"):
            self._next()
            value = {"true": True, "false": False, "null": None}[token.text]
        else:
            value = self._fail("expected a value in JSON")
        self._depth -= 1
        return At(token.at, value)

    def _members(self) -> dict[str, At]:
        members: dict[str, At] = {}
        while not self._takes("}"):
            if members:
                self._sign(",")
            key = self._string()
            if key.value in members:
                fail(self._document, key.at, f"the key '{key.value}' stands twice in one object")
            self._sign(":")
            members[key.value] = At(key.at, self._json().value)
        return members

    def _items(self) -> list[At]:
        items: list[At] = []
        while not self._takes("]"):
            if items:
                self._sign(",")
            items.append(self._json())
        return items

    def _integer(self) -> At:
        token = self._expect("int", "a whole number")
        digits = token.text.rstrip("lL")
        number = digits.lstrip("-")
        base = 16 if number[:2] in ("0x", "0X") else 8 if number.startswith("0") else 10
        value = int(number, base) if len(number) < 40 else 1 << 64  # noqa: PLR2004  # int() refuses thousands of digits
        value = -value if digits.startswith("-") else value
        if not -(1 << 63) <= value < 1 << 63:
            fail(self._document, token.at, "this number is out of range")
        return At(token.at, value)

    def _float(self) -> float:
        token = self._expect("float", "a number")
        text = token.text.rstrip("fFdD") if token.text[-1] in "fFdD" else token.text
        try:
            value = float.fromhex(text) if "x" in text.lower() else float(text)
        except OverflowError:
            value = float("inf")
        if value in (float("inf"), float("-inf")) or value != value:  # noqa: PLR0124  # NaN is what differs from itself
            fail(self._document, token.at, f"'{token.text}' can't be written in JSON, and so in no schema")
        return value

    def _string(self) -> At:
        token = self._expect("string", "a string")
        return At(token.at, string_value(token, self._document))

    def _name(self, what: str = "a name") -> At:
        token = self._expect("word", what)
        return At(token.at, token.text.replace("`", ""))

    def _expect(self, kind: str, what: str) -> Token:
        token = self._token
        if token.kind != kind:
            self._fail(f"expected {what}")
        self._next()
        return token

    def _sign(self, sign: str) -> None:
        if self._takes(sign):
            return
        if "\n" in self._document.text[self._end : self._token.at]:
            fail(self._document, self._end, f"a '{sign}' is missing at the end of this line", fix=f"write {sign} here")
        self._fail(f"expected '{sign}'", fix=f"write {sign} here")

    def _takes(self, text: str) -> bool:
        """Go on if this sign, or this word without back quotes, is next."""
        found = self._token.text == text and self._token.kind in ("word", "sign")
        if found:
            self._next()
        return found

    def _plain_words(self) -> list[At]:
        """Go past all plain words that have a comma behind them, at once."""
        words, end = plain_words(self._document, self._token.at)
        if words:
            self._end = end
            self._tokens = tokens(self._document, end)
            self._next()
        return [At(*word) for word in words]

    def _next(self) -> None:
        self._end = self._token.at + len(self._token.text)
        self._token = next(self._tokens)

    def _fail(self, problem: str, *, fix: str | None = None) -> Any:
        found = f", got {self._token.text[:60]!r}" if self._token.text else ", but the text ends"
        fail(self._document, self._token.at, problem + found, fix=fix)
