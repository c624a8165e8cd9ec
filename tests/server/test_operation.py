"""How a node is watched, logged, and kept from changing anything."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tallystick.registry.service import Registry
from tallystick.registry.store.sqlite import SqliteStore
from tallystick.server.app import create_app
from tallystick.server.layers import layers
from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Log, Settings

SCHEMA = {"schema": '"int"'}


def samples(url: str) -> dict[tuple[str, ...], float]:
    """Return the metrics of a node by name and labels."""
    families = text_string_to_metric_families(httpx.get(f"{url}/metrics").text)
    return {(one.name, *map(str, one.labels.values())): one.value for family in families for one in family.samples}


def test_requests_are_counted_by_route_and_not_by_subject() -> None:
    """A metric with a label for each subject, or for each path that someone makes up, would grow without end."""
    with EmbeddedRegistry(settings=Settings()) as registry:
        for subject in ("a", "b%2Fc", ":.context:d"):
            httpx.get(f"{registry.url}/subjects/{subject}/versions")
        httpx.post(f"{registry.url}/subjects/a/versions", json=SCHEMA)
        httpx.get(f"{registry.url}/no/such/path")
        httpx.request("PROPFIND", f"{registry.url}/subjects")
        found = samples(registry.url)

    assert 3 == found["tally_http_requests_total", "GET", "/subjects/{subject}/versions", "404"]
    assert 1 == found["tally_http_requests_total", "POST", "/subjects/{subject}/versions", "200"]
    assert 1 == found["tally_http_requests_total", "GET", "other", "404"]
    assert 1 == found["tally_http_requests_total", "other", "/subjects", "405"]
    assert 4 == found["tally_http_request_seconds_count", "/subjects/{subject}/versions"]
    assert 1 == found[("tally_http_requests_in_progress",)]
    assert (1, 1) == (found[("tally_registry_contexts",)], found[("tally_registry_subjects",)])
    assert found[("process_resident_memory_bytes",)] > 0


def test_a_node_says_that_it_lives_and_that_it_is_ready() -> None:
    with EmbeddedRegistry(settings=Settings()) as registry:
        answers = [httpx.get(f"{registry.url}/health/{which}") for which in ("live", "ready")]

    assert [(200, {"status": "live"}), (200, {"status": "ready"})] == [(a.status_code, a.json()) for a in answers]


def test_a_node_whose_store_is_gone_lives_and_is_not_ready(tmp_path: Path) -> None:
    """A new start mends nothing here: only traffic has to go elsewhere."""
    store = SqliteStore(tmp_path / "registry.db")
    registry = Registry(store)
    app = create_app(registry, middleware=layers(Settings(), store, registry, None))
    store.close()

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry") as client:
            return [await client.get(f"/health/{which}") for which in ("live", "ready")]

    answers = asyncio.run(ask())

    assert [(200, {"status": "live"}), (503, {"status": "not ready"})] == [(a.status_code, a.json()) for a in answers]


def test_a_read_only_node_answers_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with EmbeddedRegistry(path, settings=Settings()) as registry:
        httpx.post(f"{registry.url}/subjects/s/versions", json=SCHEMA).raise_for_status()
    with (
        EmbeddedRegistry(path, settings=Settings(read_only=True)) as registry,
        httpx.Client(base_url=registry.url) as client,
    ):
        refused = [
            client.post("/subjects/s/versions", json=SCHEMA),
            client.put("/config", json={"compatibility": "NONE"}),
            client.delete("/config/s"),
            client.delete("/subjects/s"),
            client.request("PATCH", "/subjects/s"),
        ]
        asked = [
            client.get("/subjects"),
            client.post("/subjects/s", json=SCHEMA),
            client.post("/compatibility/subjects/s/versions/latest", json=SCHEMA),
        ]

    assert [(422, 42205)] * 5 == [(a.status_code, a.json()["error_code"]) for a in refused]
    assert [200, 200, 200] == [answer.status_code for answer in asked]


def test_a_write_is_logged_with_the_id_of_its_answer_and_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    """A query, a header or a body may hold what must not be in a log."""
    caplog.set_level(logging.DEBUG, logger="tallystick")
    with EmbeddedRegistry(settings=Settings()) as registry:
        url = f"{registry.url}/subjects/s/versions?token=sesame"
        answer = httpx.post(url, json=SCHEMA, headers={"authorization": "Bearer sesame", "x-key": "sesame"})
        httpx.get(f"{registry.url}/subjects")
    lines = [record for record in caplog.records if record.name.startswith("tallystick")]

    assert ["POST /subjects/s/versions 200"] == [record.getMessage() for record in lines]
    assert answer.headers["x-request-id"] == lines[0].facts["id"]  # type: ignore[attr-defined]  # ours, through `extra`
    assert "sesame" not in str([vars(record) for record in caplog.records])


def test_reads_are_logged_where_that_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="tallystick")
    with EmbeddedRegistry(settings=Settings(log=Log(reads=True))) as registry:
        httpx.get(f"{registry.url}/subjects")

    assert ["GET /subjects 200"] == [
        record.getMessage() for record in caplog.records if "subjects" in record.getMessage()
    ]
