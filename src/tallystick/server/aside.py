"""The layer that has what may take long answered by a worker, within a deadline."""

from __future__ import annotations

import logging
import re

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.errors import InvalidSchema, StoreFailed, TallyError
from tallystick.registry.service import Registry
from tallystick.server.asked import Asked, asked, refusal
from tallystick.server.crew import Busy, Crew, TooMuch
from tallystick.server.weight import is_heavy, is_heavy_to_compare, may_compare

_log = logging.getLogger("tallystick.server")
_FORMAT = re.compile(rb"(?:^|&)(?:format|findTags)=[^&]")
_PASSED_ON = frozenset({b"accept", b"content-type", b"confluent-accept-unknown-properties"})


class Aside:
    """Passes on what is small, and gives a worker what is not."""

    def __init__(self, app: ASGIApp, *, crew: Crew, registry: Registry, seconds: float) -> None:
        self._app, self._crew, self._registry, self._seconds = app, crew, registry, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if await self._may_take_long(asked(scope), scope):
            await (await self._answer(asked(scope), scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _may_take_long(self, one: Asked, scope: Scope) -> bool:
        if scope["method"] == "GET":
            query = scope["query_string"]
            return bool(query) and _FORMAT.search(query) is not None  # it has to be read
        if is_heavy(one) or not may_compare(one):
            return is_heavy(one)
        return await run_in_threadpool(is_heavy_to_compare, one, self._registry)

    async def _answer(self, one: Asked, scope: Scope) -> Response:
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"] if k in _PASSED_ON]
        head = {"method": scope["method"], "path": scope["raw_path"].decode("latin-1"), "headers": headers}
        head["query"] = scope["query_string"].decode("latin-1")
        try:
            answer = await self._crew.answer(head, one.body)
        except TooMuch:
            return refusal(
                422,
                f"Invalid schema: reading and comparing it takes more than {self._seconds:g} seconds, "
                "or too much memory: split it up",
                code=InvalidSchema.code,
            )
        except Busy:
            return refusal(503, "Too many large schemas at once: try again", headers={"retry-after": "5"})
        except (TallyError, OSError) as error:
            _log.exception("no worker")
            return refusal(500, str(error), code=StoreFailed.code)
        content = Response(answer.body, answer.status)
        content.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        return content
