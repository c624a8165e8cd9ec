"""The audit log: who asked for which change, and what came of it, as a line of JSON each."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tallystick.server.asked import Asked, asked, refusal

_log = logging.getLogger("tallystick.server")
_SWITCHES = ("force", "normalize", "permanent", "recursive")
_LONGEST = 4096  # of what is repeated as it is


class Audit:
    """Writes a line for each request that would change something, refused ones included, before its answer goes out.

    Where no line can be written, nothing is changed.
    """

    def __init__(self, app: ASGIApp, *, path: Path) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and hold the answer back until its line is written."""
        if scope["type"] != "http" or not asked(scope).operation.writes:
            await self._app(scope, receive, send)
            return
        one, answer = asked(scope), _Held()
        try:
            file = await run_in_threadpool(os.open, self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        except OSError as error:
            _log.error("the audit log can't be written: %s", error)  # the reason says it all
            await refusal(503, "The audit log can't be written: nothing was changed")(scope, receive, send)
            return
        try:
            await self._app(scope, receive, answer.take)
        finally:
            written = await run_in_threadpool(_append, file, line(one, scope, answer))
        if not written:
            await refusal(500, "The change may have been made, and the audit log could not be written")(
                scope, receive, send
            )
            return
        for message in answer.messages:
            await send(message)


class _Held:
    """An answer that is not sent yet."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return next((one["status"] for one in self.messages if one["type"] == "http.response.start"), 500)

    @property
    def body(self) -> bytes:
        return b"".join(one.get("body", b"") for one in self.messages)


def line(one: Asked, scope: Scope, answer: _Held) -> str:
    """Return what is written of a request. No header is, and of the query only switches."""
    operation = one.operation
    facts: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": one.id,
        "user": one.user.name,
        "client": one.client,
        "method": scope["method"],
        "route": operation.route,
        "path": scope["raw_path"].decode("latin-1"),
        "subject": operation.subject,
        "switches": dict(_switches(scope["query_string"].decode("latin-1"))),
        "asked": _asked(one),
        "status": answer.status,
        "answer": _short(answer.body),
    }
    return json.dumps({name: value for name, value in facts.items() if value not in ("", {}, None)})


def _switches(query: str) -> Iterable[tuple[str, str]]:
    return [(name, value) for name, value in parse_qsl(query) if name in _SWITCHES]


def _asked(one: Asked) -> Any:
    """Return what was sent: settings as they are, a schema by its hash, for it may be large."""
    if not one.body:
        return None
    if one.operation.route.startswith(("/config", "/mode")):
        return _short(one.body)
    return {"bytes": len(one.body), "sha256": hashlib.sha256(one.body).hexdigest()}


def _short(body: bytes) -> Any:
    try:
        value = json.loads(body[: _LONGEST + 1])
    except (ValueError, RecursionError):
        return body[:_LONGEST].decode(errors="replace") or None
    # An answer may repeat a whole schema: its id and version say which.
    if isinstance(value, dict) and "schema" in value:
        return {name: value[name] for name in ("subject", "version", "id") if name in value}
    return value


def _append(file: int, text: str) -> bool:
    data = f"{text}\n".encode(errors="backslashreplace")
    try:
        return os.write(file, data) == len(data)
    except OSError as error:
        _log.error("the audit log can't be written: %s", error)  # the reason says it all
        return False
    finally:
        os.close(file)
