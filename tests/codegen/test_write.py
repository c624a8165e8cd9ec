"""Files on disk: written once, left alone, checked, and never at a person's cost."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.conftest import ROOT

from tallystick.errors import TallyError, UsageError
from tallystick_codegen.header import with_header
from tallystick_codegen.write import (
    EDITED,
    FOREIGN,
    LEFT_OVER,
    MISSING,
    STALE,
    Changes,
    Difference,
    check_package,
    write_package,
)


def files_of(text: str, *names: str) -> dict[str, str]:
    return {f"events/{name}": with_header("contracts", f"{name} = {text!r}\n") for name in names}


FILES = files_of("new", "__init__.py", "py.typed", "shop/order.py")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_package(FILES, tmp_path, "events")
    return tmp_path


def test_a_second_run_touches_nothing(out: Path) -> None:
    before = {path: (out / path).stat().st_mtime_ns for path in FILES}

    assert Changes((), tuple(FILES), ()) == write_package(FILES, out, "events")
    assert before == {path: (out / path).stat().st_mtime_ns for path in FILES}
    assert [] == check_package(FILES, out, "events")


def test_only_what_changed_is_written(out: Path) -> None:
    changed = FILES | files_of("newer", "shop/order.py") | files_of("new", "shop/refund.py")

    assert ("events/shop/order.py", "events/shop/refund.py") == write_package(changed, out, "events").written
    assert changed == {path: (out / path).read_text() for path in changed}


def test_line_ends_make_no_difference(out: Path) -> None:
    for path in FILES:
        (out / path).write_bytes((out / path).read_bytes().replace(b"\n", b"\r\n"))

    assert [] == check_package(FILES, out, "events")


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("shop/order.py", None, MISSING),
        ("shop/order.py", files_of("old", "shop/order.py")["events/shop/order.py"], STALE),
        ("shop/order.py", FILES["events/shop/order.py"] + "# mine\n", EDITED),
        ("shop/order.py", FILES["events/shop/order.py"][:-9], EDITED),
        ("shop/order.py", "mine = 1\n", FOREIGN),
        ("shop/order.py", "", STALE),
        ("shop/gone.py", FILES["events/shop/order.py"], LEFT_OVER),
    ],
)
def test_the_check_says_what_differs_and_why(out: Path, path: str, text: str | None, reason: str) -> None:
    file = out / "events" / path
    if text is None:
        file.unlink()
    else:
        file.write_text(text)

    assert [Difference(f"events/{path}", reason)] == check_package(FILES, out, "events")


def test_left_over_files_go_and_a_persons_stay(out: Path) -> None:
    mine = out / "events/shop/mine.py"
    mine.write_bytes(b"mine = '\xff'\n")

    changes = write_package(files_of("new", "__init__.py", "py.typed"), out, "events")

    assert ("events/shop/order.py",) == changes.removed
    assert [mine] == list((out / "events/shop").iterdir())


def test_a_persons_file_in_the_way_stops_all(out: Path) -> None:
    (out / "events/shop/order.py").write_text("mine = 1\n")
    before = {path: (out / path).read_text() for path in FILES}

    with pytest.raises(UsageError, match=r"events/shop/order\.py was not written by tally generate"):
        write_package(files_of("newer", *(path.removeprefix("events/") for path in FILES)), out, "events")

    assert before == {path: (out / path).read_text() for path in FILES}


@pytest.mark.parametrize("path", ["events", "events/shop", "events/shop/order.py"])
def test_a_file_system_that_says_no_is_an_error_with_the_path(tmp_path: Path, path: str) -> None:
    """A file stands where a folder goes, or a folder where a file goes."""
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).mkdir() if path.endswith(".py") else (tmp_path / path).touch()

    with pytest.raises(TallyError, match="events"):
        write_package(FILES, tmp_path, "events")


def test_two_runs_at_once_leave_the_files_of_one(tmp_path: Path) -> None:
    names = [f"module_{number}.py" for number in range(40)]
    versions = [files_of(text, *names) for text in "ab" * 10]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda files: write_package(files, tmp_path, "events"), versions))

    assert {path: (tmp_path / path).read_text() for path in versions[0]} in versions
    assert sorted(names) == sorted(path.name for path in (tmp_path / "events").iterdir())


WRITE_FOR_EVER = """
import sys
from itertools import cycle
from pathlib import Path
from tests.codegen.test_write import LARGE
from tallystick_codegen.write import write_package
for package in cycle(LARGE):
    write_package(package, Path(sys.argv[1]), "events")
"""
LARGE = [files_of(text * 2_000_000, *(f"d{n % 3}/m{n}.py" for n in range(9))) for text in "ab"]


@pytest.mark.parametrize("at", list(LARGE[0]))
def test_a_run_that_is_killed_leaves_whole_files_and_the_next_one_mends_the_rest(tmp_path: Path, at: str) -> None:
    write_package(LARGE[0], tmp_path, "events")
    watched = tmp_path / at
    before = watched.stat().st_mtime_ns
    with subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path)], cwd=ROOT) as process:
        while watched.stat().st_mtime_ns == before:
            assert process.poll() is None
        process.kill()  # as a file is there, the next one is under way
    found = {path: (tmp_path / path).read_text(encoding="utf-8") for path in LARGE[0]}

    assert all(text in (LARGE[0][path], LARGE[1][path]) for path, text in found.items())
    write_package(LARGE[0], tmp_path, "events")
    assert [] == check_package(LARGE[0], tmp_path, "events")
    assert LARGE[0].keys() == {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
