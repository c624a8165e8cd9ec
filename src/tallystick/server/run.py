"""Run a registry: as a command until it is interrupted, or in a thread for as long as a `with` block lasts."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import uvicorn

from tallystick.errors import RegistryUnavailable, StoreUnreachable, TallyError, UsageError
from tallystick.registry.service import Registry
from tallystick.registry.store import Store
from tallystick.registry.store.memory import MemoryStore
from tallystick.registry.store.opening import open_store
from tallystick.server.app import create_app
from tallystick.server.auth import Doorkeeper
from tallystick.server.connection import Connection
from tallystick.server.crew import Crew
from tallystick.server.layers import layers
from tallystick.server.settings import Settings, risks
from tallystick.server.tls import load_certificates, server_context

_GRACE_SECONDS = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_log = logging.getLogger("tallystick.server")


def serve(settings: Settings, *, on_ready: Callable[[str, str], None], reread: Callable[[], Settings]) -> None:
    """Serve until Ctrl-C or SIGTERM, then finish what is being answered and return.

    At SIGHUP, `reread` says which certificates and logins count from then on. Port 0 takes a free one. `on_ready` gets the URL and the store's place, once connections are taken.

    Raises:
        UsageError: the address can't be listened on, or the store's is none.
        StoreUnreachable: it does not answer, for `start_seconds`.
        StoreFailed, UnknownEvent: it can't be used.
    """
    with (
        _interruptible(),
        closing(_opened(settings)) as store,
        closing(_listen(settings.host, settings.port)) as listener,
    ):
        server = _Server(store, settings, Crew(settings))
        # What was read from the store stays: to look through it for garbage again and again takes 50 ms each time.
        gc.freeze()
        _at_hangup(lambda: server.renew(reread()))
        for warning in risks(settings):
            _log.warning(warning)
        with _ending(server):
            on_ready(server.url(listener), store.place)
            server.run(sockets=[listener])


def _opened(settings: Settings) -> Store:
    """Open the store. A database that does not answer yet is asked again: it may be starting, as we are."""
    until, pause = time.monotonic() + settings.start_seconds, _FIRST_PAUSE
    while True:
        try:
            return open_store(settings.store)
        except StoreUnreachable as error:
            left = until - time.monotonic()
            if left <= 0:
                raise
            _log.warning("waiting for the store, up to %.0f seconds more: %s", left, error)
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


class EmbeddedRegistry:
    """A registry on a free port of 127.0.0.1, in this process. `url` is where it is."""

    def __init__(self, store: Path | str | None = None, *, settings: Settings | None = None) -> None:
        """Take the SQLite file or `postgresql://` URL to keep everything in; without one, all is gone at the end.

        With settings, all of them hold but its `store`, `host` and `port`.
        """
        self._address, self._settings = store, settings
        self.url = ""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            store = stack.enter_context(closing(MemoryStore() if self._address is None else open_store(self._address)))
            listener = stack.enter_context(closing(_listen("127.0.0.1", 0)))
            server = _Server(store, self._settings, self._crew())
            self.url = server.url(listener)
            thread = threading.Thread(target=server.run, args=([listener],), name=self.url, daemon=True)
            thread.start()
            stack.callback(thread.join, 2 * _GRACE_SECONDS)
            stack.callback(setattr, server, "should_exit", True)
            if not server.ready.wait(_GRACE_SECONDS):
                raise RegistryUnavailable("the embedded registry did not start", fix="see what it logged")
            self._stop = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()

    def _crew(self) -> Crew | None:
        """Return workers, where there is a store that they can open, too."""
        if self._settings is None or self._address is None:
            return None
        return Crew(replace(self._settings, store=str(self._address)))


class _Server(uvicorn.Server):
    """A registry's web server; `ready` is set once it takes connections. Without settings there are no layers."""

    def __init__(self, store: Store, settings: Settings | None, crew: Crew | None) -> None:
        registry = Registry(store)
        self._doorkeeper = Doorkeeper(settings.auth) if settings and settings.auth.is_on else None
        around = layers(settings, store, registry, crew, self._doorkeeper) if settings else []
        settings = settings or Settings()
        app = create_app(registry, incompatible_code=settings.incompatible_code, middleware=around)
        self._crew = crew
        self._context = context = server_context(settings.tls)
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                lifespan="off",
                ws="none",
                log_config=None,  # logging is the business of whoever runs us
                access_log=False,
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=list(settings.proxies),
                server_header=False,
                timeout_graceful_shutdown=settings.stop_seconds,
                ssl_context_factory=(lambda _config, _default: context) if context else None,
            )
        )
        self.ready = threading.Event()

    def renew(self, settings: Settings) -> None:
        """Let certificates and logins of these settings count from now on. All else stays as it was.

        Raises:
            UsageError: they can't be had. Nothing changes then.
        """
        server_context(settings.tls)
        if settings.auth.is_on != (self._doorkeeper is not None):
            raise UsageError("'auth' was switched on or off", fix="restart the registry")
        if self._doorkeeper is not None:
            self._doorkeeper.know(settings.auth)
        if self._context is not None:
            load_certificates(self._context, settings.tls)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self._crew is not None:
            await self._crew.close()

    def url(self, listener: socket.socket) -> str:
        host, port, *_ = listener.getsockname()
        scheme = "https" if self._context else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


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


@contextmanager
def _ending(server: _Server) -> Iterator[None]:
    """Let both signals end the server, and not the block, also while its event loop does not run yet."""

    def end(_signal: int, _frame: object) -> None:
        server.should_exit = True

    previous = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in previous.items():
            signal.signal(one, handler)


def _at_hangup(renew: Callable[[], None]) -> None:
    def handle(_signal: int, _frame: object) -> None:
        try:
            renew()
        except TallyError as error:
            _log.error("settings not reread, those from before still hold: %s", error)  # no bug of ours
        else:
            _log.info("settings reread: certificates and logins")

    if hasattr(signal, "SIGHUP"):  # not on Windows
        signal.signal(signal.SIGHUP, handle)


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
