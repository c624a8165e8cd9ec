"""The fixture `handles`: each kind of store, opened twice on one fresh log."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.postgres import PostgresNode

from tallystick.registry.store import Store
from tallystick.registry.store.memory import MemoryStore
from tallystick.registry.store.opening import open_store

Handles: TypeAlias = Callable[[], AbstractContextManager[tuple[Store, Store]]]


@contextmanager
def memory() -> Iterator[tuple[Store, Store]]:
    """A store in memory has one handle."""
    store = MemoryStore()
    yield store, store


@contextmanager
def two(address: str | Path) -> Iterator[tuple[Store, Store]]:
    """Open an address twice."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(closing(open_store(address))) for _ in range(2))
        yield first, second


@contextmanager
def sqlite() -> Iterator[tuple[Store, Store]]:
    """Two handles on a file that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, two(Path(folder, "registry.db")) as stores:
        yield stores


@pytest.fixture(params=["memory", "sqlite", "postgres"], scope="session")
def handles(request: pytest.FixtureRequest) -> Handles:
    """What opens a fresh log of one kind twice."""
    if request.param == "postgres":
        node: PostgresNode = request.getfixturevalue("postgres")
        return lambda: two(node.registry())
    return {"memory": memory, "sqlite": sqlite}[request.param]
