"""Run a registry: as a command until it is interrupted, or in a thread for as long as a `with` block lasts."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Self

import httpx
import uvicorn

from tallystick.errors import RegistryUnavailable, UsageError
from tallystick.registry.service import Registry
from tallystick.registry.store import Store
from tallystick.registry.store.memory import MemoryStore
from tallystick.registry.store.opening import open_store
from tallystick.server.app import create_app

_GRACE_SECONDS = 10


def serve(store_address: str, host: str, port: int, *, on_ready: Callable[[str, str], None]) -> None:
    """Serve a store, a SQLite file's path or a `postgresql://` URL, until Ctrl-C or SIGTERM, then finish what is being answered and return.

    Port 0 takes a free one. `on_ready` gets the URL and the store's place, once connections are taken.

    Raises:
        UsageError: the address can't be listened on, or the store's is none.
        StoreFailed, UnknownEvent: the store can't be used.
    """
    with closing(open_store(store_address)) as store, closing(_listen(host, port)) as listener, _interruptible():
        server = _server(store)
        on_ready(_url(listener), store.place)
        server.run(sockets=[listener])


class EmbeddedRegistry:
    """A registry on a free port of 127.0.0.1, in this process. `url` is where it is."""

    def __init__(self, store: Path | str | None = None) -> None:
        """Take the SQLite file or `postgresql://` URL to keep everything in; without one, all is gone at the end."""
        self._address = store
        self.url = ""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            store = stack.enter_context(closing(MemoryStore() if self._address is None else open_store(self._address)))
            server = _server(store)
            listener = stack.enter_context(closing(_listen("127.0.0.1", 0)))
            self.url = _url(listener)
            thread = threading.Thread(target=server.run, args=([listener],), name=self.url, daemon=True)
            thread.start()
            stack.callback(thread.join, 2 * _GRACE_SECONDS)
            stack.callback(setattr, server, "should_exit", True)
            _await_answer(self.url)
            self._stop = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()


def _await_answer(url: str) -> None:
    try:
        # The listener queues: this returns when the server takes connections. No proxy leads to one's own host.
        httpx.get(url, timeout=_GRACE_SECONDS, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise RegistryUnavailable(f"the embedded registry did not start: {error}") from error


def _server(store: Store) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(Registry(store)),
            lifespan="off",
            ws="none",
            log_config=None,  # logging is the business of whoever runs us
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"can't listen on {host}:{port}: {error}", fix="name another --host or --port; port 0 takes a free one"
        ) from error
    # asyncio leaves Nagle on for sockets that were made without naming TCP: 40 ms more for each answer.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, and end the block quietly on both."""
    # uvicorn stops on both, and then sends itself the signal again: by default, SIGTERM would end the process here.
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, previous)
