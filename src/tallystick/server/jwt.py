"""Signed tokens (JWT, RFC 7519): whether one is good, whom it is of, and the roles that it carries."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from tallystick.errors import Unavailable, UsageError
from tallystick.server.roles import User, grant
from tallystick.server.settings import Jwt

_log = logging.getLogger("tallystick.server.auth")
_KEEP_SECONDS = 600.0
_AGAIN_SECONDS = 10.0  # at least so long between two requests for keys, however many tokens name unknown ones
_FETCH_SECONDS = 5.0
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class Tokens:
    """Checks tokens against the keys of one issuer."""

    def __init__(self, settings: Jwt) -> None:
        """UsageError: the settings leave out what makes a token safe to believe, or their file has no keys."""
        check(settings)
        self._settings, self._keys = settings, _Keys(settings.jwks)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=int(settings.leeway_seconds),
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def user(self, token: str) -> User | None:
        """Return whom a token is of; None: it is not to be believed. Unavailable: the keys can't be had."""
        try:
            try:
                claims = self._verified(token, await self._keys.known())
            except InvalidKeyIdError:  # the issuer may have a new key
                claims = self._verified(token, await self._keys.newer())
        except (JoseError, ValueError, TypeError) as error:
            _log.info("a token was refused: %s", type(error).__name__)
            return None
        found = (grant(word) for word in _roles(claims, self._settings.roles_claim))
        return User(str(claims["sub"]), tuple(one for one in found if one is not None))

    def _verified(self, token: str, keys: KeySet) -> Mapping[str, Any]:
        claims = jwt.decode(token, keys, algorithms=self._settings.algorithms).claims
        self._claims.validate(claims)
        return claims


class _Keys:
    """The keys of a file, read again when it changes, or of a URL, asked again after a while."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._keys: KeySet | None = None
        self._changed: float | None = None
        self._asked_at = -_KEEP_SECONDS
        self._asking = asyncio.Lock()
        if not _is_url(source):
            try:
                self._from_file()
            except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
                fix = "'auth.jwt.jwks' is a file with a JSON Web Key Set, or its URL"
                raise UsageError(f"no keys in {source}: {error}", fix=fix) from error

    async def known(self) -> KeySet:
        """Return the keys, as they were a while ago at worst."""
        return await self._asked_within(_KEEP_SECONDS)

    async def newer(self) -> KeySet:
        """Return the keys as they are now, or were a few seconds ago."""
        return await self._asked_within(_AGAIN_SECONDS)

    async def _asked_within(self, seconds: float) -> KeySet:
        try:
            if not _is_url(self._source):
                self._from_file()
            elif time.monotonic() - self._asked_at >= seconds:
                async with self._asking:
                    if time.monotonic() - self._asked_at >= seconds:
                        await self._from_url()
        except (OSError, ValueError, KeyError, TypeError, JoseError, httpx.HTTPError) as error:
            # Those that were good before are better than none.
            _log.warning("can't read the keys in %s: %s: %s", self._source, type(error).__name__, error)
        if self._keys is None:
            raise Unavailable(f"the keys in {self._source} can't be had")
        return self._keys

    def _from_file(self) -> None:
        path = Path(self._source)
        changed = path.stat().st_mtime
        if changed != self._changed:
            self._keys = KeySet.import_key_set(json.loads(path.read_text(encoding="utf-8")))
            self._changed = changed

    async def _from_url(self) -> None:
        self._asked_at = time.monotonic() - (_KEEP_SECONDS - _AGAIN_SECONDS if self._keys is None else 0)
        async with httpx.AsyncClient(timeout=_FETCH_SECONDS) as client:
            answer = await client.get(self._source)
        self._keys = KeySet.import_key_set(answer.raise_for_status().json())
        self._asked_at = time.monotonic()


def check(settings: Jwt) -> None:
    """Refuse settings that would believe too much. UsageError."""
    for name in ("issuer", "audience", "jwks"):
        if not getattr(settings, name):
            raise UsageError(
                f"'auth.jwt.{name}' is missing", fix="a token is believed by its issuer, audience and keys"
            )
    for algorithm in settings.algorithms:
        if algorithm not in ALGORITHMS:
            raise UsageError(f"'auth.jwt.algorithms' has '{algorithm}'", fix=f"there are {', '.join(ALGORITHMS)}")
    if _is_url(settings.jwks) and not settings.jwks.startswith("https:") and not _is_local(settings.jwks):
        raise UsageError(
            f"'auth.jwt.jwks' is {settings.jwks}", fix="use https: else anyone on the way may send the keys"
        )


def _is_url(source: str) -> bool:
    return "://" in source


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def _roles(claims: Mapping[str, Any], name: str) -> Sequence[str]:
    """Return the roles in a claim: a list, or words in a text. `realm_access.roles` is a claim in a claim."""
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, str):
        return value.split()
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
