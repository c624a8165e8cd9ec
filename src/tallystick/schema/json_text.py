"""Read JSON strictly and fast; read it again with positions when someone has to be shown a place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out; it is json's own string reader
from typing import Any, NoReturn

from tallystick.errors import InvalidJson

MAX_DEPTH = 200
"""How deep a text may nest. Real schemas stay under 30; the limit keeps a hostile one from the interpreter's stack."""
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

Position = tuple[int, int]


class Positions(Mapping[str, Position]):
    """Lines and columns of JSON pointers, worked out for those that are asked for: a schema may have a million."""

    def __init__(self, text: str, starts: Mapping[str, int]) -> None:
        self._text, self._starts = text, starts

    def __getitem__(self, pointer: str) -> Position:
        at = self._starts[pointer]
        return self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)


class _Refused(ValueError):
    """What json accepts and we do not: only the slow reader can say where."""


def read_json(text: str, file: str) -> Any:
    """Return the value of a JSON text (RFC 8259), if other programs would read the same value.

    Refused: a key that stands twice in an object, a number that no double holds (1e999), half a surrogate pair.

    Raises:
        InvalidJson: with line and column.
    """
    try:
        if not _SURROGATE.search(text):
            return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    except (ValueError, RecursionError):
        pass
    return read_with_positions(text, file)[0]


def read_with_positions(text: str, file: str) -> tuple[Any, Mapping[str, Position]]:
    """Return the value, and the line and column (from 1) of each JSON pointer in it.

    A member of an object is where its key begins, an item of an array where it begins itself.

    Raises:
        InvalidJson: with line and column.
    """
    return _PositionReader(text, file).read()


def escape(step: str) -> str:
    """Return a key as a step of a JSON pointer (RFC 6901, section 3)."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """Return the key that a step of a JSON pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")


def conflict(text: str, at: int) -> tuple[str, str] | None:
    """Return what is wrong, and the mend, where a marker that git leaves in an unfinished merge begins."""
    if not _CONFLICT.match(text, at):
        return None
    return (
        "a git conflict marker",
        "finish the merge: keep what you want, and delete the <<<<<<<, ======= and >>>>>>> lines",
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Refused
    return result


def _constant(_: str) -> NoReturn:
    raise _Refused


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Refused
    return value


class _PositionReader:
    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._starts: dict[str, int] = {}

    def read(self) -> tuple[Any, Mapping[str, Position]]:
        value, end = self._value(self._skip(0), "", 0)
        end = self._skip(end)
        if end != len(self._text):
            self._fail(end, "text after the end of the value")
        return value, Positions(self._text, self._starts)

    def _value(self, at: int, pointer: str, depth: int) -> tuple[Any, int]:
        self._starts.setdefault(pointer, at)
        if depth > MAX_DEPTH:
            self._fail(at, f"nested more than {MAX_DEPTH} levels deep")
        match self._text[at : at + 1]:
            case "{":
                return self._object(at, pointer, depth)
            case "[":
                return self._array(at, pointer, depth)
            case '"':
                return self._string(at)
        scalar = _SCALAR.match(self._text, at)
        if scalar is None:
            self._fail(at, "expected a value" if at < len(self._text) else "the text ends too early")
        try:
            return json.loads(scalar[0], parse_float=_float), scalar.end()
        except ValueError:  # an infinity, or more digits than int() takes
            self._fail(at, "this number is out of range")

    def _object(self, at: int, pointer: str, depth: int) -> tuple[dict[str, Any], int]:
        result: dict[str, Any] = {}
        at = self._skip(at + 1)
        if self._text.startswith("}", at):
            return result, at + 1
        while True:
            if not self._text.startswith('"', at):
                self._fail(at, "expected a key in double quotes")
            key, end = self._string(at)
            if key in result:
                self._fail(at, f"the key '{key}' stands twice in one object")
            member = f"{pointer}/{escape(key)}"
            self._starts[member] = at
            end = self._expect(":", self._skip(end))
            result[key], end = self._value(self._skip(end), member, depth + 1)
            at = self._skip(end)
            if self._text.startswith("}", at):
                return result, at + 1
            at = self._skip(self._expect(",", at))

    def _array(self, at: int, pointer: str, depth: int) -> tuple[list[Any], int]:
        result: list[Any] = []
        at = self._skip(at + 1)
        if self._text.startswith("]", at):
            return result, at + 1
        while True:
            item, end = self._value(at, f"{pointer}/{len(result)}", depth + 1)
            result.append(item)
            at = self._skip(end)
            if self._text.startswith("]", at):
                return result, at + 1
            at = self._skip(self._expect(",", at))

    def _string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self._text, at + 1, True)
            value.encode()
        except json.JSONDecodeError as error:
            self._fail(error.pos, error.msg[0].lower() + error.msg[1:])
        except UnicodeEncodeError:
            self._fail(at, "half a surrogate pair")
        return value, end

    def _expect(self, sign: str, at: int) -> int:
        if not self._text.startswith(sign, at):
            self._fail(at, f"expected '{sign}'" if at < len(self._text) else "the text ends too early")
        return at + 1

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return at if space is None else space.end()

    def _fail(self, at: int, problem: str) -> NoReturn:
        line, column = Positions(self._text, {"": at})[""]
        problem, fix = conflict(self._text, at) or (problem, None)
        raise InvalidJson(problem, file=self._file, line=line, column=column, fix=fix)
