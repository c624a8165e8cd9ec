"""The words of an expression: names, numbers, texts and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tallystick.errors import InvalidExpression
from tallystick.expressions.syntax import Scalar, Unsigned

LARGEST: Final = 2**63 - 1
LARGEST_UNSIGNED: Final = 2**64 - 1
RESERVED: Final = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_CONSTANTS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}
_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n\f]+|//[^\n]*)
    | (?P<text>[rRbB]{0,2}(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^\\"\n\r]|\\.)*"|'(?:[^\\'\n\r]|\\.)*'))
    | (?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    | (?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)
    | (?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
    | (?P<quoted>`[a-zA-Z0-9_.\-/ ]+`)
    | (?P<sign>&&|\|\||[<>=!]=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_RAW_TEXT = re.compile(r"(?P<prefix>[rRbB]*)(?P<quote>\"{3}|'{3}|\"|')")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11} | {c: ord(c) for c in "\\?\"'`"}
_HIGHEST, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Token:
    """A word. `kind` is literal, name, quoted, sign or end; `value` what a literal stands for."""

    kind: str
    text: str
    at: int
    value: Scalar = None


def tokens(text: str) -> list[Token]:
    """Return the words of an expression, with one of the kind `end` behind them.

    The rules are those of the CEL specification, section "Syntax". InvalidExpression: what stands there is no word.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidExpression(_unreadable(text[at]), at=at)
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match[0], at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _unreadable(character: str) -> str:
    if character in "\"'":
        return "a text begins here and does not end"
    return f"'{character}' means nothing in CEL"


def _token(kind: str, text: str, at: int) -> Token:
    match kind:
        case "name" if text in _CONSTANTS:
            return Token("literal", text, at, _CONSTANTS[text])
        case "name" if text == "in":
            return Token("sign", text, at)
        case "quoted":
            return Token(kind, text[1:-1], at)
        case "float":
            return Token("literal", text, at, float(text))
        case "int":
            return Token("literal", text, at, _integer(text, at))
        case "text":
            return Token("literal", text, at, _text(text, at))
    return Token(kind, text, at)


def _integer(text: str, at: int) -> int | Unsigned:
    digits = text.rstrip("uU")
    # Python has a limit of its own for decimal digits, with an error of its own.
    number = int(digits, 16 if digits.startswith("0x") else 10) if len(digits) < 100 else LARGEST_UNSIGNED + 1  # noqa: PLR2004  # any number of a hundred digits is too large
    if digits != text:
        if number > LARGEST_UNSIGNED:
            raise InvalidExpression(f"{text} is larger than an unsigned number of 64 bits", at=at)
        return Unsigned(number)
    # One more than the largest: with a minus before it, that is the smallest. The parser looks for the minus.
    if number > LARGEST + 1:
        raise InvalidExpression(f"{text} is larger than a number of 64 bits", at=at)
    return number


def _text(text: str, at: int) -> str | bytes:
    match = _RAW_TEXT.match(text)
    assert match is not None  # noqa: S101  # the token's own pattern begins like this
    prefix, quote = match["prefix"].lower(), match["quote"]
    if prefix in ("rr", "bb", "rb"):
        raise InvalidExpression(f"'{match['prefix']}' before a text means nothing in CEL", at=at)
    body = text[match.end() : -len(quote)]
    if "r" in prefix:
        return body.encode() if "b" in prefix else body
    return _bytes(body, at) if "b" in prefix else _ESCAPE.sub(lambda m: chr(_code(m[1], at)), body)


def _bytes(body: str, at: int) -> bytes:
    """Return what stands in b"…": an escape by number is a byte, all other characters are UTF-8."""
    parts: list[bytes] = []
    end = 0
    for match in _ESCAPE.finditer(body):
        parts.append(body[end : match.start()].encode())
        if match[1][0] in "uU":
            raise InvalidExpression(f"'\\{match[1]}' can't stand in bytes", at=at)
        parts.append(bytes([_code(match[1], at)]))
        end = match.end()
    return b"".join([*parts, body[end:].encode()])


def _code(escape: str, at: int) -> int:
    if len(escape) > 1:
        code = int(escape, 8) if escape.isdigit() and escape[0] not in "xXuU" else int(escape[1:], 16)
        if code > _HIGHEST or code in _SURROGATES:
            raise InvalidExpression(f"'\\{escape}' is no character", at=at)
        return code
    if escape not in _SIMPLE:
        raise InvalidExpression(f"'\\{escape}' means nothing in a text: write '\\\\{escape}' for a backslash", at=at)
    return _SIMPLE[escape]
