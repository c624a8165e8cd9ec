"""Read .proto files: protoc parses them, and its descriptors become our nodes.

https://protobuf.dev/reference/protobuf/proto3-spec/, and descriptor.proto for what the numbers in pointers mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2

from tallystick.errors import InputError, InvalidProto
from tallystick.schema.protobuf_builder import Builder, positions
from tallystick.schema.protobuf_reader import OptionReader, OptionsUnread, imported_by
from tallystick.schema.protobuf_types import ProtoDocument, ProtoFile
from tallystick.schema.protoc import DEADLINE, Complaint, column_in, compile_files
from tallystick.schema.protoc_mends import Mend, mend, without_echoes
from tallystick.schema.types import Document

_Texts: TypeAlias = tuple[tuple[str, str], ...]
_last: list[tuple[_Texts, bytes]] = [((), b"")]


def read_protos(
    files: Mapping[str, Document], *, deadline: float = DEADLINE
) -> tuple[Mapping[str, ProtoFile], list[InputError]]:
    """Return each file that compiles, by the name that others import it by, and what is wrong with the others.

    `files` must hold all that they import, but for protoc's own; those are in the answer, too. No two may define the
    same name.
    """
    descriptors, complaints = compiled({name: d.text for name, d in files.items()}, deadline=deadline)
    builder = Builder()
    built = {file.name: builder.file(file, files.get(file.name)) for file in descriptors}
    return built, problems(complaints, files)


def compiled(texts: Mapping[str, str], *, deadline: float = DEADLINE) -> tuple[list[Any], list[Complaint]]:
    """Return the descriptors of all files that compile, each after those that it imports, and what is wrong with others.

    Custom options are read by the files that define them.
    """
    serialised, complaints = _compiled_before(tuple(texts.items()), deadline)
    found: dict[str, Any] = {}
    options = OptionReader()
    for file in descriptor_pb2.FileDescriptorSet.FromString(serialised).file:
        lost = [name for name in imported_by(file) if name not in found]
        try:
            if not lost:
                found[file.name] = options.read(file)
        except OptionsUnread as error:
            complaints.append(Complaint(file.name, 1, 1, str(error)))
        complaints += [_lost(file.name, name) for name in lost[:1]]
    return list(found.values()), complaints


def _compiled_before(texts: _Texts, deadline: float) -> tuple[bytes, list[Complaint]]:
    """Return what protoc made of these texts, if they were the last that it took: a workspace's and its baseline's."""
    before, made = _last[0]  # in one step: another thread may put another pair there
    if before == texts:
        return made, []
    serialised, complaints = compile_files(dict(texts), deadline=deadline)
    if not complaints:
        _last[0] = texts, serialised
    return serialised, complaints


def _lost(file: str, imported: str) -> Complaint:
    return Complaint(file, 1, 1, f"it imports '{imported}', which has errors", imported=imported)


def problems(complaints: Iterable[Complaint], files: Mapping[str, Document]) -> list[InputError]:
    """Return complaints as our findings, file by file: without those that only follow from others."""
    by_file: dict[str, list[Complaint]] = {}
    for complaint in complaints:
        by_file.setdefault(complaint.file, []).append(complaint)
    return [
        _problem(complaint, files)
        for name, found in by_file.items()
        for complaint in without_echoes(found, files[name].text)
    ]


def _problem(complaint: Complaint, files: Mapping[str, Document]) -> InvalidProto:
    document = files[complaint.file]
    if complaint.imported in files:
        what = Mend(f"it imports '{complaint.imported}', which has errors", complaint.line, complaint.column)
        fix: str | None = "mend that file first"
    elif complaint.imported is not None:
        what = Mend(f"there is no file '{complaint.imported}' to import", complaint.line, complaint.column)
        fix = "the path begins below contracts/, such as shared/money/money.proto"
    else:
        what = mend(complaint, document.text)
        fix = what.fix
    return InvalidProto(what.message, file=document.path, line=what.line, column=what.column, fix=fix)


def proto_positions(document: ProtoDocument) -> Mapping[str, tuple[int, int]]:
    """Return line and column of each thing in a file, by pointer: from 1, in characters."""
    lines = document.text.split("\n")
    plain = [line.isascii() and "\t" not in line for line in lines]  # most are, and a file may be one long line
    return {
        pointer: (line + 1, column + 1 if plain[line] else column_in(lines[line], column))
        for pointer, (line, column) in positions(document)
    }
