"""A store in one SQLite file, for one machine and any number of processes on it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tallystick.errors import Conflict, StoreFailed
from tallystick.registry.model import Event, dump_event, load_event

APPLICATION_ID = 0x7A117C4B  # stands in the file's header: another program's database is never taken for a registry
SCHEMA_VERSION = 1
_PAGE = 500


class SqliteStore:
    """The log is the table `log`: its `position` counts from 1 without gaps."""

    def __init__(self, path: Path, *, busy_timeout: float = 10.0) -> None:
        """Open a file, or make it. StoreFailed: no folder, not our file, a later version's, or locked all the time."""
        self.path = path.absolute()  # `:memory:` would not be a file to SQLite
        self._lock = threading.Lock()
        with self._explained():
            self._connection = sqlite3.connect(
                self.path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def append(self, events: Sequence[Event], *, expected: int) -> int:
        """See Store."""
        with self._lock, self._explained(), self._transaction():
            held = self._one("SELECT coalesce(max(position), 0) FROM log")
            if held != expected:
                raise Conflict(f"the log holds {held} events, not {expected}")
            rows = [(position, dump_event(event)) for position, event in enumerate(events, start=expected + 1)]
            self._connection.executemany("INSERT INTO log (position, event) VALUES (?, ?)", rows)
        return expected + len(events)

    def read(self, after: int = 0) -> Iterator[Event]:
        """See Store."""
        query = "SELECT position, event FROM log WHERE position > ? ORDER BY position LIMIT ?"
        while True:
            with self._lock, self._explained():
                rows = self._connection.execute(query, (after, _PAGE)).fetchall()
            if not rows:
                return
            for position, text in rows:
                after += 1
                if position != after:
                    raise StoreFailed(f"{self.path}: event {after} is missing", fix="restore the file from a backup")
                yield load_event(text)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        # First look, then touch: nothing is written to a file that is not ours.
        if self._one("SELECT count(*) FROM sqlite_master") == 0:
            with self._transaction():
                self._connection.execute("CREATE TABLE IF NOT EXISTS log (position INTEGER PRIMARY KEY, event TEXT)")
                self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if self._one("PRAGMA application_id") != APPLICATION_ID:
            raise StoreFailed(f"{self.path} is not a tallystick registry's file", fix="name another file")
        if self._one("PRAGMA user_version") > SCHEMA_VERSION:
            raise StoreFailed(f"{self.path} was written by a later tallystick", fix="upgrade this one")
        # Fails at once where another process does the same, or can't be done: readers then wait for writers, no more.
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = WAL")
        # FULL, because an id goes into messages as soon as it is given: NORMAL may lose the last commits when the
        # power fails, and the same id would then go to another schema. Registering is rare; one fsync is cheap.
        self._connection.execute("PRAGMA synchronous = FULL")

    def _one(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # IMMEDIATE takes the write lock before the first read: what was compared still holds at COMMIT.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            fix = "it must be a registry's file or a new one, in a folder to write to, and held by no other program"
            raise StoreFailed(f"{self.path}: {error}", fix=fix) from error
