"""A store in one SQLite file, for one machine and any number of processes on it."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tallystick.errors import Conflict, StoreFailed
from tallystick.registry.model import Event, dump_event
from tallystick.registry.store.continuity import PAGE, Continuity, Row

APPLICATION_ID = 0x7A117C4B  # stands in the file's header: another program's database is never taken for a registry
# Step n leads from version n - 1 to n. A step that was released is never edited: add one.
MIGRATIONS = (
    "CREATE TABLE log (position INTEGER PRIMARY KEY, event TEXT)",
    "ALTER TABLE log ADD COLUMN mark TEXT",  # see Continuity; events of before have none
)


class SqliteStore:
    """The log is the table `log`: its `position` counts from 1 without gaps."""

    def __init__(self, path: Path, *, busy_timeout: float = 10.0) -> None:
        """Open a file, or make it. StoreFailed: no folder, not our file, a later version's, or locked all the time."""
        self.path = path.absolute()  # `:memory:` would not be a file to SQLite
        self._lock = threading.Lock()
        self.place = str(self.path)
        self._continuity = Continuity(self.place)
        with self._explained():
            self._connection = sqlite3.connect(
                self.path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
                self._file = self._found()
            except BaseException:
                self._connection.close()
                raise

    def append(self, events: Sequence[Event], *, expected: int) -> int:
        """See Store."""
        with self._lock, self._explained():
            self._check_place()
            with self._transaction():
                held = self._one("SELECT coalesce(max(position), 0) FROM log")
                if held != expected:
                    raise Conflict(f"the log holds {held} events, not {expected}")
                mark = uuid.uuid4().hex
                rows = [
                    (position, dump_event(event), mark) for position, event in enumerate(events, start=expected + 1)
                ]
                self._connection.executemany("INSERT INTO log (position, event, mark) VALUES (?, ?, ?)", rows)
        if events:
            self._continuity.saw(expected + len(events), mark)
        return expected + len(events)

    def read(self, after: int = 0) -> Iterator[Event]:
        """See Store."""
        # The event that was read last is asked for again for its mark alone.
        event = "CASE WHEN position > ?1 THEN event ELSE '' END"
        query = f"SELECT position, {event}, mark FROM log WHERE position >= ?1 ORDER BY position LIMIT ?2"  # noqa: S608  # no value in it

        def fetch(position: int) -> list[Row]:
            with self._lock, self._explained():
                return self._connection.execute(query, (position, PAGE)).fetchall()

        return self._continuity.events(after, fetch)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        # First look, then touch: nothing is written to a file that is not ours.
        if self._one("SELECT count(*) FROM sqlite_master") and self._one("PRAGMA application_id") != APPLICATION_ID:
            raise StoreFailed(f"{self.path} is not a tallystick registry's file", fix="name another file")
        if self._one("PRAGMA user_version") != len(MIGRATIONS):
            with self._transaction():
                self._migrate()
        # Fails at once where another process does the same, or can't be done: readers then wait for writers, no more.
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = WAL")
        # FULL, because an id goes into messages as soon as it is given: NORMAL may lose the last commits when the
        # power fails, and the same id would then go to another schema. Registering is rare; one fsync is cheap.
        self._connection.execute("PRAGMA synchronous = FULL")

    def _migrate(self) -> None:
        version = self._one("PRAGMA user_version")  # again: another process may have been faster
        if version > len(MIGRATIONS):
            raise StoreFailed(f"{self.path} was written by a later tallystick", fix="upgrade this one")
        for step in MIGRATIONS[version:]:
            self._connection.execute(step)
        self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _check_place(self) -> None:
        """Refuse to write to a file that is no longer at its path: it is gone with this process."""
        if self._found() != self._file:
            problem = f"{self.path} was moved or replaced while it was open"
            raise StoreFailed(problem, fix="restart the registry; stop it before you restore a backup")

    def _found(self) -> tuple[int, int] | None:
        with suppress(FileNotFoundError):
            found = self.path.stat()
            return found.st_dev, found.st_ino
        return None

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
