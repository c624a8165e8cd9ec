"""Find the store that an address names."""

from __future__ import annotations

from pathlib import Path

from tallystick.errors import UsageError
from tallystick.registry.store import Store
from tallystick.registry.store.sqlite import SqliteStore


def open_store(address: str | Path) -> Store:
    """Open the store of a `postgresql://` URL, or of a SQLite file's path. Whoever opens it closes it.

    Raises:
        UsageError: psycopg is not installed, or the address is that of neither.
        StoreFailed: it can't be reached, or it is not a registry's.
    """
    text = str(address)
    if text.startswith(("postgresql://", "postgres://")):
        return _open_postgres(text)
    # A path with `://` in it would be a typing error: `mysql://u:secret@host` must not become a file's name.
    if "://" in text:
        kind = text.partition("://")[0]
        raise UsageError(
            f"'{kind}://' is no store of a registry", fix="name a file, or postgresql://user@host/database"
        )
    return SqliteStore(Path(address))


def _open_postgres(url: str) -> Store:
    try:
        from tallystick.registry.store.postgres import PostgresStore  # noqa: PLC0415  # psycopg is an extra
    except ImportError as error:
        raise UsageError(
            f"PostgreSQL can't be used without psycopg: {error}", fix="pip install 'tallystick[postgres]'"
        ) from error
    return PostgresStore(url)
