"""A store in one PostgreSQL database, for any number of nodes."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tallystick.errors import Conflict, StoreFailed, StoreUnreachable, UsageError
from tallystick.registry.model import Event, dump_event
from tallystick.registry.store.continuity import PAGE, Continuity, Row

# Step n leads from version n - 1 to n. A step that was released is never edited: add one.
MIGRATIONS: Sequence[LiteralString] = (
    """
    CREATE TABLE log (position bigint PRIMARY KEY, event text NOT NULL, mark text NOT NULL);
    CREATE TABLE tallystick (version integer NOT NULL);
    INSERT INTO tallystick VALUES (0)
    """,
)
_MIGRATION_LOCK = 0x7A117C4B
_PAUSE_SECONDS = 1.0
_FIX = "check that the database runs, and that the URL's user may read, write and create tables in it"
# One statement compares and appends. Of two that run at once, the second waits at the primary key for the first.
# It also returns whose event stands where ours should: after a lost connection, it may be ours.
_APPEND: LiteralString = """
    WITH held AS (SELECT coalesce(max(position), 0) AS held FROM log),
    added AS (
        INSERT INTO log (position, event, mark)
        SELECT held + number, event, %(mark)s
        FROM held, unnest(%(events)s::text[]) WITH ORDINALITY AS new (event, number) WHERE held = %(expected)s
    )
    SELECT held, (SELECT mark FROM log WHERE position = %(expected)s + 1) FROM held
"""
# The event that was read last is asked for again for its mark alone.
_READ: LiteralString = """
    SELECT position, CASE WHEN position > %(after)s THEN event ELSE '' END, mark
    FROM log WHERE position >= %(after)s ORDER BY position LIMIT %(page)s
"""


class PostgresStore:
    """The log is the table `log`: its `position` counts from 1 without gaps. `tallystick` holds the tables' version."""

    def __init__(self, url: str, *, timeout: float = 10.0) -> None:
        """Connect, and make the tables in an empty schema. `timeout` is for connecting and for each statement.

        Raises:
            UsageError: the URL is none.
            StoreUnreachable: nobody answers.
            StoreFailed: it is not our database, or a later version's.
        """
        self._settings, self.place = _parsed(url)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._continuity = Continuity(self.place)
        self._connection: psycopg.Connection | None = None
        self._down: tuple[float, str] = (0.0, "")
        with self._lock, self._explained():
            self._connected()

    def append(self, events: Sequence[Event], *, expected: int) -> int:
        """See Store."""
        mark = uuid.uuid4().hex
        lines = [dump_event(event) for event in events]
        held, there = self._run(_APPEND, {"events": lines, "expected": expected, "mark": mark})[0]
        if held != expected and (there != mark or not events):
            raise Conflict(f"the log holds {held} events, not {expected}")
        if events:
            self._continuity.saw(expected + len(events), mark)
        return expected + len(events)

    def read(self, after: int = 0) -> Iterator[Event]:
        """See Store."""

        def fetch(position: int) -> list[Row]:
            return self._run(_READ, {"after": position, "page": PAGE})

        return self._continuity.events(after, fetch)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _run(self, query: LiteralString, values: Mapping[str, Any]) -> list[Any]:
        """Return a statement's rows. A lost connection and a lost race are tried once more: what then stands is final."""
        with self._lock, self._explained():
            try:
                return self._connected().execute(query, values).fetchall()
            except psycopg.errors.UniqueViolation:
                pass
            except psycopg.OperationalError:
                if self._connection is None or not self._connection.closed:
                    raise  # nobody there at all, or an answer such as a timeout
            return self._connected().execute(query, values).fetchall()

    def _connected(self) -> psycopg.Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        # Requests that queued up behind one that found nobody hear it at once.
        until, problem = self._down
        if time.monotonic() < until:
            raise StoreUnreachable(problem, fix=_FIX)
        self._connection = None
        try:
            connection = psycopg.connect(**self._settings, autocommit=True, connect_timeout=max(2, int(self._timeout)))
        except psycopg.OperationalError as error:
            problem = f"{self.place}: {_line(error)}"
            self._down = (time.monotonic() + _PAUSE_SECONDS, problem)
            raise StoreUnreachable(problem, fix=_FIX) from error
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _prepare(self, connection: psycopg.Connection) -> None:
        # A server may be set up to answer before it has written, and an id must not be given twice.
        connection.execute(
            "SELECT set_config('statement_timeout', %s, false), set_config('synchronous_commit', "
            "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)",
            (str(int(self._timeout * 1000)),),
        )
        if self._version(connection) < len(MIGRATIONS):
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))  # nodes start together
                for step in MIGRATIONS[self._version(connection) :]:
                    connection.execute(step)
                connection.execute("UPDATE tallystick SET version = %s", (len(MIGRATIONS),))

    def _version(self, connection: psycopg.Connection) -> int:
        """Return the version of our tables, 0 where there are none. First look, then touch: others' tables are refused."""
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT relname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
                "WHERE nspname = current_schema() AND relkind IN ('r', 'p')"
            )
        }
        if not tables:
            return 0
        if "tallystick" not in tables:
            fix = "make a database for it: createdb registry; or a schema: …/database?options=-csearch_path%3Dregistry"
            raise StoreFailed(f"{self.place} holds tables that are not a tallystick registry's", fix=fix)
        row = connection.execute("SELECT version FROM tallystick").fetchone()
        version: int = row[0] if row else 0
        if version > len(MIGRATIONS):
            raise StoreFailed(f"{self.place} was written by a later tallystick", fix="upgrade this one")
        return version

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if isinstance(error, psycopg.errors.ReadOnlySqlTransaction) and self._connection is not None:
                self._connection.close()  # it became a standby: the next try may find who took over
            raise StoreFailed(f"{self.place}: {_line(error)}", fix=_FIX) from error


def _parsed(url: str) -> tuple[dict[str, Any], str]:
    """Return what to connect with, and a name without user and password. A bad URL is not shown: it may hold them."""
    # libpq takes a password that is not escaped for a host, a port or a database, and names these in its messages.
    plain = re.fullmatch(r"postgres(ql)?://([^/?#@]*@)?[^/?#@]*(/[^?#@]*)?([?][^#]*)?", url)
    try:
        settings = conninfo_to_dict(url) if plain else {}
    except psycopg.ProgrammingError:
        settings = {}
    if not settings or not re.fullmatch("[0-9,]*", str(settings.get("port", ""))):
        mend = "write it like postgresql://user:password@host:5432/database"
        fix = f"{mend}, with @ : / ? # of a password as %40 %3A %2F %3F %23"
        raise UsageError("the store's address is not a PostgreSQL URL", fix=fix)
    defaults = {"application_name": "tallystick", "keepalives_idle": 30, "tcp_user_timeout": 30_000}
    host, port = settings.get("host", ""), settings.get("port")
    database = quote(str(settings.get("dbname", "")))
    place = f"postgresql://{host}{f':{port}' if port else ''}/{database}"
    return defaults | settings, place


def _line(error: Exception) -> str:
    """Return the first line of what PostgreSQL says: the others are about its own code and statements."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
