"""The audit log: every change, asked for or made, has its line; and no line, no change."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx

from tallystick.server.hashes import token_hash
from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Auth, Identity, Settings

TOKENS = {"boss": Identity(token_hash("b"), ("admin",)), "ci": Identity(token_hash("c"), ("write:ci.*",))}
SCHEMA = {"schema": '"int"'}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]


def test_every_change_has_its_line_and_no_question_has(tmp_path: Path) -> None:
    """Also those that were refused, for whichever reason."""
    settings = Settings(audit=tmp_path / "audit.jsonl", auth=Auth(tokens=TOKENS))
    with EmbeddedRegistry(settings=settings) as registry, httpx.Client(base_url=registry.url) as client:
        boss, ci = ({"authorization": f"Bearer {token}"} for token in "bc")
        client.post("/subjects/ci.x/versions?normalize=true&key=sesame", json=SCHEMA, headers=ci)
        client.post("/subjects/ci.x/versions", json={"schema": "{"}, headers=ci)
        client.post("/subjects/orders/versions", json=SCHEMA, headers=ci)
        client.post("/subjects/orders/versions", json=SCHEMA)
        client.put("/config/ci.x", json={"compatibility": "NONE"}, headers=boss)
        client.get("/subjects", headers=ci)
        client.post("/subjects/ci.x", json=SCHEMA, headers=ci)
        last = client.put("/nothing", headers=boss)
    found = lines(tmp_path / "audit.jsonl")

    assert [
        ("ci", "POST", "ci.x", 200),
        ("ci", "POST", "ci.x", 422),
        ("ci", "POST", "orders", 403),
        (None, "POST", "orders", 401),
        ("boss", "PUT", "ci.x", 200),
        ("boss", "PUT", None, 404),
    ] == [(one.get("user"), one["method"], one.get("subject"), one["status"]) for one in found]
    assert ({"id": 1}, {"normalize": "true"}) == (found[0]["answer"], found[0]["switches"])
    assert 42201 == found[1]["answer"]["error_code"]
    assert {"compatibility": "NONE"} == found[4]["asked"]
    assert last.headers["x-request-id"] == found[-1]["id"]
    assert "sesame" not in str(found)


def test_a_schema_is_named_by_its_hash(tmp_path: Path) -> None:
    body = json.dumps(SCHEMA).encode()
    with EmbeddedRegistry(settings=Settings(audit=tmp_path / "audit.jsonl")) as registry:
        headers = {"content-type": "application/json", "Confluent-Accept-Unknown-Properties": "true"}
        httpx.post(f"{registry.url}/subjects/s/versions", content=body, headers=headers)
    line = lines(tmp_path / "audit.jsonl")[0]

    assert {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()} == line["asked"]
    assert {"id": 1, "version": 1}.items() <= line["answer"].items()


def test_without_a_line_nothing_is_changed(tmp_path: Path) -> None:
    """The folder of the log is not there; later it is, and another log has been moved away, as rotation does."""
    path = tmp_path / "logs" / "audit.jsonl"
    with EmbeddedRegistry(settings=Settings(audit=path)) as registry, httpx.Client(base_url=registry.url) as client:
        refused = client.post("/subjects/s/versions", json=SCHEMA)

        assert (503, []) == (refused.status_code, client.get("/subjects").json())
        path.parent.mkdir()
        client.post("/subjects/s/versions", json=SCHEMA).raise_for_status()
        path.rename(path.with_suffix(".1"))
        client.put("/config", json={"compatibility": "FULL"}).raise_for_status()

    assert ["/subjects/{subject}/versions"] == [one["route"] for one in lines(path.with_suffix(".1"))]
    assert ["/config"] == [one["route"] for one in lines(path)]


def test_no_name_can_forge_a_line(tmp_path: Path) -> None:
    """Line breaks, quotes, what ends a line elsewhere, and half a character."""
    names = ["a%0Ab", "a%22%7D%0A%7B%22b", "a%E2%80%A8b", "a%C2%85b", "a%FFb", "a%ED%A0%80b"]
    with EmbeddedRegistry(settings=Settings(audit=tmp_path / "audit.jsonl")) as registry:
        for name in names:
            httpx.post(f"{registry.url}/subjects/{name}/versions", json=SCHEMA)
    found = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()

    assert [f"/subjects/{name}/versions" for name in names] == [json.loads(one)["path"] for one in found]


def test_an_address_is_believed_of_a_known_proxy_alone(tmp_path: Path) -> None:
    """Whoever sends X-Forwarded-For could else be anyone, in the log and for the rate limit."""
    for proxies, client in [((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.9"), (("10.0.0.7",), "127.0.0.1")]:
        path = tmp_path / f"{client}-{len(proxies)}.jsonl"
        with EmbeddedRegistry(settings=Settings(audit=path, proxies=proxies)) as registry:
            headers = {"x-forwarded-for": "203.0.113.9"}
            httpx.post(f"{registry.url}/subjects/s/versions", json=SCHEMA, headers=headers)

        assert client == lines(path)[0]["client"]
