"""What one client may take of a node: so many requests, so large a body, so long to send it."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tallystick.server.asked import asked, refusal

_CLIENTS = 10_000


class Buckets:
    """A bucket of tokens for each client, filled at a rate. Those that were seen last are kept."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, *, take: int = 1) -> float:
        """Take from a client's bucket; return 0, or how many seconds it takes until there is enough in it."""
        now = time.monotonic()
        left, at = self._buckets.pop(client, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._rate)
        enough = left >= max(take, 1)
        self._buckets[client] = (left - take if enough else left, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (max(take, 1) - left) / self._rate


class Rate:
    """Answers 429 to who asks too often: a user, or where nobody logs in, an address."""

    def __init__(self, app: ASGIApp, *, buckets: Buckets) -> None:
        self._app, self._buckets = app, buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        one = asked(scope)
        seconds = self._buckets.wait(one.user.name or one.client)
        await (too_many(seconds) if seconds else self._app)(scope, receive, send)


def too_many(seconds: float) -> ASGIApp:
    """Return the answer for who has to wait."""
    return refusal(429, "Too many requests", headers={"retry-after": str(math.ceil(seconds))})


class Body:
    """Reads the whole body first: 413 for one that is too large, 408 for one that takes too long."""

    def __init__(self, app: ASGIApp, *, most: int, seconds: float) -> None:
        self._app, self._most, self._seconds = app, most, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on, with the body at hand."""
        if scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        one = asked(scope)
        try:
            body = await asyncio.wait_for(_read(receive, self._most), self._seconds)
        except TimeoutError:
            answer = refusal(
                408, f"The body did not come within {self._seconds:g} seconds", headers={"connection": "close"}
            )
            await answer(scope, receive, send)
            return
        except ClientDisconnect:
            return
        if body is None:
            await refusal(413, f"The body is larger than {self._most} bytes")(scope, receive, send)
            return
        one.body = body
        await self._app(scope, _replay(body, receive), send)


async def _read(receive: Receive, most: int) -> bytes | None:
    """Return a body; None: it is too large. It is read to its end even so: who still sends would not hear the answer."""
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= most:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= most else None


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
