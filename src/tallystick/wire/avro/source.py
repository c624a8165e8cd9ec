"""Generated Python source: collect lines and the names they use, then make functions that a debugger can step through."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tallystick.schema.types import FixedType, RecordType, Type
from tallystick.wire.avro import runtime

_NUMBERS = itertools.count(1)


class Source:
    """Lines of Python. Each may carry a note, which `notes` keeps by line number."""

    def __init__(self, title: str) -> None:
        self.filename = f"<tallystick {title} {next(_NUMBERS)}>"
        self.names: dict[str, Any] = dict(vars(runtime))
        self._known = {id(value): name for name, value in self.names.items()}
        self.notes: dict[int, Any] = {}
        self._lines: list[str] = []
        self._indent = 0
        self._counter = itertools.count(1)

    def add(self, *lines: str, note: Any = None) -> None:
        """Add lines at the present depth."""
        for line in lines:
            self._lines.append("    " * self._indent + line)
            self.notes[len(self._lines)] = note

    @contextmanager
    def block(self, line: str, note: Any = None) -> Iterator[None]:
        """Add a line that opens a block; what is added meanwhile is in it."""
        self.add(line, note=note)
        self._indent += 1
        yield
        self._indent -= 1

    def fresh(self, hint: str) -> str:
        """Return a name that is used nowhere else, and never a keyword."""
        return f"{hint}_{next(self._counter)}"

    def constant(self, hint: str, value: Any) -> str:
        """Return the name by which the code can use a value."""
        name = self._known.get(id(value)) or self.fresh(hint)
        self.names[name] = value  # which keeps it, so that no other value gets its id
        return self._known.setdefault(id(value), name)

    def function(self, name: str) -> Any:
        """Compile the lines and return one of their functions. Its `__source__` is the text; tracebacks show it too."""
        text = "\n".join(self._lines) + "\n"
        linecache.cache[self.filename] = (len(text), None, text.splitlines(keepends=True), self.filename)
        exec(compile(text, self.filename, "exec"), self.names)  # noqa: S102  # the text is ours: names in it are Avro names, the rest are constants
        made = self.names[name]
        made.__source__ = text
        return made


def least_bytes(kind: Type, known: dict[Type, int] | None = None) -> int:
    """Return how many bytes a value takes at least."""
    known = {} if known is None else known
    match kind:
        case FixedType():
            return kind.size
        case RecordType():
            if kind not in known:
                known[kind] = 0  # while it is being counted: what a record holds of itself adds nothing
                known[kind] = sum(least_bytes(field.type, known) for field in kind.fields)
            return known[kind]
        case _:
            return {"null": 0, "float": 4, "double": 8}.get(kind.kind, 1)
