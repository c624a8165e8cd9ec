"""Files by relative path, wherever they are: on disk, in a git commit, in a test."""

from __future__ import annotations

from collections.abc import Iterator
from errno import ENOENT
from pathlib import Path
from typing import Protocol

from tallystick.errors import UnreadableFile
from tallystick.schema.types import Document

MAX_BYTES = 8 * 1024 * 1024


class Tree(Protocol):
    """Where files come from. Paths are relative, with forward slashes, in sorted order."""

    def paths(self) -> Iterator[str]:
        """Yield every file below `contracts/`."""
        ...

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; OSError if it can't be read."""
        ...


class Folder:
    """A tree on disk. `root` is the folder that holds `contracts/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def paths(self) -> Iterator[str]:
        """Yield every file below `contracts/`; hidden ones left out."""
        for path in sorted((self.root / "contracts").rglob("*")):
            relative = path.relative_to(self.root)
            if path.is_file() and not any(part.startswith(".") for part in relative.parts):
                yield relative.as_posix()

    def read(self, path: str) -> bytes:
        """Return the bytes of a file. A device or a pipe, which may never end, counts as not there."""
        file = self.root / path
        if file.exists() and not file.is_file():
            raise FileNotFoundError(ENOENT, "not a regular file", path)
        return file.read_bytes()


def read_document(tree: Tree, path: str) -> Document:
    """Return a file's text.

    Raises:
        UnreadableFile: not there, not UTF-8, with a byte-order mark, or larger than 8 MiB.
    """
    try:
        data = tree.read(path)
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error), file=path) from None
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"{len(data):,} bytes; the limit is {MAX_BYTES:,}", file=path)
    if data.startswith(b"\xef\xbb\xbf"):
        raise UnreadableFile("begins with a byte-order mark", file=path, fix="save it as UTF-8 without one")
    try:
        return Document(path, data.decode())
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise UnreadableFile(
            f"byte 0x{data[error.start]:02x} is not UTF-8", file=path, line=line, column=column, fix="save it as UTF-8"
        ) from None
