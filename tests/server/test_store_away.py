"""A node whose database is away: while it serves, and before it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from tests.postgres import PostgresNode

from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Settings

NEW = {"Confluent-Accept-Unknown-Properties": "true"}


@pytest.fixture
def away(postgres: PostgresNode) -> Iterator[PostgresNode]:
    """A database that a test stops, and that is there again for the others."""
    yield postgres
    postgres.start_again()


def test_what_a_node_has_seen_is_answered_by_its_id_while_the_database_is_away(away: PostgresNode) -> None:
    """However a client asks for it. All else is the store's failure, in Confluent's words, and works again later."""
    with (
        EmbeddedRegistry(away.registry(), settings=Settings()) as registry,
        httpx.Client(base_url=registry.url, timeout=60) as client,
    ):
        client.post("/subjects/s/versions", json={"schema": '"int"'}).raise_for_status()
        away.stop()
        found = [
            client.get("/schemas/ids/1"),
            client.get("/schemas/ids/1", headers=NEW),
            client.get("/schemas/ids/1?subject=s", headers=NEW),
            client.get("/contexts/:.:/schemas/ids/1"),
        ]
        refused = [
            client.get("/schemas/ids/2"),
            client.get("/subjects/s/versions/latest"),
            client.post("/subjects/s/versions", json={"schema": '"int"'}),
            client.get("/config"),
        ]
        raw = client.get("/schemas/ids/1/schema")
        away.start()

        assert [(200, '"int"')] * 4 == [(answer.status_code, answer.json().get("schema")) for answer in found]
        assert (200, '"int"') == (raw.status_code, raw.text)
        assert [(500, 50001)] * 4 == [(answer.status_code, answer.json()["error_code"]) for answer in refused]
        while client.get("/schemas/ids/2").status_code == 500:
            continue  # it asks at most once a second whether the database is back
        assert 1 == client.get("/subjects/s/versions/latest").json()["id"]


def test_a_node_waits_for_a_database_that_is_starting(away: PostgresNode) -> None:
    store = away.registry()
    away.stop()
    command = [sys.executable, "-m", "tallystick", "serve", "--port", "0", "--store", store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        assert node.stderr is not None
        try:
            waiting = node.stderr.readline()
            away.start()
            url = node.stdout.readline().split()[2].rstrip(",")

            assert "waiting for the store, up to 30 seconds more: postgresql:" in waiting
            assert [] == httpx.get(f"{url}/subjects").json()
        finally:
            node.kill()


def test_a_node_gives_up_after_a_while() -> None:
    store = "postgresql://127.0.0.1:1/registry"
    command = [sys.executable, "-m", "tallystick", "serve", "--port", "0", "--store", store]
    environ = {**os.environ, "TALLY_SERVE_START_SECONDS": "1"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    assert (3, "") == (done.returncode, done.stdout)
    assert f"{store}: connection failed" in done.stderr
    assert "fix: check that the database runs" in done.stderr
