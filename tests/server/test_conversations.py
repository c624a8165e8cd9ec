"""Conversations with a registry over HTTP, one YAML file a topic: what is sent, and what comes back, to the letter.

A step is `METHOD path:` with `send` (the body), and `get` (the whole answer), or `code` (the error code; its first three
digits are the status) and `says` (a part of the message). Without `get` and `code` the answer need only be good.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tallystick.server.run import EmbeddedRegistry

FOLDER = Path(__file__).parent / "conversations"
CONVERSATIONS = {
    f"{file.stem}: {name}": steps
    for file in sorted(FOLDER.glob("*.yaml"))
    for name, steps in yaml.safe_load(file.read_text(encoding="utf-8")).items()
}


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    with EmbeddedRegistry() as registry, httpx.Client(base_url=registry.url) as client:
        yield client


@pytest.mark.parametrize("steps", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_conversation_goes_as_written(api: httpx.Client, steps: list[dict[str, Any]]) -> None:
    """An error has two members and nothing else: a third breaks Confluent's Java client."""
    for number, step in enumerate(steps, start=1):
        ((asked, expected),) = step.items()
        method, path = asked.split(" ")
        response = api.request(method, path, json=expected.get("send"), headers=expected.get("headers"))
        where = f"step {number}: {asked}: {response.text}"

        if "code" in expected:
            assert {"error_code", "message"} == set(response.json()), where
            assert expected["code"] == response.json()["error_code"], where
            assert int(str(expected["code"])[:3]) == response.status_code, where
            assert expected.get("says", "") in response.json()["message"], where
        elif "get" in expected:
            assert expected["get"] == (response.json() if response.content else None), where
        assert "code" in expected or response.is_success, where


def test_every_endpoint_is_talked_to() -> None:
    """What nobody asks for in a test may be broken."""
    from tallystick.server.app import ENDPOINTS

    asked = {request.split("?")[0] for steps in CONVERSATIONS.values() for step in steps for request in step}
    untested = [
        f"{endpoint.method} {endpoint.path}"
        for endpoint in ENDPOINTS
        if not any(_fits(f"{endpoint.method} {endpoint.path}", one) for one in asked)
    ]

    assert [] == untested


def _fits(template: str, request: str) -> bool:
    pairs = list(zip(template.split("/"), request.split("/"), strict=False))
    return template.count("/") == request.count("/") and all(a == b or a.startswith("{") for a, b in pairs)
