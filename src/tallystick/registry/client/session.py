"""What the calls of one client share: its addresses, and what it knows already."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import httpx

from tallystick.registry.client.access import Address
from tallystick.registry.client.exchange import Addresses, Exchange, Request, deliver
from tallystick.registry.client.refusals import no_registry, refusal
from tallystick.registry.model import RegisteredSchema

T = TypeVar("T")


class Session:
    """For any number of threads. What an id stands for never changes, so it is asked for once."""

    def __init__(self, addresses: Sequence[Address], latest_seconds: float) -> None:
        self.addresses = Addresses(addresses)
        self.schemas: dict[int | UUID, RegisteredSchema] = {}
        self.lookups: dict[tuple[Any, ...], RegisteredSchema] = {}
        self._latest_seconds = latest_seconds
        self._latest: dict[str, tuple[float, RegisteredSchema]] = {}

    def latest(self, subject: str) -> RegisteredSchema | None:
        """Return the latest version of a subject, if it was asked for just now."""
        asked, schema = self._latest.get(subject, (0.0, None))
        return schema if schema is not None and time.monotonic() - asked < self._latest_seconds else None

    def keep_latest(self, subject: str, schema: RegisteredSchema) -> None:
        """Remember the latest version of a subject for a moment."""
        self._latest[subject] = (time.monotonic(), schema)

    def forget(self) -> None:
        """Forget what a write may have changed."""
        self._latest.clear()
        self.lookups.clear()


def ask(session: Session, request: Request, *, subject: str = "", detail: Any = None) -> Exchange[Reading]:
    """Return what the registry answers. `subject` and `detail` are what a refusal is about.

    Raises:
        RegistryUnavailable: no registry answers.
        RegistryError: it says no.
    """
    if request.method != "GET" and not request.path.startswith("/compatibility"):
        session.forget()
    response, address = yield from deliver(request, session.addresses)
    try:
        answer = None if response.status_code == httpx.codes.NO_CONTENT else response.json()
    except ValueError:
        if response.is_success or response.is_redirect:
            raise no_registry(address.url, f"it answered HTTP {response.status_code} and no JSON") from None
        answer = None
    if not response.is_success:
        raise refusal(response, answer, address.url, subject, detail)
    return Reading(answer, address.url)


class Reading:
    """An answer, and how to take it apart. Whatever is missing means that this is no registry."""

    def __init__(self, value: Any, url: str) -> None:
        self.value, self.url = value, url

    def take(self, name: str, kind: type[T]) -> T:
        """Return a member that must be there."""
        value = self.get(name)
        if not isinstance(value, kind):
            raise no_registry(self.url, f"its answer has no '{name}'")
        return value

    def get(self, name: str) -> Any:
        """Return a member, if it is there."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def members(self) -> Mapping[str, Any]:
        """Return all members."""
        if not isinstance(self.value, dict):
            raise no_registry(self.url, "its answer is not an object")
        return self.value

    def items(self, kind: type[T]) -> list[T]:
        """Return the items of a list."""
        if not isinstance(self.value, list) or not all(isinstance(item, kind) for item in self.value):
            raise no_registry(self.url, "its answer is not a list")
        return self.value
