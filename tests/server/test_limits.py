"""How much a client may send, and how long it may take to."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tallystick.server.limits import Body
from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Limits, Settings

SCHEMA = json.dumps({"schema": '"int"'}).encode()
JSON = {"content-type": "application/json"}


def post(url: str, content: bytes | Iterator[bytes]) -> httpx.Response:
    return httpx.post(f"{url}/subjects/s/versions", content=content, headers=JSON, timeout=60)


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so() -> None:
    """With its length before it, and in chunks that do not say how many will come."""
    with EmbeddedRegistry(settings=Settings(limits=Limits(body_bytes=1000))) as registry:
        large = b" " * 1001
        answers = [post(registry.url, large), post(registry.url, iter([large[:500], large[500:]]))]

        assert [(413, "The body is larger than 1000 bytes")] * 2 == [
            (answer.status_code, answer.json()["message"]) for answer in answers
        ]
        assert 200 == post(registry.url, iter([SCHEMA, b" " * 900])).status_code


@contextmanager
def begun(url: str, length: int, sent: bytes) -> Iterator[socket.socket]:
    """Send a part of a body."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST /subjects/s/versions HTTP/1.1\r\nHost: r\r\nContent-Type: application/json\r\nContent-Length: {length}"
        connection.sendall(f"{head}\r\n\r\n".encode() + sent)
        yield connection


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    limits = Limits(body_seconds=0.2)
    with EmbeddedRegistry(settings=Settings(limits=limits)) as registry, begun(registry.url, 100, b"{") as connection:
        answer = connection.recv(1000)

        assert answer.startswith(b"HTTP/1.1 408 ")
        assert 200 == post(registry.url, SCHEMA).status_code


def test_many_bodies_at_once_fill_no_memory() -> None:
    """Three of 10 bytes in room for 25, each held back before its last byte; then there is room again."""
    statuses: list[int] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        assert b"x" * 10 == (await receive())["body"]
        await Response()(scope, receive, send)

    async def note(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def ask(body: Body, go: asyncio.Event) -> None:
        parts = [b"x" * 9, b"x"]

        async def receive() -> Message:
            if len(parts) == 1:
                await go.wait()
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        scope = {"type": "http", "method": "POST", "raw_path": b"/", "query_string": b""}
        await body(scope, receive, note)

    async def ask_all() -> None:
        body, go = Body(answer, most=10, seconds=60, room=25), asyncio.Event()
        waiting = [asyncio.ensure_future(ask(body, go)) for _ in range(3)]
        for _ in range(10):  # each of them gets to where it waits
            await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*waiting)
        await ask(body, go)

    asyncio.run(ask_all())

    assert ([200, 200, 503], 200) == (sorted(statuses[:3]), statuses[3])


def test_room_is_free_again_when_a_client_is_gone() -> None:
    size = 6_000_000
    with EmbeddedRegistry(settings=Settings()) as registry:
        for _ in range(16):
            with begun(registry.url, size, b" " * (size - 1)):
                pass
        while (status := post(registry.url, b" " * size).status_code) == 503:
            pass  # until the node has seen that they are gone

        assert 400 == status
