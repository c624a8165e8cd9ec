"""A registry that is not ours: it answers what it is told to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tallystick.registry.client import Access, AsyncRegistryClient, RegistryClient


class Foreign(ThreadingHTTPServer):
    """Gives its answers in turn, and then the last one again; those `by_path` first. A status of 0 hangs up."""

    request_queue_size = 50

    def __init__(self, *answers: tuple[int, str], context: ssl.SSLContext | None = None, retry_after: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.answers, self.seen = list(answers), list[tuple[str, str, str | None]]()
        self.retry_after, self.by_path = retry_after, dict[str, tuple[int, str]]()
        scheme = "http" if context is None else "https"
        self.bare = f"{scheme}://127.0.0.1:{self.server_port}/api"
        self.url = f"{scheme}://user:p%40ss@127.0.0.1:{self.server_port}/api/"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def next_answer(self, path: str) -> tuple[int, str]:
        """Return what a path is answered, or else whatever is next."""
        if path in self.by_path:
            return self.by_path[path]
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a client that does not trust us ends the handshake."""


class _Handler(BaseHTTPRequestHandler):
    server: Foreign

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((self.command, self.path, self.headers["authorization"]))
        status, text = self.server.next_answer(self.path)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        if self.server.retry_after:
            self.send_header("retry-after", self.server.retry_after)
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # http.server's names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Awaited:
    """An AsyncRegistryClient whose calls are made one after the other."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._runner = asyncio.Runner()
        try:
            self._client = self._runner.run(_made(*arguments, **options))
        except BaseException:
            self._runner.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        return value if isinstance(value, str) else lambda *args, **kwargs: self._runner.run(value(*args, **kwargs))


async def _made(*arguments: Any, **options: Any) -> AsyncRegistryClient:
    return AsyncRegistryClient(*arguments, **options)


CLIENTS: list[Callable[..., Any]] = [RegistryClient, Awaited]
NO_ACCESS = Access()
