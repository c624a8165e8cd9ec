"""The registry over HTTP: read the request, ask the registry, write the answer. Bodies and codes are Confluent's.

https://docs.confluent.io/platform/current/schema-registry/develop/api.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.errors import IncompatibleSchema, InputError, RegistryError, RequestRefused, StoreFailed, TallyError
from tallystick.registry.model import RegisteredSchema
from tallystick.registry.names import DEFAULT_CONTEXT, context_name
from tallystick.registry.service import MAX_SCHEMA_BYTES, Registry
from tallystick.schema.json_text import read_json
from tallystick.server import about, configuration, schemas, subjects
from tallystick.server.call import Call
from tallystick.server.endpoint import Endpoint, Raw, described
from tallystick.server.openapi import document

PRODUCED = ("application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json")
CONSUMED = (*PRODUCED, "application/octet-stream")
# A schema is a string in a body: each of its characters may be escaped, and `\u0041` is six for one.
MAX_BODY_BYTES = 6 * MAX_SCHEMA_BYTES + 65536
ENDPOINTS: tuple[Endpoint, ...] = (
    *schemas.ENDPOINTS, *subjects.ENDPOINTS, *configuration.ENDPOINTS, *about.ENDPOINTS,
    Endpoint(
        "GET", "/openapi.json", "Describe this API", lambda *_: document(ENDPOINTS),
        returns={"type": "object"}, in_contexts=False,
    ),
)  # fmt: skip
_ANY = ("application/*", "*/*")
_ANSWERS = 1000
_BY_ID = re.compile("/schemas/ids/([0-9]{1,9})")
_IN_CONTEXT = re.compile("/contexts/([^/]+)(/.+)")


def create_app(
    registry: Registry, *, middleware: Sequence[Middleware] = (), incompatible_code: int = IncompatibleSchema.code
) -> Starlette:
    """Return the ASGI application of a registry. `middleware` sees each request before it does, the first one first.

    `incompatible_code` is the error code of an incompatible schema: 409, as clients in the field expect it, or 40901,
    as Confluent's registry answers from 8.2 on. The HTTP status is 409 in any case.
    """
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return Starlette(
        routes=[Route(path, _endpoint(found, registry), methods=list(found)) for path, found in by_path.items()],
        middleware=[*middleware, Middleware(_Front, registry=registry)],
        exception_handlers=dict.fromkeys(
            (TallyError, HTTPException, Exception), partial(_on_error, incompatible_code=incompatible_code)
        ),
    )


def _endpoint(endpoints: Mapping[str, Endpoint], registry: Registry) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        kind = _produced(request.headers.get("accept", ""))
        endpoint = endpoints["GET" if request.method == "HEAD" else request.method]
        content = None if endpoint.body is None else await _content(request)
        # In a thread: the registry waits for its store, and the event loop must not.
        return await run_in_threadpool(_answered, endpoint, registry, request, content, kind)

    return answer


def _answered(endpoint: Endpoint, registry: Registry, request: Request, content: bytes | None, kind: str) -> Response:
    given = request.scope.get("context")
    if given is not None and not endpoint.in_contexts:
        raise HTTPException(404)
    call = Call(
        path={name: _unescaped(value) for name, value in request.path_params.items()},
        query=request.query_params,
        body={} if content is None else _parsed(content),
        headers=request.headers,
        context=DEFAULT_CONTEXT if given is None else context_name(_unescaped(given)),
    )
    value = endpoint.answer(registry, call)
    if isinstance(value, Raw):
        return Response(value.text, media_type=kind)
    return Response(status_code=204) if endpoint.returns is None else _json(value, kind=kind)


def _produced(accepted: str) -> str:
    """Return the kind of answer that a client takes."""
    kinds = {one.partition(";")[0].strip().lower() for one in accepted.split(",")} - {""}
    for kind in PRODUCED:
        if not kinds or kind in kinds:
            return kind
    if kinds.intersection(_ANY):
        return PRODUCED[0]
    raise HTTPException(406)


async def _content(request: Request) -> bytes:
    kind = request.headers.get("content-type", CONSUMED[0])
    if kind.partition(";")[0].strip().lower() not in CONSUMED:
        raise HTTPException(415)
    content, size = bytearray(), 0
    async for chunk in request.stream():
        # Read to the end even when it is too much: a client that is still sending would not hear the answer.
        size += len(chunk)
        content += chunk if size <= MAX_BODY_BYTES else b""
    if size > MAX_BODY_BYTES:
        raise RequestRefused(f"The body is larger than {MAX_BODY_BYTES} bytes", status=413)
    return bytes(content)


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        value = read_json(content.decode(), "body")
    except (InputError, ValueError) as error:
        raise RequestRefused(f"The body is not JSON: {error}", status=400) from error
    if not isinstance(value, dict):
        raise RequestRefused("The body must be a JSON object", status=400)
    return value


def _unescaped(step: str) -> str:
    try:
        return unquote_to_bytes(step).decode()
    except UnicodeDecodeError as error:
        raise RequestRefused(f"'{step}' is not percent-encoded UTF-8", status=400) from error


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = PRODUCED[0]) -> Response:
    return Response(json.dumps(value), status, headers, kind)


def _on_error(_request: Request, error: Exception, *, incompatible_code: int) -> Response:
    """Answer with exactly two members: a third breaks Confluent's Java client."""
    status = getattr(error, "status_code", 500)
    code, message = status, f"HTTP {status} {HTTPStatus(status).phrase}"
    if isinstance(error, RegistryError):
        status, code, message = error.status, error.code, str(error)
        code = incompatible_code if isinstance(error, IncompatibleSchema) else code
    elif isinstance(error, TallyError):
        code, message = StoreFailed.code, str(error)
    # Of any other exception starlette keeps the traceback for the log: it raises it again after this.
    return _json({"error_code": code, "message": message}, status, getattr(error, "headers", None))


class _Front:
    """Routes by the path as it was sent: `a%2Fb` is one step, and is unescaped after routing.

    The context of `/contexts/.name/…` is taken out of the path. A schema by its id, which consumers ask for most, is
    answered at once if this process knows it: no thread, no store, no routing.
    """

    def __init__(self, app: ASGIApp, registry: Registry) -> None:
        self.app = app
        self.registry = registry
        self._answers: dict[int, tuple[RegisteredSchema, Response]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["raw_path"].decode("ascii").rstrip("/") or "/"
            answer = self._known(scope)
            if answer is not None:
                await answer(scope, receive, send)
                return
            if inside := _IN_CONTEXT.fullmatch(scope["path"]):
                scope["context"], scope["path"] = inside.groups()
        await self.app(scope, receive, send)

    def _known(self, scope: Scope) -> Response | None:
        asked = _BY_ID.fullmatch(scope["path"])
        if asked is None or scope["method"] != "GET" or scope["query_string"]:
            return None
        for name, value in scope["headers"]:
            is_plain = name != b"confluent-accept-unknown-properties" and (name != b"accept" or _is_any(value))
            if not is_plain:
                return None
        known = self.registry.known_schema(int(asked[1]))
        return None if known is None else self._answer(known)

    def _answer(self, known: RegisteredSchema) -> Response:
        """Return the answer for a schema: made once for as long as that stays what it is."""
        schema, answer = self._answers.get(known.id, (None, None))
        if answer is None or schema is not known:
            answer = _json({k: v for k, v in described(known).items() if k != "deleted"})
            if len(self._answers) >= _ANSWERS:
                self._answers.clear()
            self._answers[known.id] = known, answer
        return answer


def _is_any(accepted: bytes) -> bool:
    return accepted == b"*/*" or accepted.startswith(PRODUCED[0].encode())
