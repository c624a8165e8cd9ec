"""Read schema files that no contract goes with: what they import is looked for beside them, and in the folders above."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from tallystick.contract.lock import REFERENCES
from tallystick.contract.model import AnySchema
from tallystick.contract.schemas import PROTO
from tallystick.contract.tree import Folder, document_of
from tallystick.errors import InputError, InvalidProto, UnreadableFile, UsageError
from tallystick.schema.protoc import is_importable
from tallystick.schema.references import Library
from tallystick.schema.types import Document

# Too much is no harm: a file that only a comment names is read, and what is wrong with it is not told.
_IMPORT = re.compile(r"""\bimport\s+(?:\w+\s+)?["']([^"'\n]+)["']""")
_MEND = "put it below the folder of the file that imports it, or below one above that"


def read_schemas(
    paths: Sequence[str], types: Sequence[str] = ()
) -> tuple[list[tuple[str, AnySchema]], list[InputError]]:
    """Return each file's schema with its path, and what is wrong with the others. `types` are more files, or folders.

    Raises:
        UsageError: not all are in one language.
    """
    protos = [path for path in paths if path.endswith(PROTO)]
    others = [path for path in paths if path not in protos]
    if protos and others:
        raise UsageError(
            f"'{others[0]}' is in Avro and '{protos[0]}' is in Protobuf: no reader of the one takes messages of the other",
            fix="compare files of one language",
        )
    if protos:
        return _read_protos(protos)
    found: list[tuple[str, AnySchema]] = []
    problems: list[InputError] = []
    for path in paths:
        try:
            found.append((path, _library(path, types).schema(Path(path).name)))
        except InputError as error:
            problems.append(error)
    return found, problems


def _library(path: str, types: Sequence[str]) -> Library:
    """Return the Avro files that one may use types of: those in its folder, and in some others."""
    folder = Path(path).parent
    more = [os.path.abspath(one) for name in types for one in _files(Path(name))]  # noqa: PTH100  # as below
    return Library([*(one.name for one in _files(folder)), *more], lambda name: _read(str(folder / name)))


def _files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]


def _read(path: str) -> Document:
    where = Path(path)
    try:
        return document_of(path, Folder(where.parent).read(where.name))
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error), file=path) from None


def _read_protos(paths: Sequence[str]) -> tuple[list[tuple[str, AnySchema]], list[InputError]]:
    # Here and not above: only who has .proto files pays for protobuf's own code.
    from tallystick.schema.protobuf_batches import ProtoBatches  # noqa: PLC0415
    from tallystick.schema.protobuf_schema import proto_schema  # noqa: PLC0415

    batches = ProtoBatches()
    sets: list[tuple[str, str, int]] = []
    problems: list[InputError] = []
    for path in paths:
        try:
            name, files = _with_imports(_read(path))
            sets.append((path, name, batches.add(files)))
        except InputError as error:
            problems.append(error)
    found: list[tuple[str, AnySchema]] = []
    for path, name, handle in sets:
        file = batches.files(handle).get(name)
        if file is None:
            problems += [_mended(problem) for problem in batches.problems(handle)]
            continue
        try:
            # All of a file is compared, so it matters little which of its messages a topic would hold.
            found.append((path, proto_schema(file, file.messages[0].name if file.messages else None)))
        except InputError as error:
            problems.append(error)
    return found, list({str(problem): problem for problem in problems}.values())


def _with_imports(document: Document) -> tuple[str, Mapping[str, Document]]:
    """Return the name that a file is imported by, and it with all that it needs of others, by theirs.

    Raises:
        InputError: one of them can't be read.
    """
    path = os.path.abspath(document.path)  # noqa: PTH100  # resolve() would follow links to another folder's imports
    home = PurePath(path).parent
    files: dict[str, Document] = {}
    root = home
    waiting = [document]
    while waiting:
        for name in _IMPORT.findall(waiting.pop().text):
            if name in files or not is_importable(name):
                continue
            folder = next((at for at in _roots(home) if os.path.isfile(at / name)), None)  # noqa: PTH113  # never raises
            if folder is None:
                continue  # protoc says so, or has it itself
            if not files and home.is_relative_to(folder):
                root = folder
            file = _read(_shown(folder / name, like=document.path))
            files[name] = file
            waiting.append(file)
    own = PurePath(path).relative_to(root).as_posix()
    return own, {**files, own: document}


def _shown(path: PurePath, *, like: str) -> str:
    """Return a path from the working directory, if the other one is."""
    return str(path) if PurePath(like).is_absolute() else os.path.relpath(path)


def _roots(home: PurePath) -> Iterator[PurePath]:
    """Yield the folders that the path of an import may begin in, the nearest first: those of a release count."""
    for folder in (home, *home.parents):
        yield folder
        yield folder / REFERENCES


def _mended(problem: InputError) -> InputError:
    """Return a problem with a mend that fits files without a workspace."""
    if not problem.message.startswith("there is no file"):
        return problem
    return InvalidProto(problem.message, file=problem.file, line=problem.line, column=problem.column, fix=_MEND)
