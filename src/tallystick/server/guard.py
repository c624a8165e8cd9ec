"""The layer that lets in who may do what they ask for. All else is refused."""

from __future__ import annotations

import json
import logging

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.errors import Unavailable
from tallystick.registry.names import beside
from tallystick.server.asked import Asked, asked, refusal
from tallystick.server.auth import Doorkeeper, Refused, header
from tallystick.server.limits import Buckets, too_many
from tallystick.server.operation import Role
from tallystick.server.roles import User

_log = logging.getLogger("tallystick.server.auth")
_DENIED = 40301
_FAILURES_PER_SECOND, _FAILURES = 1.0, 20  # of an address; then even the right password has to wait
_REALM = 'realm="tally registry", charset="UTF-8"'


class Authenticate:
    """Finds out who asks, and tells the layers inside. 401 if that fails, or nobody may ask without."""

    def __init__(self, app: ASGIApp, *, doorkeeper: Doorkeeper) -> None:
        self._app, self._doorkeeper = app, doorkeeper
        self._failures = Buckets(_FAILURES_PER_SECOND, _FAILURES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            return
        one = asked(scope)
        shown = header(scope["headers"], b"authorization")
        if shown is not None and (seconds := self._failures.wait(one.client, take=0)):
            await too_many(seconds)(scope, receive, send)
            return
        try:
            one.user = await self._doorkeeper.user(shown, scope.get("state", {}).get("certificate", ()))
        except Refused:
            self._failures.wait(one.client)
            _log.warning("login refused", extra={"facts": {"id": one.id, "client": one.client}})
            answer: Response | None = self._unauthorized()
        except Unavailable as error:
            _log.error("login not possible: %s", error, extra={"facts": {"id": one.id}})  # no bug of ours
            answer = refusal(503, "Who asks can't be checked now: try again", headers={"retry-after": "10"})
        else:
            answer = None if one.user.grants or one.user.name else self._unauthorized()
        await (answer or self._app)(scope, receive, send)

    def _unauthorized(self) -> Response:
        answer = refusal(401, "Unauthorized")
        for scheme in self._doorkeeper.schemes:
            answer.headers.append("www-authenticate", f"{scheme} {_REALM}" if scheme == "Basic" else scheme)
        return answer


class Authorize:
    """Refuses what the one who asks may not do: 403, as Confluent's registry with its security plugin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        one = asked(scope)
        denied = None if one.user.may(one.operation) else (one.operation.role, one.operation.subject)
        denied = denied or _denied_alias(one, one.user)
        if denied is None:
            await self._app(scope, receive, send)
            return
        role, subject = denied
        where = f"Subject: {subject}" if role is Role.WRITE or subject else "this registry"
        await refusal(403, f"User is denied operation {role.name.title()} on {where}", code=_DENIED)(
            scope, receive, send
        )


def _denied_alias(one: Asked, user: User) -> tuple[Role, str] | None:
    """Return what is denied of an alias: whoever may write to it writes to the subject that it stands for."""
    if one.operation.route != "/config/{subject}" or not one.body or user.may_with(Role.ADMIN, ""):
        return None
    try:
        body = json.loads(one.body)
    except (ValueError, RecursionError):
        return Role.ADMIN, one.operation.subject  # the registry would refuse it; not our place to say how
    alias = body.get("alias") if isinstance(body, dict) else None
    if not alias:
        return None
    subject = beside(one.operation.subject, str(alias))
    return None if user.may_with(Role.WRITE, subject) else (Role.WRITE, subject)
