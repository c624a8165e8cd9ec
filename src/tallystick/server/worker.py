"""A worker: a node without a socket, which answers what may take long. Whoever started it ends it when it takes too long.

It asks before it writes to the store, so that it is never ended halfway through.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO

from starlette.types import ASGIApp, Message

from tallystick.errors import TallyError
from tallystick.registry.model import Event
from tallystick.registry.service import Registry
from tallystick.registry.store import Store
from tallystick.registry.store.opening import open_store
from tallystick.server.app import create_app
from tallystick.server.frames import packed, read
from tallystick.server.logs import log_to_stderr
from tallystick.server.settings import Log

_log = logging.getLogger("tallystick.server.worker")


class _Asking:
    """A store that asks before it is written to, and says when that is done."""

    def __init__(self, store: Store, pipes: tuple[BinaryIO, BinaryIO]) -> None:
        self._store, self._pipes = store, pipes
        self.place = store.place

    def append(self, events: Sequence[Event], *, expected: int) -> int:
        source, sink = self._pipes
        _send(sink, {"kind": "writing"})
        if read(source) is None:  # nobody waits for the answer any more
            sys.exit(0)
        done = False
        try:
            offset = self._store.append(events, expected=expected)
            done = True
        finally:
            _send(sink, {"kind": "written", "done": done})
        return offset

    def read(self, after: int = 0) -> Iterator[Event]:
        return self._store.read(after)

    def close(self) -> None:
        self._store.close()


def main() -> None:
    """Answer requests from standard input until it ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    hello = read(source)
    if hello is None:
        return
    head, _ = hello
    log_to_stderr(Log(**head["log"]))
    try:
        store = _Asking(open_store(head["store"]), (source, sink))
    except TallyError as error:
        _send(sink, {"kind": "failed", "message": str(error)})
        return
    with closing(store):
        app = create_app(Registry(store), incompatible_code=head["incompatible_code"])
        _limit_memory(head["megabytes"])
        _send(sink, {"kind": "ready"})
        with asyncio.Runner() as runner:
            while (request := read(source)) is not None:
                answer, body = runner.run(_answered(app, *request))
                _send(sink, answer, body)


async def _answered(app: ASGIApp, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    messages: list[Message] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": head["method"],
        "scheme": "http",
        "path": head["path"],
        "raw_path": head["path"].encode("latin-1"),
        "query_string": head["query"].encode("latin-1"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    try:
        await app(scope, receive, send)
    except (MemoryError, SystemError):  # the second is what CPython makes of the first, deep in its own calls
        return {"kind": "exhausted"}, b""
    except Exception:  # noqa: BLE001  # a bug of ours: the application has answered 500, and we say why
        _log.exception("a worker failed")
        if not messages:
            return {"kind": "broken"}, b""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in messages[0]["headers"]]
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return {"kind": "answer", "status": messages[0]["status"], "headers": headers}, content


def _send(sink: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    sink.write(packed(head, body))
    sink.flush()


def _limit_memory(megabytes: int) -> None:
    """Let this process take so much more than it has. Where that can't be said, time alone is limited."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # not on Windows

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
