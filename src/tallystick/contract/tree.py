"""Files by relative path, wherever they are: on disk, in a git commit, in a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from errno import ENOENT
from pathlib import Path
from typing import Protocol

from tallystick.errors import UnreadableFile
from tallystick.schema.types import Document

MAX_BYTES = 8 * 1024 * 1024
_COPY = "put the files themselves here; what several contracts need goes into contracts/shared/"


class Tree(Protocol):
    """Where files come from. Paths are relative, with forward slashes, in sorted order."""

    def paths(self) -> Iterator[str]:
        """Yield every file below `contracts/`; hidden ones (`.name`, or in such a folder) left out.

        Raises:
            UnreadableFile: there is a symbolic link or another repository, or a folder can't be read.
        """
        ...

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; OSError if it can't be read."""
        ...


class Folder:
    """A tree on disk. `root` is the folder that holds `contracts/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def paths(self) -> Iterator[str]:
        """Yield every file below `contracts/`."""
        if (self.root / "contracts").is_symlink():
            raise link("contracts")
        return iter(sorted(self._below("contracts")))

    def _below(self, folder: str) -> Iterator[str]:
        try:
            with os.scandir(self.root / folder) as entries:
                listed = list(entries)
        except OSError as error:
            raise UnreadableFile(f"this folder can't be read: {error.strerror}", file=folder) from None
        for entry in listed:
            path = f"{folder}/{entry.name}"
            if entry.name == ".git" and folder != "contracts":
                raise repository(folder)
            if is_hidden(entry.name):
                continue
            if entry.is_symlink():
                raise link(path)
            if entry.is_dir():
                yield from self._below(path)
            elif entry.is_file():
                yield path

    def read(self, path: str) -> bytes:
        """Return the bytes of a file. A device or a pipe, which may never end, counts as not there."""
        # Strings, not Path objects: a large workspace has many files, and these would take longer than reading them.
        file = f"{self.root}/{path}"
        if not os.path.isfile(file) and os.path.exists(file):  # noqa: PTH110, PTH113  # see above
            raise FileNotFoundError(ENOENT, "not a regular file", path)
        with open(file, "rb") as opened:  # noqa: PTH123  # see above
            return opened.read()


def is_hidden(path: str) -> bool:
    """Say whether a file is hidden, or in a folder that is: editors and file systems keep theirs so."""
    return path.startswith(".") or "/." in path


def link(path: str) -> UnreadableFile:
    """Return what is wrong with a symbolic link: what it leads to is not in the commit that it is in."""
    return UnreadableFile("a symbolic link: a commit keeps its name and not what it leads to", file=path, fix=_COPY)


def repository(path: str) -> UnreadableFile:
    """Return what is wrong with a repository in a repository, such as a submodule."""
    return UnreadableFile("another git repository: its files are in no commit of this one", file=path, fix=_COPY)


def read_document(tree: Tree, path: str) -> Document:
    """Return a file's text.

    Raises:
        UnreadableFile: not there, not UTF-8, with a byte-order mark, or larger than 8 MiB.
    """
    try:
        data = tree.read(path)
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error), file=path) from None
    return document_of(path, data)


def document_of(path: str, data: bytes) -> Document:
    """Return the text of a file that was read.

    Raises:
        UnreadableFile: not UTF-8, with a byte-order mark, or larger than 8 MiB.
    """
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
