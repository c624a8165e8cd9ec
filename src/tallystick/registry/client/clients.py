"""The two clients: one blocks, the other is awaited. Their calls are the same exchanges."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx

from tallystick.registry.client import calls
from tallystick.registry.client.access import Access
from tallystick.registry.client.exchange import Exchange, Pause, Reply, Send
from tallystick.registry.client.session import Session

_KIND = "application/vnd.schemaregistry.v1+json"
_HEADERS = {
    "Accept": f"{_KIND}, application/vnd.schemaregistry+json, application/json",
    "Content-Type": _KIND,
    "Confluent-Accept-Unknown-Properties": "true",  # asks new servers for the version in the answer to registering
}
_FAILURES = (httpx.HTTPError, OSError)  # httpx lets some of TLS through as it is
P = ParamSpec("P")
T = TypeVar("T")


class _Client:
    def __init__(self, url: str, access: Access | None = None, *, latest_seconds: float = 1.0) -> None:
        """Take a URL, or several with commas between them.

        Without `access`, TALLY_REGISTRY_TOKEN and its like say how to log in. `latest_seconds` is for how long the
        latest version of a subject is believed to be that.

        Raises:
            UsageError: no URL, or certificates that can't be used.
        """
        self._access = Access.from_environment() if access is None else access
        addresses = self._access.addresses(url)
        self._session = Session(addresses, latest_seconds)
        self._trust = self._access.trust(addresses)
        self.url = str(self._session.addresses)

    def _settings(self) -> dict[str, Any]:
        return {"timeout": self._access.timeout, "headers": _HEADERS, "verify": self._trust}


def _blocking(
    call: Callable[Concatenate[Session, P], Exchange[T]],
) -> Callable[Concatenate[RegistryClient, P], T]:
    def method(self: RegistryClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        exchange = call(self._session, *args, **kwargs)
        reply: Reply = None
        while True:
            try:
                step = exchange.send(reply)
            except StopIteration as done:
                value: T = done.value
                return value
            reply = self._perform(step)

    update_wrapper(method, call)
    return method


def _awaited(
    call: Callable[Concatenate[Session, P], Exchange[T]],
) -> Callable[Concatenate[AsyncRegistryClient, P], Awaitable[T]]:
    async def method(self: AsyncRegistryClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        exchange = call(self._session, *args, **kwargs)
        reply: Reply = None
        while True:
            try:
                step = exchange.send(reply)
            except StopIteration as done:
                value: T = done.value
                return value
            reply = await self._perform(step)

    update_wrapper(method, call)
    return method


class RegistryClient(_Client):
    """Talks to one registry, from any number of threads. User and password may stand in the URL.

    A call is sent again when the connection breaks or the server stumbles, and to the next address, where there are
    several: `register` too, since the same text gives the same version. All raise RegistryUnavailable when no registry
    answers, and the RegistryError that its error code stands for when it says no.
    """

    def __init__(self, url: str, access: Access | None = None, *, latest_seconds: float = 1.0) -> None:
        super().__init__(url, access, latest_seconds=latest_seconds)
        self._http = httpx.Client(**self._settings())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def _perform(self, step: Send | Pause) -> Reply:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return self._http.request(**_request(step))
        except _FAILURES as error:
            return error

    schema = _blocking(calls.schema)
    schema_text = _blocking(calls.schema_text)
    lookup = _blocking(calls.lookup)
    register = _blocking(calls.register)
    incompatibilities = _blocking(calls.incompatibilities)
    subjects = _blocking(calls.subjects)
    versions = _blocking(calls.versions)
    version = _blocking(calls.version)
    delete_subject = _blocking(calls.delete_subject)
    delete_version = _blocking(calls.delete_version)
    level = _blocking(calls.level)
    group = _blocking(calls.group)
    set_level = _blocking(calls.set_level)
    config = _blocking(calls.config)
    set_config = _blocking(calls.set_config)
    delete_config = _blocking(calls.delete_config)
    mode = _blocking(calls.mode)
    set_mode = _blocking(calls.set_mode)
    delete_mode = _blocking(calls.delete_mode)
    contexts = _blocking(calls.contexts)
    get = _blocking(calls.get)
    described = _blocking(calls.described)
    find = _blocking(calls.find)
    send = _blocking(calls.send)


class AsyncRegistryClient(_Client):
    """The same for an event loop: `await client.version("orders-value", "latest")`."""

    def __init__(self, url: str, access: Access | None = None, *, latest_seconds: float = 1.0) -> None:
        super().__init__(url, access, latest_seconds=latest_seconds)
        self._http = httpx.AsyncClient(**self._settings())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _perform(self, step: Send | Pause) -> Reply:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return await self._http.request(**_request(step))
        except _FAILURES as error:
            return error

    schema = _awaited(calls.schema)
    schema_text = _awaited(calls.schema_text)
    lookup = _awaited(calls.lookup)
    register = _awaited(calls.register)
    incompatibilities = _awaited(calls.incompatibilities)
    subjects = _awaited(calls.subjects)
    versions = _awaited(calls.versions)
    version = _awaited(calls.version)
    delete_subject = _awaited(calls.delete_subject)
    delete_version = _awaited(calls.delete_version)
    level = _awaited(calls.level)
    group = _awaited(calls.group)
    set_level = _awaited(calls.set_level)
    config = _awaited(calls.config)
    set_config = _awaited(calls.set_config)
    delete_config = _awaited(calls.delete_config)
    mode = _awaited(calls.mode)
    set_mode = _awaited(calls.set_mode)
    delete_mode = _awaited(calls.delete_mode)
    contexts = _awaited(calls.contexts)
    get = _awaited(calls.get)
    described = _awaited(calls.described)
    find = _awaited(calls.find)
    send = _awaited(calls.send)


def _request(step: Send) -> dict[str, Any]:
    login = {"Authorization": step.address.authorization} if step.address.authorization else {}
    url, body = step.address.url + step.request.path, step.request.body
    # In ASCII: httpx would not send half a surrogate pair, which a name of another registry may have.
    content = None if body is None else json.dumps(body).encode()
    return {"method": step.request.method, "url": url, "content": content, "headers": login}
