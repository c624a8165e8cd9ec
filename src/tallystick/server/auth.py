"""Find out who asks: by certificate, password or token. Whoever shows nothing is anonymous."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from tallystick.server.hashes import check_hash, fits, password_hash, token_hash
from tallystick.server.roles import User, user
from tallystick.server.settings import Auth, Identity, Jwt

_REMEMBERED = 1000
_AT_ONCE = 2  # a guess costs 0.1 s of a core: guessing must not take them all


class Refused(Exception):
    """Someone showed what does not fit."""


class _Tokens(Protocol):
    async def user(self, token: str) -> User | None: ...


class Doorkeeper:
    """Knows everyone of the settings. UsageError where those can't be meant."""

    def __init__(self, auth: Auth) -> None:
        self.anonymous = user("", auth.anonymous, "auth.anonymous")
        self.schemes = [*(["Basic"] if auth.users else []), *(["Bearer"] if auth.tokens or auth.jwt.jwks else [])]
        self._users = {name: (_checked(one, f"auth.users.{name}"), one.hash) for name, one in auth.users.items()}
        self._tokens = {
            one.hash: _checked(one, f"auth.tokens.{name}", name, is_token=True) for name, one in auth.tokens.items()
        }
        self._certificates = {
            name: user(name, one.roles, f"auth.certificates.{name}") for name, one in auth.certificates.items()
        }
        self._jwt = _tokens(auth.jwt) if auth.jwt != Jwt() else None
        self._known: OrderedDict[bytes, User] = OrderedDict()
        self._secret, self._nobody = secrets.token_bytes(32), password_hash("")
        self._hashing = asyncio.Semaphore(_AT_ONCE)

    def know(self, auth: Auth) -> None:
        """Know these from now on, and nobody else. UsageError where they can't be meant: then nothing changes."""
        vars(self).update(vars(Doorkeeper(auth)))

    async def user(self, authorization: str | None, certificate: Sequence[str]) -> User:
        """Return who asks. What is shown counts more than the connection's certificate.

        Raises:
            Refused: it does not fit.
            Unavailable: it can't be checked now.
        """
        if authorization is None:
            return next(
                (self._certificates[name] for name in certificate if name in self._certificates), self.anonymous
            )
        scheme, _, credentials = authorization.strip().partition(" ")
        match scheme.lower():
            case "basic":
                return await self._by_password(credentials.strip())
            case "bearer":
                return await self._by_token(credentials.strip())
        raise Refused

    async def _by_password(self, credentials: str) -> User:
        # Hashing is slow on purpose. Who was let in once is known by a hash that is worth nothing elsewhere.
        ticket = hashlib.blake2b(credentials.encode(errors="replace"), key=self._secret).digest()
        if ticket in self._known:
            return self._known[ticket]
        name, password = _unpacked(credentials)
        # Someone whom we don't know takes as long: else the answer would tell who there is.
        known, stored = self._users.get(name, (None, self._nobody))
        async with self._hashing:
            good = await asyncio.to_thread(fits, password, stored)
        if known is None or not good:
            raise Refused
        self._known[ticket] = known
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _by_token(self, token: str) -> User:
        # By the hash of what was sent: how long the search takes tells nothing about the token.
        known = self._tokens.get(token_hash(token))
        if known is None and self._jwt is not None and token.count(".") == 2:  # noqa: PLR2004  # header.claims.signature
            known = await self._jwt.user(token)
        if known is None:
            raise Refused
        return known


def _tokens(settings: Jwt) -> _Tokens:
    from tallystick.server.jwt import Tokens  # noqa: PLC0415  # 130 ms that only signed tokens pay for

    return Tokens(settings)


def _checked(one: Identity, where: str, name: str = "", *, is_token: bool = False) -> User:
    check_hash(one.hash, where, is_token=is_token)
    return user(name or where.rpartition(".")[2], one.roles, where)


def _unpacked(credentials: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refused from None
    if not colon:
        raise Refused
    return name, password


def header(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return a header of an ASGI request."""
    return next((value.decode("latin-1") for key, value in headers if key == name), None)
