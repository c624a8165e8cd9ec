"""Send a request until it is answered: what to send, when to wait, and where to go next. Its caller does the I/O.

A generator asks for each step and gets what came of it, so that the same lines serve threads and event loops.
"""

from __future__ import annotations

import random
import re
import ssl
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import httpx

from tallystick.errors import RegistryUnavailable
from tallystick.registry.client.access import Address

MAX_TRIES = 4
_BACKOFF_SECONDS = 0.1
_MAX_WAIT_SECONDS = 10.0
# 500 is Confluent's for a store that failed and for a leader that is not known: both pass.
_PASSING = {429, 500, 502, 503, 504}
_NOT_STARTED = {429, 503}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. Whatever is not `repeatable` is sent again only where the registry can't have begun with it."""

    method: str
    path: str
    body: Any = None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Send:
    """A step: send this there, and say what came back."""

    request: Request
    address: Address


@dataclass(frozen=True, slots=True)
class Pause:
    """A step: wait."""

    seconds: float


Reply: TypeAlias = httpx.Response | httpx.HTTPError | OSError | None
Exchange: TypeAlias = Generator[Send | Pause, Reply, T]


class Addresses:
    """The registry's addresses, the one that answered last in front."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = tuple(addresses)
        self._first = 0

    def __str__(self) -> str:
        return ", ".join(address.url for address in self._addresses)

    def in_turn(self) -> list[Address]:
        """Return all of them, in the order to try them in."""
        first = self._first
        return [*self._addresses[first:], *self._addresses[:first]]

    def prefer(self, address: Address) -> None:
        """Begin with this one from now on."""
        self._first = self._addresses.index(address)


def deliver(request: Request, addresses: Addresses) -> Exchange[tuple[httpx.Response, Address]]:
    """Return the answer that counts, and whose it is.

    Each address is tried before any is tried again. Whoever was late once is not waited for a second time.

    Raises:
        RegistryUnavailable: there is none.
    """
    waiting = addresses.in_turn()
    reply: Reply = None
    for attempt in range(1, MAX_TRIES + 1):
        for address in tuple(waiting):
            reply = yield Send(request, address)
            if isinstance(reply, httpx.Response):
                passing = _PASSING if request.repeatable else _NOT_STARTED
                if reply.status_code not in passing or (attempt == MAX_TRIES and address == waiting[-1]):
                    addresses.prefer(address)
                    return reply, address
            elif not request.repeatable and not isinstance(reply, _NOT_SENT):
                raise _unavailable(
                    addresses, reply, "it may have done what it was asked for: look before you try again"
                )
            elif isinstance(reply, httpx.TimeoutException) or _is_distrust(reply):
                waiting.remove(address)
        if not waiting or attempt == MAX_TRIES:
            raise _unavailable(addresses, reply)
        yield Pause(_wait(attempt, reply))
    raise AssertionError("the last attempt returns or raises")


def _wait(attempt: int, reply: Reply) -> float:
    # Full jitter: clients that failed together do not come back together.
    wait = random.uniform(0, _BACKOFF_SECONDS * 2**attempt)  # noqa: S311  # no secret depends on it
    asked = reply.headers.get("retry-after", "") if isinstance(reply, httpx.Response) else ""
    return min(wait + int(asked), _MAX_WAIT_SECONDS) if re.fullmatch("[0-9]{1,5}", asked) else wait


def _unavailable(addresses: Addresses, reply: Reply, fix: str | None = None) -> RegistryUnavailable:
    problem = str(reply) or type(reply).__name__
    if isinstance(reply, httpx.TimeoutException):
        problem = "it did not answer in time"
    elif _is_distrust(reply):
        fix = "name who signed its certificate, a file in PEM format: export TALLY_REGISTRY_CA=ca.pem"
    elif isinstance(reply, httpx.ReadError | ssl.SSLError) and "https:" in str(addresses):
        fix = (
            "it may ask for a certificate: export TALLY_REGISTRY_CERTIFICATE=certificate.pem TALLY_REGISTRY_KEY=key.pem"
        )
    message = f"the schema registry at {addresses} can't be reached: {problem}"
    error = RegistryUnavailable(
        message, fix=fix or "check the address, and that the registry runs; `tally serve` runs one here"
    )
    error.__cause__ = reply if isinstance(reply, Exception) else None
    return error


def _is_distrust(reply: Reply) -> bool:
    """Say whether a certificate was refused: asking again would not help."""
    cause: BaseException | None = reply if isinstance(reply, Exception) else None
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
