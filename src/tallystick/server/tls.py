"""HTTPS: the server's certificate, and those that it asks of its clients."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.errors import UsageError
from tallystick.server.settings import Tls

_SHORT = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU"}


def server_context(tls: Tls) -> ssl.SSLContext | None:
    """Return what a server needs for HTTPS; None where it is to speak plain HTTP. UsageError: a file does not fit."""
    if tls.certificate is None or tls.key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    load_certificates(context, tls)
    return context


def load_certificates(context: ssl.SSLContext, tls: Tls) -> None:
    """Take the files as they are now; new connections are made with them. UsageError: a file does not fit."""
    try:
        # Without a password, OpenSSL would ask for one on the terminal.
        context.load_cert_chain(str(tls.certificate), tls.key, password="")
    except (OSError, ssl.SSLError) as error:
        fix = "'tls.certificate' is a PEM file with the whole chain, 'tls.key' one with its key, not encrypted"
        raise UsageError(f"can't use {tls.certificate} with {tls.key}: {error}", fix=fix) from error
    if tls.client_ca:
        _ask_for_certificates(context, tls)


def _ask_for_certificates(context: ssl.SSLContext, tls: Tls) -> None:
    try:
        context.load_verify_locations(tls.client_ca)
    except (OSError, ssl.SSLError) as error:
        fix = "'tls.client_ca' is a PEM file with the certificates of those who sign your clients'"
        raise UsageError(f"can't use {tls.client_ca}: {error}", fix=fix) from error
    context.verify_mode = ssl.CERT_OPTIONAL if tls.client_certificate == "optional" else ssl.CERT_REQUIRED


def names(certificate: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the names that a client's certificate was signed for: `CN=ci`, `DNS=ci.example.org`, `URI=spiffe://ci`."""
    for part in (certificate or {}).get("subject", ()):
        for kind, value in part:
            yield f"{_SHORT.get(kind, kind)}={value}"
    for kind, value in (certificate or {}).get("subjectAltName", ()):
        yield f"{kind}={value}"
