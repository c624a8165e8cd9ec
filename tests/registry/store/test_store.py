"""What every store must do, and what the SQLite one does on top."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.contract.modes import Mode
from tallystick.errors import Conflict, StoreFailed, UnknownEvent
from tallystick.registry.model import Event, LevelSet, SchemaRegistered, load_event
from tallystick.registry.store import Store
from tallystick.registry.store.memory import MemoryStore
from tallystick.registry.store.sqlite import SqliteStore

NUMBERS = st.integers(1, 2**31 - 1)
EVENTS = st.builds(SchemaRegistered, st.text(), NUMBERS, NUMBERS, st.text()) | st.builds(
    LevelSet, st.none() | st.text(), st.none() | st.sampled_from(Mode)
)
SET = LevelSet(None, Mode.FULL)


@contextmanager
def memory() -> Iterator[tuple[Store, Store]]:
    store = MemoryStore()
    yield store, store


@contextmanager
def sqlite() -> Iterator[tuple[Store, Store]]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder, "registry.db")
        first, second = (stack.enter_context(closing(SqliteStore(path))) for _ in range(2))
        yield first, second


TWO_HANDLES = pytest.mark.parametrize("handles", [memory, sqlite])


@TWO_HANDLES
@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.lists(EVENTS, max_size=3), st.integers(0, 4))))
def test_a_log_grows_only_from_where_it_stands(
    handles: Callable[[], contextmanager[tuple[Store, Store]]], steps: list[tuple[bool, list[Event], int]]
) -> None:
    """Each step appends through one of two handles; one in five says that it has seen another length."""
    log: list[Event] = []
    with handles() as pair:
        for which, events, luck in steps:
            if luck:
                log += events

                assert len(log) == pair[which].append(events, expected=len(log) - len(events))
            else:
                with pytest.raises(Conflict):
                    pair[which].append(events, expected=len(log) + 1)

            assert log == list(pair[not which].read())
            assert log[1:] == list(pair[not which].read(after=1))


@TWO_HANDLES
def test_two_that_append_at_once_never_take_the_same_place(
    handles: Callable[[], contextmanager[tuple[Store, Store]]],
) -> None:
    """Whoever is slower gets a Conflict, and nothing of it is in the log."""
    rounds = 40
    won: list[Event] = []
    with handles() as pair:
        barrier = threading.Barrier(2)

        def append(which: int) -> None:
            for number in range(rounds):
                event = LevelSet(f"{which} {number}", Mode.NONE)
                barrier.wait()
                try:
                    pair[which].append([event], expected=number)
                except Conflict:
                    continue
                won.append(event)

        threads = [threading.Thread(target=append, args=(which,)) for which in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = list(pair[0].read())

    assert rounds == len(kept)
    assert sorted(won, key=str) == sorted(kept, key=str)


def test_a_long_log_is_read_to_its_end(tmp_path: Path) -> None:
    """SQLite's log is read in pages; the last one is not full."""
    with closing(SqliteStore(tmp_path / "registry.db")) as store:
        store.append([SET] * 1234, expected=0)

        assert 1234 == sum(1 for _ in store.read())


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


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "schema-melted"}',
        '{"event": "level-set", "subject": null, "level": "SIDEWAYS"}',
        '{"event": "level-set", "subject": null, "level": "FULL", "until": "May"}',
        '{"event": "schema-registered", "subject": "s", "schema_type": "AVRO"}',
        '{"event": "schema-registered", "subject": "s", "version": 1, "id": 1, "text": "", "schema_type": "XML"}',
        "half a li",
    ],
)
def test_an_event_of_a_later_version_is_never_guessed_at(line: str) -> None:
    """A registry that does not understand its log must stop."""
    with pytest.raises(UnknownEvent, match="does not know"):
        load_event(line)
