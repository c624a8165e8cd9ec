"""How the client proves who it is, and how it finds out whom it talks to."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from tests.registry.foreign import CLIENTS, Foreign

from tallystick import errors
from tallystick.registry.client import Access


@pytest.fixture(params=CLIENTS, ids=["blocking", "awaited"])
def client_of(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Each of the two clients."""
    return cast("Callable[..., Any]", request.param)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who signs the certificates of these tests."""
    return trustme.CA()


@pytest.fixture
def files(authority: trustme.CA, tmp_path: Path) -> Path:
    """A folder with ca.pem, and with a client's certificate and key."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    own = authority.issue_cert("client.example.org")
    own.private_key_pem.write_to_path(tmp_path / "key.pem")
    (tmp_path / "certificate.pem").write_bytes(b"".join(part.bytes() for part in own.cert_chain_pems))
    return tmp_path


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    """What a server needs for mutual TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_a_client_with_a_certificate_talks_to_a_server_that_it_trusts(
    client_of: Callable[..., Any], files: Path, context: ssl.SSLContext
) -> None:
    """The server asks for the certificate, and the client for who signed the server's."""
    access = Access(ca=files / "ca.pem", certificate=files / "certificate.pem", key=files / "key.pem")
    with Foreign((200, "[]"), context=context) as server, client_of(server.url, access) as client:
        assert [] == client.subjects()


def test_a_server_that_nobody_vouches_for_is_not_talked_to(
    client_of: Callable[..., Any], files: Path, context: ssl.SSLContext
) -> None:
    """And the message says how to vouch for it."""
    context.verify_mode = ssl.CERT_NONE
    with Foreign((200, "[]"), context=context) as server:
        with client_of(server.url, Access()) as client:
            with pytest.raises(errors.RegistryUnavailable, match="CERTIFICATE_VERIFY_FAILED") as caught:
                client.subjects()

            assert "TALLY_REGISTRY_CA=ca.pem" in str(caught.value.fix)
        with client_of(server.url, Access(ca=files / "ca.pem")) as client:
            assert [] == client.subjects()
        assert 1 == len(server.seen)


def test_a_client_without_a_certificate_is_sent_away(
    client_of: Callable[..., Any], files: Path, context: ssl.SSLContext
) -> None:
    with Foreign((200, "[]"), context=context) as server:
        access = Access(ca=files / "ca.pem")
        with client_of(server.url, access) as client, pytest.raises(errors.RegistryUnavailable) as caught:
            client.subjects()

        assert "TALLY_REGISTRY_CERTIFICATE=" in str(caught.value.fix)
        assert [] == server.seen


@pytest.mark.parametrize(
    ("environ", "header"),
    [
        ({}, None),
        ({"TALLY_REGISTRY_USER": "ü", "TALLY_REGISTRY_PASSWORD": "p:w"}, "Basic w7w6cDp3"),
        ({"TALLY_REGISTRY_USER": "u"}, "Basic dTo="),
        ({"TALLY_REGISTRY_TOKEN": "abc.def"}, "Bearer abc.def"),
        ({"TALLY_REGISTRY_TOKEN": "", "TALLY_REGISTRY_USER": ""}, None),
    ],
)
def test_the_environment_says_how_to_log_in(
    client_of: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    environ: Mapping[str, str],
    header: str | None,
) -> None:
    """Wherever a client is made: in the gate, in `publish`, and in producers and consumers."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with Foreign((200, "[]")) as server, client_of(server.bare) as client:
        client.subjects()

        assert [header] == [sent for _, _, sent in server.seen]
    with Foreign((200, "[]")) as server, client_of(server.url) as client:
        client.subjects()

        assert ["Basic dXNlcjpwQHNz"] == [sent for _, _, sent in server.seen]


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({"USER": "u", "TOKEN": "s3cret"}, "a user and a token are given"),
        ({"TOKEN": "s3cret\n"}, "has a character that no token has"),
        ({"KEY": "key.pem"}, "a key is given for the registry, and no certificate"),
        ({"TIMEOUT": "soon"}, "TALLY_REGISTRY_TIMEOUT is no number of seconds"),
    ],
)
def test_settings_that_can_not_be_are_refused(environ: Mapping[str, str], problem: str) -> None:
    given = {f"TALLY_REGISTRY_{name}": value for name, value in environ.items()}
    with pytest.raises(errors.UsageError, match=problem) as caught:
        Access.from_environment(environ=given)

    assert caught.value.fix
    assert "s3cret" not in f"{caught.value} {caught.value.fix}"


@pytest.mark.parametrize("broken", ["ca", "certificate"])
def test_certificates_that_can_not_be_used_are_named(files: Path, broken: str) -> None:
    """A file that is not there, and one that holds something else."""
    (files / "text.pem").write_text("no certificate", encoding="utf-8")
    for name in ("text.pem", "nowhere.pem"):
        access = Access(**{broken: files / name})
        with pytest.raises(errors.UsageError, match=rf"can't be used \(.*{name}\)"):
            access.trust(access.addresses("https://127.0.0.1"))


def test_nothing_secret_is_printed() -> None:
    """Settings and addresses end up in logs and in tracebacks."""
    access = Access(user="u", password="s3cret")  # noqa: S106  # of a test

    assert "s3cret" not in repr(access)
    assert "czNjcmV0" not in repr(access.addresses("http://x"))
    assert "s3cret" not in repr(Access(token="s3cret"))  # noqa: S106  # of a test
    assert Access(timeout=2.5, ca=Path("ca.pem")) == Access.from_environment(
        "TALLY_FROM_", {"TALLY_FROM_TIMEOUT": "2.5", "TALLY_FROM_CA": "ca.pem", "TALLY_REGISTRY_TOKEN": "t"}
    )
