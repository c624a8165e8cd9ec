"""What the store in a PostgreSQL database does on top of what every store does."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote, unquote

import psycopg
import pytest
from tests.postgres import PostgresNode

from tallystick.contract.modes import Mode
from tallystick.errors import Conflict, StoreFailed, UsageError
from tallystick.registry.model import LevelSet
from tallystick.registry.store.opening import open_store
from tallystick.registry.store.postgres import PostgresStore

SET = LevelSet(None, Mode.FULL)


@pytest.fixture
def url(postgres: PostgresNode) -> str:
    return postgres.registry()


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(url)) as store:
        yield store


def test_many_nodes_start_at_once_on_an_empty_database(url: str) -> None:
    """One of them makes the tables."""
    with ExitStack() as stack:
        threads = [threading.Thread(target=lambda: stack.push(closing(PostgresStore(url)))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with closing(PostgresStore(url)) as store:
            assert 1 == store.append([SET], expected=0)


def test_a_lost_connection_is_made_again(postgres: PostgresNode, store: PostgresStore) -> None:
    """Reading and writing go on after each."""
    for length in (0, 1, 2):
        postgres.hang_up()
        assert length + 1 == store.append([SET], expected=length)
        postgres.hang_up()
        assert [SET] == list(store.read(after=length))


def test_a_server_that_is_away_is_named_and_found_again(postgres: PostgresNode, url: str, store: PostgresStore) -> None:
    """What was acknowledged is there when it is back."""
    store.append([SET], expected=0)
    postgres.stop()
    try:
        for _ in range(2):  # the second one does not ask again
            with pytest.raises(StoreFailed, match=r"postgresql://.*/postgres: connection .*failed"):
                list(store.read())
        with pytest.raises(StoreFailed, match="connection"):
            PostgresStore(url)
    finally:
        postgres.start()
    with closing(PostgresStore(url)) as again:
        assert [SET] == list(again.read())


def test_an_append_whose_connection_breaks_is_there_whole_or_not_at_all(postgres: PostgresNode, url: str) -> None:
    """What is cut off before its commit is gone."""
    with closing(PostgresStore(url)) as store:
        hang_up = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END"
        postgres.run(f"CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$ {hang_up} $$", url)
        postgres.run("CREATE TRIGGER cut AFTER INSERT ON log EXECUTE FUNCTION hang_up()", url)
        with pytest.raises(StoreFailed, match="terminating connection"):
            store.append([SET], expected=0)
        postgres.run("DROP TRIGGER cut ON log", url)

        assert [] == list(store.read())
        assert 1 == store.append([SET], expected=0)


class LosesAnswers:
    """A proxy before a PostgreSQL: it breaks off when the server answers a statement with some bytes in it."""

    def __init__(self, target: Path, path: Path, mark: bytes) -> None:
        self._target, self._mark, self._armed = target, mark, True
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def close(self) -> None:
        """Take no more connections; wait for those that are there."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._target))
                self._threads.append(threading.Thread(target=self._relay, args=(client, server)))
                self._threads[-1].start()

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        with client, server:
            cut = False
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65536)
                    if not data or (cut and ready is server):
                        return  # by now, the server has written and answered
                    cut = cut or (self._armed and self._mark in data)
                    self._armed = self._armed and not cut
                    (server if ready is client else client).sendall(data)


def test_an_append_whose_answer_is_lost_is_not_written_twice(url: str) -> None:
    """The second try finds the event of the first one, and that is a success."""
    schema = url.rpartition("%3D")[2]
    with tempfile.TemporaryDirectory() as folder:
        real = Path(unquote(url.partition("host=")[2].partition("&")[0]))
        name = ".s.PGSQL.5432"
        with closing(LosesAnswers(real / name, Path(folder, name), b"INSERT INTO log")):
            address = f"postgresql://postgres@/postgres?host={quote(folder, safe='')}&options=-csearch_path%3D{schema}"
            with closing(PostgresStore(address)) as store, closing(PostgresStore(url)) as other:
                assert 2 == store.append([SET, SET], expected=0)
                assert [SET, SET] == list(other.read())
                with pytest.raises(Conflict, match="holds 2 events, not 0"):
                    store.append([SET], expected=0)


def test_a_statement_that_takes_too_long_is_given_up(url: str) -> None:
    """Another one holds the table."""
    with closing(PostgresStore(url, timeout=0.2)) as store, psycopg.connect(url) as other:
        other.execute("LOCK TABLE log")
        with pytest.raises(StoreFailed, match="canceling statement due to statement timeout"):
            store.append([SET], expected=0)
        other.rollback()

        assert 1 == store.append([SET], expected=0)


def test_a_database_that_answers_before_it_writes_is_told_not_to(url: str) -> None:
    store = PostgresStore(f"{url}%20-csynchronous_commit%3Doff")
    with closing(store):
        assert store._connection is not None
        assert ("on",) == store._connection.execute("SHOW synchronous_commit").fetchone()


def test_a_log_that_is_an_older_copy_is_noticed(postgres: PostgresNode, url: str, store: PostgresStore) -> None:
    """A standby that lagged took over, and another node has written since."""
    store.append([SET, SET], expected=0)
    postgres.run("DELETE FROM log WHERE position = 2", url)
    with pytest.raises(StoreFailed, match="no longer holds event 2 as it was read") as caught:
        list(store.read(after=2))

    assert "restart this node" in str(caught.value.fix)
    with closing(PostgresStore(url)) as other:
        other.append([SET, SET], expected=1)
    with pytest.raises(StoreFailed, match="no longer holds event 2 as it was read"):
        list(store.read(after=2))


def test_a_hole_in_the_log_is_named(postgres: PostgresNode, url: str, store: PostgresStore) -> None:
    store.append([SET] * 3, expected=0)
    postgres.run("DELETE FROM log WHERE position = 2", url)
    with pytest.raises(StoreFailed, match="event 2 is missing"):
        list(store.read())


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        ("CREATE TABLE log (line text)", "holds tables that are not a tallystick registry's"),
        ("CREATE TABLE tallystick (version int); INSERT INTO tallystick VALUES (99)", "written by a later tallystick"),
        ("CREATE TABLE tallystick (name text)", 'column "version" does not exist'),
        ("DROP SCHEMA {}", "no schema has been selected"),
    ],
)
def test_a_database_that_is_no_store_is_refused(postgres: PostgresNode, url: str, prepare: str, problem: str) -> None:
    """And it is left as it was."""
    postgres.run(prepare.format(url.rpartition("%3D")[2]), url)
    tables = "SELECT relname FROM pg_class WHERE relnamespace::regnamespace::text = current_schema() ORDER BY 1"
    before = postgres.run(tables, url)

    with pytest.raises(StoreFailed, match=problem):
        PostgresStore(url)

    assert before == postgres.run(tables, url)


def test_who_may_not_write_is_told_so(postgres: PostgresNode, url: str) -> None:
    """A user without rights, and a database that became a standby."""
    PostgresStore(url).close()
    schema = url.rpartition("%3D")[2]
    postgres.run(f"DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA {schema} TO reader")
    reading = url.replace("postgres@", "reader@")
    with pytest.raises(StoreFailed, match="permission denied for table tallystick") as caught:
        PostgresStore(reading)

    assert "may read, write" in str(caught.value.fix)
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader")
    with closing(PostgresStore(reading)) as reader:
        assert [] == list(reader.read())
        with pytest.raises(StoreFailed, match="permission denied for table log"):
            reader.append([SET], expected=0)
    with closing(PostgresStore(f"{url}%20-cdefault_transaction_read_only%3Don")) as standby:
        with pytest.raises(StoreFailed, match="in a read-only transaction"):
            standby.append([SET], expected=0)
        assert [] == list(standby.read())


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("postgresql://u:pa@ss:w#rd@host/db", UsageError),
        ("postgresql://u:pa/ss@host/db", UsageError),
        ("postgresql://u:pass@[::1/db", UsageError),
        ("postgresql://u:pass@host/db?no=pass", UsageError),
        ("postgresql://u:pass@127.0.0.1:1/db", StoreFailed),
        ("postgresql://u:pass@127.0.0.1:pass/db", UsageError),
        ("postgresql://u:12/pa@host/db", UsageError),
        ("postgresql://u:pa#ss@host/db", UsageError),
        ("mysql://u:pass@host/db", UsageError),
    ],
)
def test_no_address_shows_its_password(address: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        open_store(address)

    assert "pa" not in f"{caught.value} {getattr(caught.value, 'fix', '')}".replace("password", "")


def test_without_psycopg_the_message_says_what_to_install(tmp_path: Path) -> None:
    """The extra is optional: a registry on SQLite needs no PostgreSQL client."""
    code = """if True:
        import sys
        sys.modules["psycopg"] = None
        from tallystick.cli.main import main
        sys.exit(main(["serve", "--store", "postgresql://u:secret@h/d"]))
        """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
    )

    assert 2 == done.returncode
    assert "error: PostgreSQL can't be used without psycopg" in done.stderr
    assert "fix: pip install 'tallystick[postgres]'" in done.stderr
    assert "secret" not in done.stderr
