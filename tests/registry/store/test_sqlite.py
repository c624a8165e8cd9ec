"""What the store in a SQLite file does on top of what every store does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tallystick.contract.modes import Mode
from tallystick.errors import StoreFailed
from tallystick.registry.model import LevelSet, SchemaRegistered
from tallystick.registry.store.sqlite import SqliteStore

SET = LevelSet(None, Mode.FULL)


def test_all_that_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """A process registers and says so, until it is killed in the middle of it."""
    path = tmp_path / "registry.db"
    code = """if True:
        import itertools, sys
        from pathlib import Path
        from tallystick.registry.model import SchemaRequest
        from tallystick.registry.service import Registry
        from tallystick.registry.store.sqlite import SqliteStore
        registry = Registry(SqliteStore(Path(sys.argv[1])))
        for number in itertools.count(1):
            schema = SchemaRequest('{"type": "fixed", "name": "F", "size": %d}' % number)
            registry.set_level(f"s{number}", "NONE")
            print(registry.register(f"s{number}", schema).id, flush=True)
        """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(30)]
        child.kill()
        acknowledged += [int(line) for line in child.stdout if line.endswith(b"\n")]
    with closing(SqliteStore(path)) as store:
        kept = {event.id for event in store.read() if isinstance(event, SchemaRegistered)}

        assert set() == set(acknowledged) - kept
        assert len(kept) - len(acknowledged) in (0, 1)


def later_version(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE log (line TEXT)")


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (lambda path: path.write_bytes(b"no database" * 500), "file is not a database"),
        (lambda path: path.mkdir(), "unable to open database file"),
        (other_program, "is not a tallystick registry's file"),
        (later_version, "was written by a later tallystick"),
    ],
)
def test_a_file_that_is_no_store_is_refused(prepare: Callable[[Path], object], problem: str, tmp_path: Path) -> None:
    """And it is left as it was."""
    path = tmp_path / "registry.db"
    prepare(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(StoreFailed, match=problem):
        SqliteStore(path)

    assert before == (path.read_bytes() if path.is_file() else None)


def test_a_store_that_is_locked_or_damaged_says_so(tmp_path: Path) -> None:
    """Both are found when the store is used."""
    path = tmp_path / "registry.db"
    with closing(SqliteStore(path, busy_timeout=0.01)) as store, closing(sqlite3.connect(path)) as other:
        store.append([SET, SET], expected=0)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailed, match="database is locked"):
            store.append([SET], expected=2)
        other.execute("DELETE FROM log WHERE position = 1")
        other.execute("COMMIT")
        with pytest.raises(StoreFailed, match="event 1 is missing"):
            list(store.read())


def test_a_file_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Version 1 had no marks. What it held is kept, and what comes is marked."""
    path = tmp_path / "registry.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript("""
            CREATE TABLE log (position INTEGER PRIMARY KEY, event TEXT);
            INSERT INTO log VALUES (1, '{"event": "level-set", "subject": null, "level": "FULL"}');
            PRAGMA application_id = 0x7A117C4B;
            PRAGMA user_version = 1;
        """)
    for known in (1, 2, 3):
        with closing(SqliteStore(path)) as store, closing(SqliteStore(path)) as other:
            assert [SET] * known == list(store.read())
            store.append([SET], expected=known)
            assert [SET] == list(other.read(after=known))
    with closing(sqlite3.connect(path)) as connection:
        marks = connection.execute("SELECT mark IS NOT NULL FROM log").fetchall()

        assert (2,) == connection.execute("PRAGMA user_version").fetchone()
        assert [(0,), (1,), (1,), (1,)] == marks


def test_a_log_that_was_replaced_under_a_registry_is_noticed(tmp_path: Path) -> None:
    """A node that went on would give ids twice: it has read events that are no more."""
    path, backup = tmp_path / "registry.db", tmp_path / "backup.db"
    with closing(SqliteStore(path)) as store:
        store.append([SET], expected=0)
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(backup)) as copy:
            live.backup(copy)
            store.append([SET], expected=1)
            list(store.read())
            copy.backup(live)
        with pytest.raises(StoreFailed, match="no longer holds event 2 as it was read"):
            list(store.read(after=2))
        with closing(SqliteStore(path)) as other:
            other.append([LevelSet("other", None)] * 2, expected=1)
        with pytest.raises(StoreFailed, match="no longer holds event 2 as it was read"):
            list(store.read(after=2))


def test_a_file_that_is_gone_is_not_written_to(tmp_path: Path) -> None:
    """Its name is another file's, or nobody's: what is written to the old one ends with this process."""
    path = tmp_path / "registry.db"
    with closing(SqliteStore(path)) as store:
        store.append([SET], expected=0)
        path.rename(tmp_path / "moved.db")
        for _ in range(2):
            with pytest.raises(StoreFailed, match="was moved or replaced while it was open"):
                store.append([SET], expected=1)
            SqliteStore(path).close()
