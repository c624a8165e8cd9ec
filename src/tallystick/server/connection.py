"""A connection: who is at its other end, and how long they may take to say what they want."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tallystick.server.tls import names

HEAD_SECONDS = 20.0
HEAD_BYTES = 64 * 1024


class Connection(HttpToolsProtocol):
    """Ends where the head of a request takes too long, or is too large. The body has limits of its own."""

    _clock: asyncio.TimerHandle | None = None
    _head: int | None = 0  # its bytes so far; None while a body is read
    _is_next = False  # what was read last ended a request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own does
        """Keep the names of the client's certificate: each request has them in its state."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "certificate": tuple(names(transport.get_extra_info("peercert")))}
        self._start_clock()

    def data_received(self, data: bytes) -> None:
        """Hand data on, and see whether a head is still not complete."""
        super().data_received(data)
        if self._is_next:
            self._is_next = False
        elif self._head is not None:
            self._head += len(data)
            self._start_clock()
            if self._head > HEAD_BYTES:
                self.transport.abort()

    def on_headers_complete(self) -> None:
        """Stop counting."""
        self._head = None
        self._stop_clock()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Be ready for another request."""
        self._head, self._is_next = 0, True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._stop_clock()
        super().connection_lost(exc)

    def _start_clock(self) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
