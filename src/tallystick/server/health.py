"""Whether a node lives, whether it can answer, and its metrics: for whoever watches over it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.errors import TallyError
from tallystick.server.asked import asked
from tallystick.server.observe import Metrics

_log = logging.getLogger("tallystick.server")
_SECONDS = 3.0
_FRESH = 1.0


class Health:
    """Answers /health/live and /health/ready, to everyone: they say no more than yes or no."""

    def __init__(self, app: ASGIApp, *, check: Callable[[], None]) -> None:
        """Take what raises when the node can't answer."""
        self._app, self._check = app, check
        self._until, self._ready = 0.0, False
        self._asking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        route = asked(scope).operation.route if scope["type"] == "http" else ""
        if route == "/health/live":
            await _status("live", 200)(scope, receive, send)
        elif route == "/health/ready":
            ready = await self._is_ready()
            await _status("ready" if ready else "not ready", 200 if ready else 503)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _is_ready(self) -> bool:
        """Ask at most once a second, whoever asks us."""
        async with self._asking:
            if time.monotonic() >= self._until:
                self._ready = await self._ask()
                self._until = time.monotonic() + _FRESH
            return self._ready

    async def _ask(self) -> bool:
        try:
            # Not starlette's thread pool: that one is waited for, and a store that hangs may hold all of it.
            await asyncio.wait_for(asyncio.to_thread(self._check), _SECONDS)
        except TimeoutError:
            _log.warning("not ready: the store did not answer within %s seconds", _SECONDS)
            return False
        except TallyError as error:
            _log.warning("not ready: %s", error)
            return False
        return True


class MetricsPage:
    """Answers /metrics."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] == "http" and asked(scope).operation.route == "/metrics" and scope["method"] == "GET":
            text = await run_in_threadpool(self._metrics.text)
            await Response(text, media_type=CONTENT_TYPE_LATEST)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _status(word: str, status: int) -> Response:
    return Response(json.dumps({"status": word}), status, media_type="application/json")
