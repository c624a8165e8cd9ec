"""The registry over HTTP: read the request, ask the registry, write the answer. Bodies and codes are Confluent's.

https://docs.confluent.io/platform/current/schema-registry/develop/api.html
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.errors import (
    InputError,
    InvalidLevel,
    InvalidSchema,
    RegistryError,
    RequestRefused,
    StoreFailed,
    TallyError,
)
from tallystick.registry.model import RegisteredSchema, SchemaReference, SchemaRequest
from tallystick.registry.service import MAX_SCHEMA_BYTES, Registry
from tallystick.schema.json_text import read_json
from tallystick.schema.types import Format

PRODUCED = ("application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json")
CONSUMED = (*PRODUCED, "application/octet-stream")
# A schema is a string in a body: each of its characters may be escaped, and `\u0041` is six for one.
MAX_BODY_BYTES = 6 * MAX_SCHEMA_BYTES + 65536
_MAX_ID = 2**31 - 1
_SCHEMA_MEMBERS = ("schema", "schemaType", "references")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, taken apart. `body` is empty for methods that have none."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    def asks(self, name: str) -> bool:
        """Say whether a switch is on. Python's clients write `True`, all others `true`."""
        return self.query.get(name, "").lower() == "true"

    def schema(self) -> SchemaRequest:
        """Return the schema in the body."""
        others = {name: value for name, value in self.body.items() if name not in _SCHEMA_MEMBERS}
        text, kind = self.body.get("schema"), self.body.get("schemaType")
        if not isinstance(text, str) or not text:
            raise InvalidSchema("Empty schema: 'schema' must be the schema's text, as a JSON string")
        references = tuple(_reference(one) for one in self._listed("references"))
        return SchemaRequest(text, Format.AVRO if kind is None else str(kind), references, others)

    def _listed(self, name: str) -> list[Any]:
        value = self.body.get(name) or []
        if not isinstance(value, list):
            raise InvalidSchema(f"'{name}' must be a list")
        return value

    def page(self, items: Sequence[T]) -> Sequence[T]:
        """Return the part that `offset` and `limit` ask for. A limit that is no number above 0 is none."""
        offset, limit = self.query.get("offset", ""), self.query.get("limit", "")
        rest = items[int(offset) :] if re.fullmatch("[0-9]{1,9}", offset) else items
        return rest[: int(limit)] if re.fullmatch("0*[1-9][0-9]{0,9}", limit) else rest


Answer: TypeAlias = Callable[[Registry, Call], Any]


def create_app(registry: Registry, *, middleware: Sequence[Middleware] = ()) -> Starlette:
    """Return the ASGI application of a registry. `middleware` sees each request before it does, the first one first.

    `normalize` is taken and changes nothing: the kept text has one order of attributes in any case, and custom
    properties keep the order that they came in.
    """
    lock = threading.Lock()

    def ask(answer: Answer, request: Request, content: bytes | None) -> Any:
        path = {name: _unescaped(value) for name, value in request.path_params.items()}
        call = Call(path, request.query_params, {} if content is None else _parsed(content), request.headers)
        with lock:
            return answer(registry, call)

    return Starlette(
        routes=[Route(path, _endpoint(answers, ask), methods=list(answers)) for path, answers in _ROUTES.items()],
        middleware=[*middleware, Middleware(_EscapedPath)],
        exception_handlers=dict.fromkeys((TallyError, HTTPException, Exception), _on_error),
    )


def _schema_by_id(registry: Registry, call: Call) -> Any:
    schema_id = call.path["id"]
    if not re.fullmatch("[0-9]{1,10}", schema_id) or int(schema_id) > _MAX_ID:
        raise HTTPException(404)
    return _described(registry.schema(int(schema_id)))


def _subjects(registry: Registry, call: Call) -> Any:
    prefix = call.query.get("subjectPrefix", "").removeprefix(":*:")  # all contexts, of which there is one
    return call.page([subject for subject in registry.subjects() if subject.startswith(prefix)])


def _register(registry: Registry, call: Call) -> Any:
    found = registry.register(call.path["subject"], call.schema())
    # Older clients refuse members that they do not know; newer ones say that they do not mind.
    if call.headers.get("confluent-accept-unknown-properties", "").lower() != "true":
        return {"id": found.id}
    return {"id": found.id, "version": found.version, **_described(found)}


def _compatibility(registry: Registry, call: Call) -> Any:
    try:
        messages = registry.incompatibilities(call.path["subject"], call.schema(), call.path.get("version"))
    except InvalidSchema as error:
        if not call.asks("verbose"):
            raise
        messages = [str(error)]
    return {"is_compatible": not messages} | ({"messages": messages} if call.asks("verbose") else {})


def _set_level(registry: Registry, call: Call) -> Any:
    for name, value in call.body.items():
        if name != "compatibility" and value not in (None, False):
            raise RequestRefused(f"'{name}' is not supported: this registry sets 'compatibility' only", status=422)
    level = call.body.get("compatibility")
    if not isinstance(level, str):
        raise InvalidLevel
    return {"compatibility": registry.set_level(call.path.get("subject"), level)}


def _registered(schema: RegisteredSchema) -> Any:
    return {"subject": schema.subject, "version": schema.version, "id": schema.id, **_described(schema)}


def _described(schema: RegisteredSchema) -> dict[str, Any]:
    """Return the members that say what a schema is: as Confluent's registry, without those that are usual."""
    kind = {} if schema.schema_type == Format.AVRO else {"schemaType": schema.schema_type}
    references = {"references": [asdict(one) for one in schema.references]} if schema.references else {}
    return {**kind, "schema": schema.text, **references}


def _reference(value: Any) -> SchemaReference:
    match value:
        case {"name": str(name), "subject": str(subject), "version": int(version)}:
            return SchemaReference(name, subject, version)
    raise InvalidSchema("a reference has a 'name', a 'subject' and a 'version', a number")


_LEVELS: Mapping[str, Answer] = {
    "GET": lambda registry, call: {
        "compatibilityLevel": registry.level(call.path.get("subject"), or_global=call.asks("defaultToGlobal"))
    },
    "PUT": _set_level,
    "DELETE": lambda registry, call: {"compatibilityLevel": registry.delete_level(call.path.get("subject"))},
}
_ROUTES: Mapping[str, Mapping[str, Answer]] = {
    "/": {"GET": lambda _registry, _call: {}},
    "/schemas/types": {"GET": lambda _registry, _call: list(Format)},
    "/schemas/ids/{id}": {"GET": _schema_by_id},
    "/subjects": {"GET": _subjects},
    "/subjects/{subject}": {
        "POST": lambda registry, call: _registered(registry.lookup(call.path["subject"], call.schema()))
    },
    "/subjects/{subject}/versions": {
        "GET": lambda registry, call: call.page([known.version for known in registry.versions(call.path["subject"])]),
        "POST": _register,
    },
    "/subjects/{subject}/versions/{version}": {
        "GET": lambda registry, call: _registered(registry.version(call.path["subject"], call.path["version"]))
    },
    "/compatibility/subjects/{subject}/versions": {"POST": _compatibility},
    "/compatibility/subjects/{subject}/versions/{version}": {"POST": _compatibility},
    "/config": _LEVELS,
    "/config/{subject}": _LEVELS,
}


def _endpoint(answers: Mapping[str, Answer], ask: Callable[..., Any]) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        accepted = request.headers.get("accept", "*/*").lower()
        if not any(kind in accepted for kind in (*PRODUCED, "application/*", "*/*")):
            raise HTTPException(406)
        method = "GET" if request.method == "HEAD" else request.method
        content = await _content(request) if method in ("POST", "PUT") else None
        # In a thread: the registry waits for its store, and the event loop must not.
        return _json(await run_in_threadpool(ask, answers[method], request, content))

    return endpoint


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


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, PRODUCED[0])


def _on_error(_request: Request, error: Exception) -> Response:
    """Answer with exactly two members: a third breaks Confluent's Java client."""
    status = getattr(error, "status_code", 500)
    code, message = status, f"HTTP {status} {HTTPStatus(status).phrase}"
    if isinstance(error, RegistryError):
        status, code, message = error.status, error.code, str(error)
    elif isinstance(error, TallyError):
        code, message = StoreFailed.code, str(error)
    # Of any other exception starlette keeps the traceback for the log: it raises it again after this.
    return _json({"error_code": code, "message": message}, status, getattr(error, "headers", None))


class _EscapedPath:
    """Routes by the path as it was sent: `a%2Fb` is one step, and is unescaped after routing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["raw_path"].decode("ascii").rstrip("/") or "/"
        await self.app(scope, receive, send)
