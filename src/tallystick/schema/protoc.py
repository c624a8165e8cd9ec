"""Run protoc over many files at once, in a process of its own: what it makes of them, and what it says is wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from time import monotonic

from tallystick.errors import TallyError

DEADLINE = 60.0
_TAB = 8  # protoc counts columns in bytes, and a tab to the next multiple of this
_MEMORY, _ROOM = "/dev/shm", 2**14  # noqa: S108  # a private folder is made in there
_NAME = 255  # bytes that a file system takes for a name
_MESSAGE = re.compile(r"(?P<file>[^:]+):(?:(?P<line>\d+):(?P<column>\d+):)? ?(?P<text>.*)\Z")
_IMPORT = re.compile(r'Import "(.*)" was not found or had errors\.')
_DEFINED = re.compile(r'"(.+)" is already defined (?:\(.+\) )?in file "(.+)"\.')
_COMMENT = re.compile(r"//[^\n]*")
_CYCLE = re.compile(r"File recursively imports itself: (.+)")
OWN = "google/protobuf/"
# -I and -S: nothing of the user's is imported, and start takes 15 ms. In this process protoc would hold the
# interpreter's lock, write to file descriptor 2, and know no deadline.
_RUN = "import sys; sys.path.append(sys.argv[1]); from grpc_tools._protoc_compiler import run_main; "
_RUN += "sys.exit(run_main([argument.encode() for argument in sys.argv[2:]]))"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What protoc says is wrong with a file. Line and column count from 1, the column in characters.

    `imported` is the file that this one imports, where that is all that is wrong. `other` is one that it can't be
    compiled together with, `name` what both define.
    """

    file: str
    line: int
    column: int
    message: str
    imported: str | None = None
    other: str | None = None
    name: str | None = None


def compile_files(texts: Mapping[str, str], *, deadline: float = DEADLINE) -> tuple[bytes, list[Complaint]]:
    """Return a serialised FileDescriptorSet of all files that compile, and what is wrong with the others.

    `texts` are files by the name that others import them by. What they import of protoc's own is in the set, too. A
    file comes after those that it imports. `deadline` is in seconds, for all of it: there is one more run for each
    generation of files that fail.
    """
    complaints = [c for name, text in texts.items() for c in _unfit(name, text, texts)]
    good = [name for name in texts if name not in {c.file for c in complaints}]
    until = monotonic() + deadline
    with tempfile.TemporaryDirectory(prefix="tally-", dir=_scratch(texts)) as folder:
        root = Path(folder)
        for name in good:
            file = root / "in" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(texts[name].encode())
        out = root / "out"
        while good:
            found = _run(root, out, good, until)
            if not found:
                return out.read_bytes(), _unique(complaints)
            found = [c for c in found if not _is_own(c.imported)] or found
            complaints += [_in_characters(c, texts[c.file]) for c in found if c.file in texts]
            bad = {c.file for c in found}
            # A complaint about none of ours can't be mended by leaving a file out.
            good = [name for name in good if name not in bad] if bad & set(good) else []
    return b"", _unique(complaints)


def _scratch(texts: Mapping[str, str]) -> str | None:
    """Return where to put files: in memory if that has room to spare, for a disk may take 1 ms for each."""
    if not os.access(_MEMORY, os.W_OK):
        return None
    room = shutil.disk_usage(_MEMORY).free
    return _MEMORY if room > _ROOM * len(texts) + 8 * sum(map(len, texts.values())) else None


def _unique(complaints: Iterable[Complaint]) -> list[Complaint]:
    """Return the first complaint of each place: what protoc says next is about what it skipped there.

    Of a type that two files define, what stands in it is left out: they define that, too.
    """
    first: dict[tuple[str, int, int], Complaint] = {}
    complaints = list(complaints)
    twice = {(complaint.file, complaint.other, complaint.name) for complaint in complaints}
    for complaint in complaints:
        outer = str(complaint.name).rpartition(".")[0]
        if complaint.name is not None and (complaint.file, complaint.other, outer) in twice:
            continue
        first.setdefault((complaint.file, complaint.line, complaint.column), complaint)
    return list(first.values())


def well_known() -> Path:
    """Return the folder with the .proto files that protoc brings along."""
    return _site() / "grpc_tools" / "_proto"


@cache
def _site() -> Path:
    spec = find_spec("grpc_tools")  # found, not imported
    if spec is None or spec.origin is None:
        msg = "the package grpcio-tools is not installed"
        raise ModuleNotFoundError(msg)
    return Path(spec.origin).parent.parent


def _is_own(imported: str | None) -> bool:
    """Say whether an import is protoc's own: it has errors only where one of our files got in its way."""
    return imported is not None and imported.startswith(OWN) and (well_known() / imported).is_file()


def is_importable(name: str) -> bool:
    """Say whether a file can be imported by this name, and stays where it is put."""
    path = PurePosixPath(name)
    plain = name.isprintable() and str(path) == name and not set(name) & {"\\", ":"}
    short = all(len(part.encode()) <= _NAME for part in path.parts) if plain else False
    return plain and short and not path.is_absolute() and ".." not in path.parts and path != PurePosixPath()


def _unfit(name: str, text: str, names: Container[str]) -> Iterable[Complaint]:
    """Say why a file can't be given to protoc at all."""
    if not is_importable(name):
        yield Complaint(name, 1, 1, f"{name!r} is not a path that a .proto file can be imported by")
    elif name.startswith(OWN):
        yield Complaint(name, 1, 1, f"files below {OWN} are protoc's own: no other may stand there")
    elif above := [str(folder) for folder in PurePosixPath(name).parents[:-1] if str(folder) in names]:
        yield Complaint(name, 1, 1, f"'{name}' stands below '{above[0]}', which is a file, too", other=above[0])
    elif any("\ud800" <= c <= "\udfff" for c in text):
        yield Complaint(name, 1, 1, "its text has a lone surrogate, which no UTF-8 has")


def _run(root: Path, out: Path, names: Sequence[str], until: float) -> list[Complaint]:
    """Run protoc over some of the files; where it dies without naming one, over ever fewer, to find which it is."""
    arguments = root / "arguments"  # a command line may be too short for a thousand names
    arguments.write_text("".join(f"{root / 'in' / name}\n" for name in names), encoding="utf-8")
    options = [
        f"-I{root / 'in'}",
        f"-I{well_known()}",
        "--include_source_info",
        "--include_imports",
        "--retain_options",
    ]
    command = [sys.executable, "-I", "-S", "-c", _RUN, str(_site()), "protoc", *options, f"-o{out}", f"@{arguments}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=max(until - monotonic(), 0.001))  # noqa: S603  # our own program
    except OSError as error:
        problem = f"protoc can't be started with {sys.executable}: {error.strerror}"
        raise TallyError(problem, fix="run tally with a Python that its user may run") from None
    except subprocess.TimeoutExpired:
        return [Complaint(name, 1, 1, "protoc had too little time to compile it") for name in names]
    if done.returncode == 0:
        return []
    said = done.stderr.decode(errors="replace").replace(f"{root / 'in'}/", "").replace(f"{well_known()}/", "")
    found = list(_complaints(said))
    if any(c.file in names for c in found):
        return found
    if len(names) == 1:
        return [Complaint(names[0], 1, 1, f"protoc broke down over it: {_last_words(said, done.returncode)}")]
    half = len(names) // 2
    return _run(root, out, names[:half], until) + _run(root, out, names[half:], until)


def _last_words(said: str, code: int) -> str:
    fatal = [line for line in said.splitlines() if "] " in line]
    return fatal[0].partition("] ")[2] if fatal else f"it ended with {code}"


def _complaints(said: str) -> Iterable[Complaint]:
    imports: set[str] = set()
    for line in said.splitlines():
        match = _MESSAGE.match(line)
        if match is None or match["text"].startswith("warning: "):
            continue
        file, at, text = match["file"], (int(match["line"] or 1), int(match["column"] or 1)), match["text"]
        if imported := _IMPORT.match(text):
            imports.add(file)
            yield Complaint(file, *at, text, imported[1])
        elif file not in imports:  # else it misses what the import would have brought
            yield from _told(file, at, text)


def _told(file: str, at: tuple[int, int], text: str) -> Iterable[Complaint]:
    """Yield what protoc says in words that tell enough; of a name defined twice, both files hear."""
    if defined := _DEFINED.match(text):
        name, other = defined.groups()
        yield Complaint(file, *at, f"it defines '{name}', and so does '{other}'", other=other, name=name)
        # protoc names a line in one of the two only: see _in_characters.
        yield Complaint(other, 0, 0, f"it defines '{name}', and so does '{file}'", other=file, name=name)
    elif cycle := _CYCLE.match(text):
        yield Complaint(file, *at, f"it imports itself: {cycle[1]}")
    elif text.startswith("Interpreting non ascii codepoint"):
        yield Complaint(file, *at, "only comments and strings may have characters that are not ASCII")
    elif text == "  Comment started here.":
        yield Complaint(file, *at, "The comment that starts here has no end.")
    elif text != "End-of-file inside block comment.":
        yield Complaint(file, *at, text)


def _in_characters(complaint: Complaint, text: str) -> Complaint:
    if complaint.line == 0:
        at = _definition(text, str(complaint.name).rpartition(".")[2])
        return replace(complaint, line=at[0], column=at[1])
    lines = text.split("\n", complaint.line)
    line = lines[complaint.line - 1] if complaint.line <= len(lines) else ""
    return replace(complaint, column=column_in(line, complaint.column - 1))


def _definition(text: str, name: str) -> tuple[int, int]:
    """Return where a file defines a name: behind a word that says so, or before a number. What it says of it does not count."""
    code = _COMMENT.sub(lambda match: " " * len(match[0]), text)
    found = re.search(rf"\b(?:message|enum|service|group)\s+({re.escape(name)})\b|\b({re.escape(name)})\s*=", code)
    at = found.start(found.lastindex or 0) if found else 0
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def column_in(line: str, column: int) -> int:
    """Return a column as editors count it, from 1 and in characters, for protoc's: from 0, in bytes, tabs widened."""
    content = line.encode()
    at = reached = 0
    while at < len(content) and reached < column:
        reached += _TAB - reached % _TAB if content[at] == ord("\t") else 1
        at += 1
    return len(content[:at].decode(errors="ignore")) + 1
