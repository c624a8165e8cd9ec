"""Where a registry is, and how to prove to it who we are."""

from __future__ import annotations

import base64
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tallystick.errors import UsageError

SETTINGS = ("USER", "PASSWORD", "TOKEN", "CA", "CERTIFICATE", "KEY", "TIMEOUT")


@dataclass(frozen=True, slots=True)
class Address:
    """A registry's URL without its user and password, and the header that carries them."""

    url: str
    authorization: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """What a registry asks for beyond its URL. User and password in a URL go before the ones here."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    ca: Path | None = None
    """Who signed the registry's certificate, where that is not a public authority."""
    certificate: Path | None = None
    key: Path | None = None
    timeout: float = 10.0
    """Seconds to wait for a connection, and for each part of an answer."""

    def __post_init__(self) -> None:
        """Refuse what can't be sent."""
        if self.token is not None and self.user is not None:
            raise UsageError("a user and a token are given for the registry", fix="give one of them")
        if self.token is not None and not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise UsageError("the registry's token has a character that no token has", fix="look for spaces around it")
        if self.key is not None and self.certificate is None:
            raise UsageError("a key is given for the registry, and no certificate", fix="give both")

    @classmethod
    def from_environment(cls, prefix: str = "TALLY_REGISTRY_", environ: Mapping[str, str] = os.environ) -> Access:
        """Return what TALLY_REGISTRY_USER, _PASSWORD, _TOKEN, _CA, _CERTIFICATE, _KEY and _TIMEOUT say.

        Raises:
            UsageError: they contradict each other.
        """
        given = {name: environ.get(f"{prefix}{name}") or None for name in SETTINGS}
        timeout = given["TIMEOUT"] or "10"
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", timeout):
            raise UsageError(f"{prefix}TIMEOUT is no number of seconds", fix=f"export {prefix}TIMEOUT=10")
        return cls(
            user=given["USER"],
            password=given["PASSWORD"],
            token=given["TOKEN"],
            ca=_path(given["CA"]),
            certificate=_path(given["CERTIFICATE"]),
            key=_path(given["KEY"]),
            timeout=float(timeout),
        )

    def addresses(self, urls: str) -> Sequence[Address]:
        """Return the addresses of one URL, or of several with commas between them.

        Raises:
            UsageError: one is no URL.
        """
        return [self._address(url.strip()) for url in urls.split(",")]

    def trust(self, addresses: Sequence[Address]) -> ssl.SSLContext:
        """Return whom to trust, and the certificate to show. Where no address is secure, nobody.

        Raises:
            UsageError: a file can't be read, or is no certificate.
        """
        if not any(address.url.startswith("https:") for address in addresses):
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading all public authorities takes 20 ms
        try:
            context = httpx.create_ssl_context() if self.ca is None else ssl.create_default_context(cafile=self.ca)
            if self.certificate is not None:
                # Without a password, OpenSSL would ask for it on the terminal.
                context.load_cert_chain(self.certificate, self.key, password="")
        except (OSError, ValueError) as error:
            files = ", ".join(str(file) for file in (self.ca, self.certificate, self.key) if file is not None)
            fix = "each is a file in PEM format, and the key has no password"
            raise UsageError(f"the registry's certificates can't be used ({files}): {error}", fix=fix) from error
        return context

    def _address(self, url: str) -> Address:
        # A bad URL is not shown: it may carry a password.
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL("")
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query or parsed.fragment:
            fix = "write it like http://127.0.0.1:8081, with @ : / ? # , of a password as %40 %3A %2F %3F %23 %2C"
            raise UsageError("the registry's address is not a URL", fix=fix)
        bare = str(parsed.copy_with(userinfo=b"")).rstrip("/")
        if parsed.userinfo:
            return Address(bare, _basic(parsed.username, parsed.password))
        if self.token is not None:
            return Address(bare, f"Bearer {self.token}")
        return Address(bare, None if self.user is None else _basic(self.user, self.password or ""))


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
