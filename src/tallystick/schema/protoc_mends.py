"""What to do about a complaint of protoc's, and where: it says what it expected, and that is often a line too late."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tallystick.schema.protoc import Complaint

_SCALARS = (
    *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes"),
)
_SAYS_SYNTAX = re.compile(r'^\s*(syntax|edition)\s*=\s*["\'](proto2|proto3|20[0-9]{2})["\']\s*;', re.MULTILINE)
_LABEL = 'Expected "required", "optional", or "repeated".'
_BEGIN = 'begin the file with syntax = "proto3";'
_SKIPPED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_BLOCK = re.compile(r"\b(message|enum|service|oneof|extend|group)\s+([\w.]+)[^{};]*\Z")


@dataclass(frozen=True, slots=True)
class Mend:
    """What to say of a complaint: in protoc's words or better ones, at its place or a truer one, and what to do."""

    message: str
    line: int
    column: int
    fix: str | None = None


_Make: TypeAlias = Callable[[Mend, re.Match[str], str], Mend]


def without_echoes(complaints: Iterable[Complaint], text: str) -> list[Complaint]:
    """Return the complaints about a file without those that are there because nothing says its syntax.

    protoc reads such a file as proto2, and misses a label at each field.
    """
    complaints = sorted(complaints, key=lambda complaint: (complaint.line, complaint.column))
    if _SAYS_SYNTAX.search(_code(text, keep_strings=True)):
        return complaints
    labels = [complaint for complaint in complaints if complaint.message == _LABEL]
    others = [complaint for complaint in complaints if complaint.message != _LABEL]
    return [*others, *(labels if not others else [])][:1] if labels else complaints


def mend(complaint: Complaint, text: str) -> Mend:
    """Return what to say of a complaint about a file."""
    plain = Mend(complaint.message, complaint.line, complaint.column)
    for pattern, make in _MENDS:
        match = pattern.fullmatch(complaint.message)
        if match:
            return make(plain, match, text)
    return plain


def _label(plain: Mend, _: re.Match[str], text: str) -> Mend:
    is_said = _SAYS_SYNTAX.search(_code(text, keep_strings=True))
    return _with(
        plain, "begin the field with optional, required or repeated" if is_said else f"{_BEGIN} it is read as proto2"
    )


def _expected(plain: Mend, match: re.Match[str], text: str) -> Mend:
    sign = match[1]
    before = _code(text)[: _offset(text, plain.line, plain.column)].rstrip()
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    if sign == ";" and line < plain.line:
        return Mend("a ';' is missing at the end of this line", line, column, "write ; here")
    return _with(plain, f"write {sign} here")


def _top_level(plain: Mend, _: re.Match[str], text: str) -> Mend:
    if not _SAYS_SYNTAX.search(_code(text, keep_strings=True)):
        return _with(plain, _BEGIN)
    return _with(plain, "a file has syntax, package, import, option, message, enum, extend and service")


def _unclosed(plain: Mend, _: re.Match[str], text: str) -> Mend:
    found = _unclosed_block(_code(text))
    if found is None:
        return plain
    name, at, end = found
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    until = text.count("\n", 0, end) + 1
    where = f"before line {until}" if end < len(text) else "at the end of the file"
    return Mend(f"{name} has no closing }}", line, column, f"write }} {where}")


def _unknown(plain: Mend, match: re.Match[str], text: str) -> Mend:
    from difflib import get_close_matches  # noqa: PLC0415  # only who has such a complaint pays for it

    defined = re.findall(r"\b(?:message|enum)\s+(\w+)", _code(text))
    near = get_close_matches(match[1], [*_SCALARS, *defined], n=1, cutoff=0.7)
    if near:
        return _with(plain, f"write {near[0]}")
    return _with(plain, f"define {match[1]} in this file, or import the file that defines it")


def _twice(plain: Mend, match: re.Match[str], _: str) -> Mend:
    return _with(plain, f"give the second '{match[1].rpartition('.')[2]}' another name, or take it out")


def _own_numbers(plain: Mend, _: re.Match[str], text: str) -> Mend:
    found = re.search(r"=\s*(19[0-9]{3})\b", _code(text))
    fix = "use a number below 19000, or above 19999"
    if found is None or (plain.line, plain.column) != (1, 1):
        return _with(plain, fix)
    at = found.start(1)
    return Mend(plain.message, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), fix)


def _said(fix: str) -> _Make:
    """Return a mend that only needs what protoc says: `{0}` is the first thing that it names."""
    return lambda plain, match, _: _with(plain, fix.format(*(group.rpartition(".")[2] for group in match.groups())))


_MENDS: tuple[tuple[re.Pattern[str], _Make], ...] = (
    (re.compile(re.escape(_LABEL)), _label),
    (re.compile(r'Expected "(.)"\.'), _expected),
    (re.compile(r"Expected top-level statement .*"), _top_level),
    (re.compile(r"Reached end of input in .* definition \(missing '}'\)\."), _unclosed),
    (re.compile(r'"([^"]+)" is not defined\.'), _unknown),
    (re.compile(r'"([^"]+)" is already defined in .*'), _twice),
    (
        re.compile(r"Field number .* has already been used in .* Next available field number is (\d+)\."),
        _said("write = {0}, or any number that was never used"),
    ),
    (re.compile(r"Field numbers 19000 through 19999 are reserved .*"), _own_numbers),
    (
        re.compile(r"Field numbers cannot be greater than (\d+)\."),
        _said("use a number from 1 to {0}: those up to 15 take the fewest bytes"),
    ),
    (re.compile(r"Unrecognized syntax identifier .*"), _said('write syntax = "proto3";')),
    (re.compile(r"Missing field number\."), _said("write = and a number behind the name")),
    (re.compile(r"Expected field number\."), _said("write a number that was never used")),
    (re.compile(r"Expected field name\."), _said("a field is its type, its name, = and a number")),
    (re.compile(r'Field "([^"]+)" uses reserved number .*'), _said("give '{0}' a number that was never used")),
    (re.compile(r'Field name "([^"]+)" is reserved\.'), _said("give '{0}' a name that was never used")),
    (
        re.compile(r"The first enum value must be zero for open enums\."),
        _said("begin with a value 0 that says nothing, such as STATUS_UNSPECIFIED = 0"),
    ),
    (re.compile(r'"([^"]+)" uses the same enum value as .*'), _said("give '{0}' a number of its own")),
)


def _with(plain: Mend, fix: str) -> Mend:
    return Mend(plain.message, plain.line, plain.column, fix)


def _code(text: str, *, keep_strings: bool = False) -> str:
    """Return a text of the same length, in which comments (and strings) are blanks."""

    def blank(match: re.Match[str]) -> str:
        if keep_strings and match[0][0] != "/":
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])

    return _SKIPPED.sub(blank, text)


def _offset(text: str, line: int, column: int) -> int:
    """Return how many characters stand before a line and column."""
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
    return at + column - 1


def _unclosed_block(code: str) -> tuple[str, int, int] | None:
    """Return the block that lacks its end: what it is, where it begins, and where its end is due at the latest.

    Where a line begins with a word that stands at the top of files, all that is open there should be closed.
    """
    opened: list[tuple[str, int]] = []
    for at, sign in _signs(code):
        if sign == "{":
            found = _BLOCK.search(code, max(0, at - 200), at)
            opened.append((f"{found[1]} '{found[2]}'" if found else "the block", found.start() if found else at))
        elif sign == "}":
            if opened:
                opened.pop()
        elif opened:
            return *opened[0], at
    return (*opened[-1], len(code)) if opened else None


def _signs(code: str) -> Iterator[tuple[int, str]]:
    """Yield each brace, and each word at the beginning of a line that stands at the top of files."""
    for match in re.finditer(r"[{}]|^(?:message|enum|service|extend)\b", code, re.MULTILINE):
        yield match.start(), match[0]
