"""Registries that are killed, and registries that share one store: nothing acknowledged is lost, no id is given twice."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from tests.postgres import PostgresNode
from tests.server.nodes import HEADERS, Node, check, text, write


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh store."""
    if request.param == "sqlite":
        return str(tmp_path / "registry.db")
    node: PostgresNode = request.getfixturevalue("postgres")
    return node.registry()


def test_all_that_was_acknowledged_survives_kill_9(store: str) -> None:
    """1,000 registrations from four threads, and four kills: each time, some are on their way."""
    with Node(store) as node:
        httpx.put(f"{node.url}/config", json={"compatibility": "NONE"}).raise_for_status()
        done = write([node], [(f"s{n % 300}", 1 + n % 700) for n in range(1000)], writers=4, kills=4)
        node.kill()

        assert 1000 == len(done)
        check([node], done)


@pytest.mark.parametrize("count", [2, 4])
def test_nodes_on_one_store_never_give_an_id_to_two_schemas(store: str, count: int) -> None:
    """Twice as many threads as nodes write to few subjects; every schema is sent to two subjects and three nodes."""
    with ExitStack() as stack:
        nodes = [stack.enter_context(Node(store)) for _ in range(count)]
        httpx.put(f"{nodes[0].url}/config", json={"compatibility": "NONE"}).raise_for_status()
        wanted = [(f"s{size % 3 + shift}", size) for size in range(1, 31) for shift in (0, 1) for _ in range(3)]
        done = write(nodes, wanted, writers=2 * count)

        assert len(wanted) == len(done)
        check(nodes, done)


def test_what_one_node_acknowledged_the_others_know_at_once(store: str) -> None:
    """By its id, as the latest, in its list, and by its level."""
    with Node(store) as one, Node(store) as other, httpx.Client(headers=HEADERS) as client:
        for size in (1, 2, 3):
            client.put(f"{one.url}/config/s", json={"compatibility": "NONE"}).raise_for_status()
            posted = client.post(f"{one.url}/subjects/s/versions", json={"schema": text(size)}).json()
            latest = client.get(f"{other.url}/subjects/s/versions/latest").json()

            assert text(size) == client.get(f"{other.url}/schemas/ids/{posted['id']}").json()["schema"]
            assert (size, posted["id"], text(size)) == (latest["version"], latest["id"], latest["schema"])
            assert ["s"] == client.get(f"{other.url}/subjects").json()
            assert {"compatibilityLevel": "NONE"} == client.get(f"{other.url}/config/s").json()
