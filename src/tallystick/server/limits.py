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


class _TooLarge(Exception):
    """A body has more bytes than one may have."""


class _TooManyBytes(Exception):
    """All bodies together have more bytes than there is room for."""


class Body:
    """Reads the whole body first: 413 for one that is too large, 408 for one that takes too long.

    All bodies that are being read have room together, too: who opens a thousand connections fills no memory (503).
    """

    def __init__(self, app: ASGIApp, *, most: int, seconds: float, room: int = 64 * 2**20) -> None:
        self._app, self._most, self._seconds = app, most, seconds
        self._room = max(room, most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on, with the body at hand."""
        if scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        one, chunks, app = asked(scope), list[bytes](), self._app
        try:
            await asyncio.wait_for(self._read(receive, chunks), self._seconds)
            one.body = b"".join(chunks)
        except TimeoutError:
            app = refusal(
                408, f"The body did not come within {self._seconds:g} seconds", headers={"connection": "close"}
            )
        except _TooLarge:
            app = refusal(413, f"The body is larger than {self._most} bytes")
        except _TooManyBytes:
            app = refusal(503, "Too many large bodies at once: try again", headers={"retry-after": "5"})
        except ClientDisconnect:
            return
        finally:
            self._room += sum(map(len, chunks))
        await app(scope, _replay(one.body, receive), send)

    async def _read(self, receive: Receive, chunks: list[bytes]) -> None:
        """Read to the end whatever it is: a client that still sends would not hear the answer."""
        size, more = 0, True
        problem: type[Exception] | None = None
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            size += len(chunk)
            if size > self._most:
                problem = _TooLarge
            elif len(chunk) > self._room:
                problem = problem or _TooManyBytes
            elif problem is None:
                chunks.append(chunk)
                self._room -= len(chunk)
        if problem is not None:
            raise problem


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
