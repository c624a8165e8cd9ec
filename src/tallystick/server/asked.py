"""What the layers around the registry know of a request, each adding its part; and how they say no."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import getrandbits

from starlette.responses import Response
from starlette.types import Scope

from tallystick.server.app import PRODUCED
from tallystick.server.operation import Operation, of
from tallystick.server.roles import NOBODY, User

_KEY = "tallystick"


@dataclass(slots=True)
class Asked:
    """A request that is being answered. `user` is known once someone has shown who they are, `body` once it is read."""

    operation: Operation
    client: str
    id: str = field(default_factory=lambda: f"{getrandbits(64):016x}")
    user: User = NOBODY
    body: bytes = b""
    status: int = 500
    started: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.started


def asked(scope: Scope) -> Asked:
    """Return what is known of a request; the outermost layer asks first."""
    known: Asked | None = scope.get(_KEY)
    if known is None:
        client = scope.get("client")
        known = scope[_KEY] = Asked(of(scope), client[0] if client else "")
    return known


def refusal(
    status: int, message: str, *, code: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a no in the shape that clients of a registry know."""
    body = json.dumps({"error_code": code or status, "message": message})
    return Response(body, status, dict(headers or {}), PRODUCED[0])
