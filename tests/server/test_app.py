"""The REST API, over real HTTP: status, error code and body, as Confluent's clients expect them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tallystick.registry.service import MAX_SCHEMA_BYTES, Registry
from tallystick.registry.store.memory import MemoryStore
from tallystick.registry.store.sqlite import SqliteStore
from tallystick.server.app import MAX_BODY_BYTES, PRODUCED, create_app
from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Settings

TEXT = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}'
OTHER = '{"type":"record","name":"R","fields":[{"name":"b","type":"string"}]}'
GUID = str(uuid.UUID(bytes=hashlib.md5(TEXT.encode(), usedforsecurity=False).digest()))
KEPT = {"subject": "s", "version": 1, "id": 1, "schema": TEXT}
NOT_FOUND = {"error_code": 404, "message": "HTTP 404 Not Found"}
BAD_VERSION = {
    "error_code": 42202,
    "message": "The specified version '0' is not a valid version id. "
    'Allowed values are between [1, 2^31-1] and the string "latest"',
}


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    """A registry with one version of subject `s`, which no test changes."""
    with EmbeddedRegistry() as registry, httpx.Client(base_url=registry.url) as client:
        client.post("/subjects/s/versions", json={"schema": TEXT}).raise_for_status()
        yield client


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[httpx.Client]:
    with EmbeddedRegistry(tmp_path / "registry.db") as registry, httpx.Client(base_url=registry.url) as client:
        yield client


@pytest.mark.parametrize(
    ("request_", "status", "body"),
    [
        ("GET /", 200, {}),
        ("GET /schemas/types", 200, ["JSON", "PROTOBUF", "AVRO"]),
        ("GET /schemas/ids/1", 200, {"schema": TEXT}),
        ("GET /schemas/ids/2", 404, {"error_code": 40403, "message": "Schema 2 not found"}),
        ("GET /schemas/ids/one", 404, NOT_FOUND),
        ("GET /subjects", 200, ["s"]),
        ("GET /subjects/", 200, ["s"]),
        ("GET /subjects?subjectPrefix=:*:&offset=0&limit=-1&deleted=False", 200, ["s"]),
        ("GET /subjects?subjectPrefix=t", 200, []),
        ("GET /subjects?offset=1", 200, []),
        ("GET /subjects/s/versions?limit=1", 200, [1]),
        ("GET /subjects/x/versions", 404, {"error_code": 40401, "message": "Subject 'x' not found."}),
        ("GET /subjects/s/versions/1", 200, KEPT),
        ("GET /subjects/s/versions/latest", 200, KEPT),
        ("GET /subjects/s/versions/-1", 200, KEPT),
        ("GET /subjects/s/versions/2", 404, {"error_code": 40402, "message": "Version 2 not found."}),
        ("GET /subjects/s/versions/0", 422, BAD_VERSION),
        ("GET /subjects/%FF/versions", 400, {"error_code": 400, "message": "'%FF' is not percent-encoded UTF-8"}),
        ("GET /config", 200, {"compatibilityLevel": "BACKWARD"}),
        ("GET /config/s?defaultToGlobal=true", 200, {"compatibilityLevel": "BACKWARD"}),
        ("GET /mode", 200, {"mode": "READWRITE"}),
        ("DELETE /subjects/s/versions", 405, {"error_code": 405, "message": "HTTP 405 Method Not Allowed"}),
        ("DELETE /config/s", 404, {"error_code": 40401, "message": "Subject 's' not found."}),
    ],
)
def test_what_is_asked_is_answered(api: httpx.Client, request_: str, status: int, body: Any) -> None:
    """The body is exact: Confluent's Java client fails on a third member of an error."""
    response = api.request(*request_.split(" "))

    assert (status, body) == (response.status_code, response.json())
    assert PRODUCED[0] == response.headers["content-type"]


@pytest.mark.parametrize(
    ("path", "body", "status", "answer"),
    [
        ("/subjects/s", {"schema": TEXT, "references": [], "metadata": None}, 200, KEPT),
        ("/subjects/s?normalize=true", {"schema": json.dumps(json.loads(TEXT), indent=2)}, 200, KEPT),
        ("/subjects/s", {"schema": '"int"'}, 404, 40403),
        ("/subjects/x", {"schema": TEXT}, 404, 40401),
        ("/subjects/s/versions", {"schema": TEXT}, 200, {"id": 1}),
        ("/subjects/s/versions", {"schema": OTHER}, 409, 409),
        ("/subjects/s/versions", {"schema": "{"}, 422, 42201),
        ("/subjects/s/versions", {}, 200, {"id": 1, "version": 1, "schema": TEXT, "guid": GUID}),
        ("/subjects/x/versions", {}, 422, 42201),
        ("/subjects/s/versions", {"schema": TEXT, "schemaType": "JSON"}, 422, 42201),
        ("/subjects/s/versions", {"schema": TEXT, "ruleSet": {"domainRules": []}}, 200, {"id": 1}),
        ("/subjects/__GLOBAL/versions", {"schema": TEXT}, 422, 42208),
        ("/subjects/s/versions", {"schema": "x" * (MAX_SCHEMA_BYTES + 1)}, 422, 42209),
        ("/compatibility/subjects/s/versions", {"schema": TEXT}, 200, {"is_compatible": True}),
        ("/compatibility/subjects/s/versions/1", {"schema": OTHER}, 200, {"is_compatible": False}),
        ("/compatibility/subjects/s/versions/2", {"schema": OTHER}, 404, 40402),
        ("/compatibility/subjects/x/versions/1", {"schema": OTHER}, 404, 40402),
        ("/compatibility/subjects/x/versions/latest", {"schema": OTHER}, 200, {"is_compatible": True}),
        ("/compatibility/subjects/s/versions/latest", {"schema": "{"}, 422, 42201),
    ],
)
def test_what_is_sent_is_answered(api: httpx.Client, path: str, body: Any, status: int, answer: Any) -> None:
    """Where the message is long, its code is compared, and that it is one of two members."""
    response = api.post(path, json=body)
    got = response.json()

    assert (status, answer) == (response.status_code, got if isinstance(answer, dict) else got["error_code"])
    assert isinstance(answer, dict) or {"error_code", "message"} == set(got)


def test_a_verbose_answer_says_why(api: httpx.Client) -> None:
    """Incompatible and invalid schemas alike: the question was whether, and the answer is no."""
    for schema, reason in [(OTHER, "READER_FIELD_MISSING_DEFAULT_VALUE"), ("{", "schema:1:2")]:
        answer = api.post("/compatibility/subjects/s/versions?verbose=True", json={"schema": schema}).json()

        assert answer["is_compatible"] is False
        assert reason in answer["messages"][0]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"schema": ', {}, 400),
        (b'{"schema": "1", "schema": "2"}', {}, 400),
        (b'{"schema": NaN}', {}, 400),
        (b'{"schema": ' + b"9" * 5000 + b"}", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[]", {}, 400),
        (b"", {}, 400),
        (b" " * (MAX_BODY_BYTES + 1), {}, 413),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"accept": "text/html"}, 406),
    ],
)
def test_a_body_that_is_none_is_refused(
    api: httpx.Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    """In the shape of every other error, and with the status again as its code."""
    response = api.post("/subjects/s/versions", content=content, headers=headers)

    assert (status, status) == (response.status_code, response.json()["error_code"])
    assert {"error_code", "message"} == set(response.json())


def test_levels_are_set_and_deleted(fresh: httpx.Client) -> None:
    """PUT says `compatibility`, GET and DELETE say `compatibilityLevel`, as Confluent's."""
    conversation: list[tuple[str, str, Any, int, Any]] = [
        ("PUT", "/config", {"compatibility": "full"}, 200, {"compatibility": "FULL"}),
        ("PUT", "/config/a%2Fb", {"compatibility": "NONE"}, 200, {"compatibility": "NONE"}),
        ("GET", "/config/a%2Fb", None, 200, {"compatibilityLevel": "NONE"}),
        ("DELETE", "/config/a%2Fb", None, 200, {"compatibilityLevel": "NONE"}),
        ("DELETE", "/config", None, 200, {"compatibilityLevel": "FULL"}),
    ]
    for method, path, body, status, answer in conversation:
        response = fresh.request(method, path, json=body)

        assert (status, answer) == (response.status_code, response.json())


def test_a_subject_may_have_a_slash_and_a_client_may_want_more_than_the_id(fresh: httpx.Client) -> None:
    """The header is Confluent's own, since 8.2."""
    answer = fresh.post(
        "/subjects/a%2Fb/versions", json={"schema": TEXT}, headers={"Confluent-Accept-Unknown-Properties": "true"}
    )

    assert {"id": 1, "version": 1, "guid": GUID} == answer.json()
    assert ["a/b"] == fresh.get("/subjects").json()
    assert 404 == fresh.get("/subjects/a/b/versions").status_code


def ask(app: Any, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    """Ask an application without a server."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://registry") as client:
            return await client.request(method, path, json=body, headers=headers)

    return asyncio.run(asked())


def test_the_code_of_an_incompatible_schema_is_a_setting(tmp_path: Path) -> None:
    """Confluent changed it with 8.2; clients that test for one of the two get that one. A worker reads what is large."""
    large = OTHER.replace('"string"', '"string","doc":"' + "x" * 10_000 + '"')
    settings = Settings(incompatible_code=40901)
    with EmbeddedRegistry(tmp_path / "registry.db", settings=settings) as registry:
        httpx.post(f"{registry.url}/subjects/s/versions", json={"schema": TEXT}).raise_for_status()
        for text in (OTHER, large):
            refused = httpx.post(f"{registry.url}/subjects/s/versions", json={"schema": text}, timeout=30)

            assert (409, 40901) == (refused.status_code, refused.json()["error_code"])


def test_an_id_that_is_known_is_answered_as_any_other() -> None:
    """Most requests ask for one, and take a shorter way."""
    registry = Registry(MemoryStore())
    app = create_app(registry)
    request = {"schema": TEXT, "metadata": {"properties": {"a": "b"}}}
    ask(app, "POST", "/subjects/s/versions", request)
    short, long = (ask(app, "GET", path) for path in ("/schemas/ids/1", "/schemas/ids/1?format="))

    assert (200, {"schema": TEXT, "metadata": request["metadata"]}) == (short.status_code, short.json())
    assert (short.content, dict(short.headers)) == (long.content, dict(long.headers))
    assert 406 == ask(app, "GET", "/schemas/ids/1", accept="text/html").status_code
    registry.delete_subject("s")

    assert short.content == ask(app, "GET", "/schemas/ids/1").content
    registry.delete_subject("s", permanent=True)

    assert 404 == ask(app, "GET", "/schemas/ids/1").status_code


def test_what_nobody_expected_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    """A store that fails, and one that fails in a way that is a bug of ours."""
    path = tmp_path / "registry.db"
    store = SqliteStore(path)
    apps = [create_app(Registry(store)), create_app(None)]  # type: ignore[arg-type]  # the bug
    store.close()

    failed, bug = (ask(app, "GET", "/subjects") for app in apps)

    assert (500, 50001) == (failed.status_code, failed.json()["error_code"])
    assert "closed database" in failed.json()["message"]
    assert {"error_code": 500, "message": "HTTP 500 Internal Server Error"} == bug.json()


def test_a_registry_keeps_its_file(tmp_path: Path) -> None:
    """And another one sees what is written while both run."""
    path = tmp_path / "registry.db"
    with EmbeddedRegistry(path) as first, EmbeddedRegistry(path) as second:
        httpx.post(f"{first.url}/subjects/s/versions", json={"schema": TEXT})

        assert KEPT == httpx.get(f"{second.url}/subjects/s/versions/1").json()
    with EmbeddedRegistry(path) as again:
        assert KEPT == httpx.get(f"{again.url}/subjects/s/versions/1").json()
