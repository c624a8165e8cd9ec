"""Say where decoding failed: read again with care, and ask the generated line that raises what it was reading."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias

from tallystick.errors import DecodeError
from tallystick.wire.avro.runtime import Problem
from tallystick.wire.avro.source import Source

# A step of a path is a text, or a local variable of the generated code: a list's length is an index, or it is a key.
Step: TypeAlias = str | tuple[str, str]


class Note(NamedTuple):
    """What a generated line reads: where that is, and the label of its logical type."""

    path: tuple[Step, ...]
    label: str


class _Careful(bytes):
    """Bytes that refuse a slice beyond their end. Reading again with these shows where the fast path went astray."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice) and key.stop > len(self):
            raise IndexError
        return super().__getitem__(key)


def explain(source: Source, name: str, error: Exception, data: bytes, start: int) -> Exception:
    """Return the error to raise in place of what a decoder's fast path ran into. `name` is the root type's."""
    if isinstance(data, _Careful):
        return error
    if not isinstance(data, bytes):
        return DecodeError(name, f"expected bytes, got {type(data).__name__}")
    try:
        source.names["decode"](_Careful(data), start)
    except Exception as again:  # noqa: BLE001  # whatever it is, it is what we look for
        error = again
    if isinstance(error, RecursionError):
        return DecodeError(name, "nested too deep")
    path, label = _place(source, error.__traceback__)
    return DecodeError(path, _words(error, label))


def _place(source: Source, traceback: TracebackType | None) -> tuple[str, str]:
    path, label = "", ""
    while traceback is not None:
        frame, note = traceback.tb_frame, source.notes.get(traceback.tb_lineno)
        if frame.f_code.co_filename == source.filename and note is not None:
            path += "".join(_step(step, frame.f_locals) for step in note.path)
            label = note.label
        traceback = traceback.tb_next
    return path.removeprefix("."), label


def _step(step: Step, values: Mapping[str, Any]) -> str:
    if isinstance(step, str):
        return step
    what, name = step
    return f"[{len(values[name])}]" if what == "index" else f"[{values[name]!r}]"


def _words(error: Exception, label: str) -> str:
    match error:
        case Problem():
            return str(error)
        case IndexError() | struct.error():
            return "the data ends too early"
        case UnicodeDecodeError():
            return "the text is not UTF-8"
        case _:
            return f"expected {label}, got bytes that are none" if label else f"{type(error).__name__}: {error}"
