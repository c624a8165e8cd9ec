"""Cut Avro IDL into tokens: the lexical part of the Avro 1.12 specification, page "IDL Language"."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from tallystick.errors import InvalidIdl
from tallystick.schema.json_text import Positions, conflict
from tallystick.schema.types import Document

_PART = r"(?:`[^\W\d]\w*`|[^\W\d]\w*)"
_DECIMAL = r"(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?|[0-9]+(?:[eE][+-]?[0-9]+[fFdD]?|[fFdD])"
_HEX_FLOAT = r"0[xX](?:[0-9a-fA-F]+\.?|[0-9a-fA-F]*\.[0-9a-fA-F]+)[pP][+-]?[0-9]+[fFdD]?"
_TOKEN = re.compile(
    "|".join([
        r"(?P<space>[ \t\n\r\f]+|//[^\n\r]*|/\*\*/)",
        r"(?P<doc>/\*\*.*?\*/)",
        r"(?P<comment>/\*.*?\*/)",
        rf"(?P<float>[+-]?(?:(?:NaN|Infinity)(?![\w`])|{_HEX_FLOAT}|{_DECIMAL}))",
        r"(?P<int>-?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)[lL]?)",
        rf"(?P<word>{_PART}(?:[.-]{_PART})*)",
        r'(?P<string>"(?:[^"\\\n\r\b\f\t]|\\(?:[nrbft\\\'"]|[0-3][0-7]{2}|[0-7]{1,2}|u[0-9a-fA-F]{4}))*")',
        r"(?P<end>\x1a)",  # what old systems end a file with; all after it is no text
        r"(?P<sign>[(){}\[\]:;,@=?<>])",
    ]),
    re.DOTALL,
)  # fmt: skip
# Nothing is given back: what is not as plain as this is left to the tokens.
_PLAIN_WORDS = re.compile(r"(?:(?!NaN\b|Infinity\b)[^\W\d]\w*+[ \t\n\r\f]*+,[ \t\n\r\f]*+)*+")
_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([0-7]{1,3})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "b": "\b", "f": "\f", "t": "\t"}
_BEGINNINGS = {
    '"': "a string without an end, or with a character that must be escaped",
    "/": "a comment without an end",
}


class Token(NamedTuple):
    """A word, string, int, float, sign or the end. `doc` is the doc comment right before it."""

    kind: str
    text: str
    at: int
    doc: str | None = None


def tokens(document: Document, at: int = 0) -> Iterator[Token]:
    """Yield the tokens of a text from an offset on, the end last.

    Raises:
        InvalidIdl: here is no token.
    """
    text, doc = document.text, None
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            fail(document, at, _BEGINNINGS.get(text[at], f"a stray {text[at]!r}"))
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "end":
            break
        if kind == "doc":
            doc = _doc(match[0][3:-2])
        elif kind not in ("space", "comment"):
            yield Token(kind, match[0], match.start(), doc)
            doc = None
    yield Token("end", "", at)


def plain_words(document: Document, at: int) -> tuple[list[tuple[int, str]], int]:
    """Return the words from an offset on that have a comma behind them, and where they end: an enum may have a million."""
    match = _PLAIN_WORDS.match(document.text, at)
    end = at if match is None else match.end()
    return [(word.start(), word[0]) for word in _WORD.finditer(document.text, at, end)], end


def fail(document: Document, at: int, problem: str, *, fix: str | None = None) -> NoReturn:
    """Raise InvalidIdl at an offset."""
    line, column = Positions(document.text, {"": at})[""]
    problem, fix = conflict(document.text, at) or (problem, fix)
    raise InvalidIdl(problem, file=document.path, line=line, column=column, fix=fix)


def string_value(token: Token, document: Document) -> str:
    """Return what a string token says."""
    value = _ESCAPE.sub(_unescaped, token.text[1:-1])
    try:
        # Two halves of a pair, each written as an escape, are one character.
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        fail(document, token.at, "half a surrogate pair")


def _unescaped(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        return chr(int(match[1], 16) if match[1] else int(match[2], 8))
    return _ESCAPED.get(match[3], match[3])


def _doc(text: str) -> str:
    """Return a doc comment without the stars, or else the indent, that all its lines begin with."""
    first, *others = text.strip().splitlines() or [""]
    for stars in ("**", "*"):
        if all(line.lstrip(" \t").startswith(stars) for line in (first, *others)):
            return "\n".join(re.sub(rf"[ \t]*{re.escape(stars)}[ \t]?", "", line, count=1) for line in (first, *others))
    indent = os.path.commonprefix(  # noqa: RUF071  # characters are what is wanted
        [line[: len(line) - len(line.lstrip(" \t"))] for line in others]
    )
    return "\n".join([first, *(line[len(indent) :] for line in others)])
