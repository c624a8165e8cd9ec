"""Put generated files on disk, and say how the ones there differ from what they should be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tallystick.errors import TallyError, UsageError
from tallystick_codegen.header import is_edited, is_generated

MISSING = "not there"
STALE = "made from an older contract, or by another version of tally"
EDITED = "edited by hand; put the change into the contract"
_TEMPORARY = ".tally-generate.tmp"
_SUFFIXES = (".py", ".pyi")
FOREIGN = "not written by tally generate, which will not touch it"
LEFT_OVER = "left over: its contract is gone"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not what `tally generate` would leave there, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run did to each file, by path."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def write_package(files: Mapping[str, str], out: Path, package: str) -> Changes:
    """Make the package on disk be `files`. A file appears whole or not at all; two runs at once wait for each other.

    Raises:
        UsageError: a file in the way was not written by `tally generate`. Nothing was written.
        TallyError: the file system said no.
    """
    with _file_errors("write"), _alone_in(out / package):
        temporary = out / package / _TEMPORARY
        temporary.unlink(missing_ok=True)  # of a run that was killed
        found = {difference.path: difference.reason for difference in check_package(files, out, package)}
        for path, reason in found.items():
            if reason == FOREIGN:
                fix = "move it, or write to another place: 'package' and 'out' under 'generate' in contracts/tally.yaml, or --dist"
                raise UsageError(f"{out / path} was not written by tally generate", fix=fix)
        # What imports comes after what is imported: a run that is killed leaves a package that imports.
        for path in sorted(found.keys() & files.keys(), key=lambda path: (path.endswith("__init__.py"), path)):
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(files[path].encode())
            temporary.replace(out / path)
        for path in found.keys() - files.keys():
            (out / path).unlink()
    written, unchanged = ([path for path in sorted(files) if (path in found) is changed] for changed in (True, False))
    return Changes(tuple(written), tuple(unchanged), tuple(path for path in found if path not in files))


def check_package(files: Mapping[str, str], out: Path, package: str) -> list[Difference]:
    """Return how the package on disk differs from `files`, ordered by path.

    Raises:
        TallyError: the file system said no.
    """
    with _file_errors("read"):
        there = {
            p.relative_to(out).as_posix()
            for p in (out / package).rglob("*.py*")
            if p.suffix in _SUFFIXES and p.is_file()
        }
        reasons = {path: _reason(_read(out / path), files.get(path)) for path in sorted(there | files.keys())}
    return [Difference(path, reason) for path, reason in reasons.items() if reason is not None]


def _reason(actual: str | None, expected: str | None) -> str | None:
    if actual == expected:
        return None
    if actual is None:
        return MISSING
    if expected is None:
        return LEFT_OVER if is_generated(actual) else None
    if not is_generated(actual):
        return FOREIGN if actual.strip() else STALE
    return EDITED if is_edited(actual) else STALE


def _read(path: Path) -> str | None:
    """Return a file's text; None if there is none. What git did to its line ends makes no difference."""
    try:
        return path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None


@contextmanager
def _file_errors(verb: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TallyError(f"can't {verb} {error.filename}: {error.strerror}") from None


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder while others wait. The lock is the system's own: a killed run leaves none behind."""
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":  # it has no such lock; files still appear whole
        yield
        return
    import fcntl  # noqa: PLC0415  # Windows has no such module

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
