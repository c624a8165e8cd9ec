"""How a registry is run: every setting, with what holds where nothing is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from tallystick.errors import UsageError

LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Tls:
    """The server's certificate and key. With `client_ca`, a client must have a certificate of that authority.

    `client_certificate: optional` lets in those who have none: they log in otherwise, or are anonymous.
    """

    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    client_certificate: str = "required"


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone who may ask. `hash` is of a password or a token; a certificate needs none."""

    hash: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Jwt:
    """Whose signed tokens are believed. `jwks` is a file or a URL with their keys, `roles_claim` the claim with roles."""

    issuer: str = ""
    audience: str = ""
    jwks: str = ""
    roles_claim: str = "roles"
    algorithms: tuple[str, ...] = ("RS256", "ES256", "PS256", "EdDSA")
    leeway_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Auth:
    """Who may do what. Auth is on as soon as anyone stands here; then all that is not allowed is refused."""

    users: Mapping[str, Identity] = field(default_factory=dict)
    tokens: Mapping[str, Identity] = field(default_factory=dict)
    certificates: Mapping[str, Identity] = field(default_factory=dict)
    jwt: Jwt = Jwt()
    anonymous: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Say whether anyone has to show who they are."""
        return self != Auth()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask of a node. A rate of 0 is none."""

    body_bytes: int = 6_357_000
    requests_per_second: float = 0.0
    burst: int = 100
    body_seconds: float = 30.0
    parse_seconds: float = 5.0
    parse_megabytes: int = 512


@dataclass(frozen=True, slots=True)
class Log:
    """What is written to standard error. `reads` are requests that change nothing."""

    format: str = "json"
    level: str = "info"
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it, with what holds where nothing is said.

    `start_seconds` is how long a database is waited for that does not answer yet.
    `incompatible_code` is the error code of an incompatible schema: 409, or Confluent's 40901 from its 8.2 on.
    """

    store: str = "registry.db"
    host: str = "127.0.0.1"
    port: int = 8081
    read_only: bool = False
    start_seconds: int = 30
    incompatible_code: int = 409
    stop_seconds: int = 10
    audit: Path | None = None
    proxies: tuple[str, ...] = ()
    tls: Tls = Tls()
    auth: Auth = Auth()
    limits: Limits = Limits()
    log: Log = Log()


def check(settings: Settings) -> None:
    """Refuse values that fit their type and still can't be meant."""
    tls, log, limits = settings.tls, settings.log, settings.limits
    for name, value, allowed in [
        ("log.format", log.format, ("json", "text")),
        ("log.level", log.level, LEVELS),
        ("tls.client_certificate", tls.client_certificate, ("required", "optional")),
    ]:
        if value not in allowed:
            raise UsageError(f"'{name}' is '{value}'", fix=f"write one of {', '.join(allowed)}")
    if not 0 <= settings.port <= 65535:  # noqa: PLR2004  # TCP's own
        raise UsageError(f"'port' is {settings.port}", fix="write a number from 0 to 65535; 0 takes a free one")
    if settings.incompatible_code not in (409, 40901):
        raise UsageError(f"'incompatible_code' is {settings.incompatible_code}", fix="write 409 or 40901")
    if settings.start_seconds < 0:
        raise UsageError(f"'start_seconds' is {settings.start_seconds}", fix="write a number of 0 or more")
    for one in fields(limits):
        if getattr(limits, one.name) < (0 if one.name == "requests_per_second" else 1):
            raise UsageError(f"'limits.{one.name}' is {getattr(limits, one.name)}", fix="write a number of 1 or more")
    if (tls.certificate is None) != (tls.key is None):
        raise UsageError("'tls.certificate' and 'tls.key' go together, and one is missing")
    if tls.client_ca and not tls.certificate:
        raise UsageError("'tls.client_ca' asks clients for certificates, and there is no 'tls.certificate' of our own")


def risks(settings: Settings) -> Iterator[str]:
    """Yield what is allowed, and better known to whoever runs a registry that others can reach."""
    if settings.host in ("127.0.0.1", "::1", "localhost"):
        return
    auth, tls = settings.auth, settings.tls
    if not auth.is_on and tls.client_ca is None and not settings.read_only:
        yield f"whoever reaches {settings.host}:{settings.port} may change everything: 'auth' is not set"
    if (auth.users or auth.tokens or auth.jwt.jwks) and tls.certificate is None:
        yield "passwords and tokens cross the network unencrypted: 'tls' is not set"
