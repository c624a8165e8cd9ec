"""A node that answers questions and changes nothing: for a replica, a backup that is looked at, or a move."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from tallystick.server.asked import asked, refusal

_NOT_PERMITTED = 42205  # what Confluent's registry answers in mode READONLY


class ReadOnly:
    """Refuses what would change something."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] == "http" and asked(scope).operation.writes:
            message = "This node is read-only: write to another one of this registry"
            await refusal(422, message, code=_NOT_PERMITTED)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
