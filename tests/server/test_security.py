"""Who may do what: certificates, passwords and tokens over real connections."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from tallystick.errors import UsageError
from tallystick.server.hashes import fits, password_hash, token_hash
from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Auth, Identity, Jwt, Limits, Settings, Tls, risks

SCHEMA = {"schema": '"int"'}
UNAUTHORIZED = (401, {"error_code": 401, "message": "Unauthorized"})
PASSWORD = "correct horse"  # noqa: S105  # of nobody
ANN = Identity(password_hash(PASSWORD), ("read", "write:payments.*"))
RON = Identity(password_hash("ron's"), ("read",))
BOSS = Identity(token_hash("boss-token"), ("admin",))
PEOPLE = Auth(users={"ann": ANN, "ron": RON}, tokens={"boss": BOSS})


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    """A registry with two users and a token."""
    with EmbeddedRegistry(settings=Settings(auth=PEOPLE)) as registry, httpx.Client(base_url=registry.url) as client:
        yield client


def said(response: httpx.Response) -> tuple[int, Any]:
    return response.status_code, response.json()


def test_who_shows_nothing_is_asked_to(api: httpx.Client) -> None:
    """On every path but those of health, also on those that there are not."""
    for method, path in [
        ("GET", "/"),
        ("GET", "/subjects"),
        ("PUT", "/config"),
        ("GET", "/nothing"),
        ("GET", "/metrics"),
    ]:
        response = api.request(method, path)

        assert UNAUTHORIZED == said(response)
        assert ['Basic realm="tally registry", charset="UTF-8"', "Bearer"] == response.headers.get_list(
            "www-authenticate"
        )
    assert [200, 200] == [api.get(f"/health/{which}").status_code for which in ("live", "ready")]


@pytest.mark.parametrize(
    "shown",
    [
        httpx.BasicAuth("ann", "wrong"),
        httpx.BasicAuth("ann", ""),
        httpx.BasicAuth("nobody", ""),
        httpx.BasicAuth("nobody", PASSWORD),
        httpx.BasicAuth("boss", "boss-token"),
        {"authorization": "Bearer boss-tokem"},
        {"authorization": "Bearer"},
        {"authorization": "Basic boss-token"},
        {"authorization": "Basic !!!"},
        {"authorization": "Digest ann"},
        {"authorization": ""},
        {"authorization": f"Bearer {BOSS.hash}"},
    ],
)
def test_what_does_not_fit_opens_nothing(shown: Any) -> None:
    """Not even where everyone may read: whoever shows something wrong should hear of it."""
    shown = {"headers": shown} if isinstance(shown, dict) else {"auth": shown}
    settings = Settings(auth=Auth(users={"ann": ANN}, tokens={"boss": BOSS}, anonymous=("read",)))
    with EmbeddedRegistry(settings=settings) as registry:
        assert UNAUTHORIZED == said(httpx.get(f"{registry.url}/subjects", **shown))
        assert [] == httpx.get(f"{registry.url}/subjects").json()


@pytest.mark.parametrize(
    ("request_", "ann", "ron", "boss"),
    [
        ("GET /subjects", 200, 200, 200),
        ("GET /metrics", 200, 200, 200),
        ("GET /schemas/ids/9", 404, 404, 404),
        ("POST /subjects/payments.y", 404, 404, 404),
        ("POST /compatibility/subjects/orders/versions", 200, 200, 200),
        ("POST /subjects/payments.x/versions", 200, 403, 200),
        ("POST /subjects/payments%2Ex/versions", 200, 403, 200),
        ("POST /subjects/payments/versions", 403, 403, 200),
        ("POST /subjects/orders/versions", 403, 403, 200),
        ("POST /subjects/orders%2Fpayments.x/versions", 403, 403, 200),
        ("PUT /config/payments.x", 200, 403, 200),
        ("PUT /config/orders", 403, 403, 200),
        ("PUT /config", 403, 403, 200),
        ("DELETE /config", 403, 403, 200),
        ("PUT /nothing", 403, 403, 404),
    ],
)
def test_a_role_is_all_that_counts(api: httpx.Client, request_: str, ann: int, ron: int, boss: int) -> None:
    method, path = request_.split(" ")
    body = {"compatibility": "BACKWARD"} if "config" in path else SCHEMA
    content = None if method in ("GET", "DELETE") else json.dumps(body)
    ask: Callable[..., httpx.Response] = lambda **shown: api.request(method, path, content=content, **shown)  # noqa: E731
    answers = [
        ask(auth=("ann", PASSWORD)),
        ask(auth=("ron", "ron's")),
        ask(headers={"authorization": "Bearer boss-token"}),
    ]

    assert [ann, ron, boss] == [answer.status_code for answer in answers]
    assert all(answer.json()["error_code"] == 40301 for answer in answers if answer.status_code == 403)


def test_a_refusal_says_what_was_missing(api: httpx.Client) -> None:
    """In the words of Confluent's registry, which clients show as they are."""
    answer = api.post("/subjects/orders/versions", json=SCHEMA, auth=("ann", PASSWORD))
    unknown = api.put("/config", json={"compatibility": "NONE"}, auth=("ann", PASSWORD))

    assert "User is denied operation Write on Subject: orders" == answer.json()["message"]
    assert "User is denied operation Admin on this registry" == unknown.json()["message"]


def test_an_alias_opens_no_other_subject(api: httpx.Client) -> None:
    """Who may write to `payments.alias` may point it at a subject of theirs, and not at another's."""
    ask = lambda alias: api.put("/config/payments.alias", json={"alias": alias}, auth=("ann", PASSWORD)).status_code  # noqa: E731

    assert 403 == ask("orders")
    assert 403 != ask("payments.y")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Tls:
    folder = tmp_path_factory.mktemp("tls")
    server = authority.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(folder / "server.key")
    for pem in server.cert_chain_pems:
        pem.write_to_path(folder / "server.pem", append=True)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return Tls(folder / "server.pem", folder / "server.key")


def trusting(authority: trustme.CA, *, name: str | None = None) -> ssl.SSLContext:
    """Return a client's context, with a certificate of its own if it has a name."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if name is not None:
        authority.issue_cert(f"{name}.example.org", common_name=name).configure_cert(context)
    return context


def test_https_is_spoken_and_checked(authority: trustme.CA, tls: Tls) -> None:
    with EmbeddedRegistry(settings=Settings(tls=tls)) as registry:
        assert registry.url.startswith("https://127.0.0.1:")
        assert [] == httpx.get(f"{registry.url}/subjects", verify=trusting(authority)).json()
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(registry.url)
        old = trusting(authority)
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(httpx.ConnectError):
            httpx.get(registry.url, verify=old)


def test_a_client_without_a_certificate_is_not_heard(authority: trustme.CA, tls: Tls) -> None:
    mutual = Tls(tls.certificate, tls.key, Path(str(tls.key)).with_name("ca.pem"))
    stranger = trustme.CA()
    with EmbeddedRegistry(settings=Settings(tls=mutual)) as registry:
        assert [] == httpx.get(f"{registry.url}/subjects", verify=trusting(authority, name="ci")).json()
        forged = trusting(authority)
        stranger.issue_cert("ci.example.org", common_name="ci").configure_cert(forged)
        for context in (trusting(authority), forged):
            with pytest.raises(httpx.TransportError):
                httpx.get(registry.url, verify=context)


def test_a_certificate_is_a_login(authority: trustme.CA, tls: Tls) -> None:
    """By its common name, or another name that it was signed for; and a password may be shown instead."""
    mutual = Tls(tls.certificate, tls.key, Path(str(tls.key)).with_name("ca.pem"), "optional")
    known = {"CN=ci": Identity(roles=("write:ci.*",)), "DNS=ops.example.org": Identity(roles=("admin",))}
    settings = Settings(tls=mutual, auth=Auth(users={"ann": ANN}, certificates=known))
    with EmbeddedRegistry(settings=settings) as registry:

        def ask(name: str | None, **shown: Any) -> int:
            with httpx.Client(base_url=registry.url, verify=trusting(authority, name=name), **shown) as client:
                return client.post("/subjects/ci.x/versions", json=SCHEMA).status_code

        assert [200, 200, 401, 401] == [ask(name) for name in ("ci", "ops", "other", None)]
        assert [403, 403, 401] == [
            ask("ci", auth=("ann", PASSWORD)),
            ask(None, auth=("ann", PASSWORD)),
            ask("ci", auth=("ann", "x")),
        ]


@pytest.mark.parametrize("missing", ["certificate", "key", "client_ca"])
def test_a_file_that_is_no_certificate_is_named(tls: Tls, tmp_path: Path, missing: str) -> None:
    (tmp_path / "empty.pem").touch()
    files = {"certificate": tls.certificate, "key": tls.key, "client_ca": None} | {missing: tmp_path / "empty.pem"}
    with (
        pytest.raises(UsageError, match=r"can't use .*empty\.pem"),
        EmbeddedRegistry(settings=Settings(tls=Tls(**files))),
    ):
        pass


KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two"))
CLAIMS = {"iss": "https://login", "aud": ["registry", "x"], "sub": "svc", "roles": ["write:payments.*", "other-app"]}


def token(key: Any = KEY, algorithm: str = "RS256", **claims: Any) -> str:
    header = {"alg": algorithm} | ({"kid": key.kid} if key.kid else {})
    everything = {**CLAIMS, "exp": int(time.time()) + 600, **claims}
    return jwt.encode(
        header, {name: value for name, value in everything.items() if value is not None}, key, [algorithm]
    )


def signed_with_public_key() -> str:
    """Return a token whose `alg` would have us take the public key for a shared secret."""
    text = "eyJhbGciOiJIUzI1NiIsImtpZCI6Im9uZSJ9." + token().split(".")[1]
    mac = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def signed(**changed: Any) -> Settings:
    return Settings(auth=Auth(jwt=Jwt(**{"issuer": "https://login", "audience": "registry", **changed})))


def post_with(url: str, shown: str, subject: str = "payments.x") -> int:
    headers = {"authorization": f"Bearer {shown}"}
    return httpx.post(f"{url}/subjects/{subject}/versions", json=SCHEMA, headers=headers).status_code


def write_keys(path: Path, *keys: Any) -> None:
    path.write_text(json.dumps(KeySet(list(keys)).as_dict()))


def test_a_signed_token_is_believed_for_what_it_says(tmp_path: Path) -> None:
    """Its roles are ours where they are words of ours. What would be true of any token is not enough."""
    write_keys(tmp_path / "keys.json", KEY)
    unsigned = "eyJhbGciOiJub25lIn0." + token().split(".")[1] + "."
    with EmbeddedRegistry(settings=signed(jwks=str(tmp_path / "keys.json"))) as registry:
        assert [200, 403] == [post_with(registry.url, token()), post_with(registry.url, token(), "orders")]
        assert 403 == post_with(registry.url, token(roles=None))
        refused = [
            token(exp=int(time.time()) - 60),
            token(exp=None),
            token(nbf=int(time.time()) + 600),
            token(iss="https://elsewhere"),
            token(aud="x"),
            token(aud=None),
            token(sub=None),
            token(OTHER_KEY),
            token(RSAKey.generate_key(2048, {"kid": "one"})),
            token(OctKey.import_key("a secret of 32 bytes, or even more", {"kid": "one"}), "HS256"),
            signed_with_public_key(),
            token(algorithm="RS512"),
            unsigned,
            token()[:-2],
            "a.b.c",
        ]

        assert [401] * len(refused) == [post_with(registry.url, shown) for shown in refused]


def test_roles_may_be_words_or_in_a_claim_of_a_claim(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", KEY)
    shown = token(
        roles=None, realm_access={"roles": ["admin"]}, **{"https://example.org/roles": "read write:payments.*"}
    )
    for claim, statuses in [
        ("realm_access.roles", [200, 200]),
        ("https://example.org/roles", [200, 403]),
        ("x.y", [403, 403]),
    ]:
        with EmbeddedRegistry(settings=signed(jwks=str(tmp_path / "keys.json"), roles_claim=claim)) as registry:
            assert statuses == [post_with(registry.url, shown, subject) for subject in ("payments.x", "orders")]


def test_a_new_key_counts_as_soon_as_it_is_in_the_file(tmp_path: Path) -> None:
    import os

    keys = tmp_path / "keys.json"
    write_keys(keys, KEY)
    with EmbeddedRegistry(settings=signed(jwks=str(keys))) as registry:
        before = [post_with(registry.url, token(key)) for key in (KEY, OTHER_KEY)]
        write_keys(keys, OTHER_KEY)
        os.utime(keys, (1, 1))
        after = [post_with(registry.url, token(key)) for key in (KEY, OTHER_KEY)]
        keys.write_text("{")  # half written: those that were good stay so
        still = [post_with(registry.url, token(key)) for key in (KEY, OTHER_KEY)]

    assert ([200, 401], [401, 200], [401, 200]) == (before, after, still)


@contextmanager
def keys_at_a_url(answers: list[tuple[int, str]]) -> Iterator[str]:
    """Serve each answer once, and the last one from then on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/keys"
        server.shutdown()
        thread.join()


def test_keys_come_from_a_url_when_they_are_needed() -> None:
    """The issuer need not be up when the registry starts."""
    served = json.dumps(KeySet([KEY]).as_dict())
    with keys_at_a_url([(200, served)]) as url, EmbeddedRegistry(settings=signed(jwks=url)) as registry:
        assert [200, 401] == [post_with(registry.url, token(key)) for key in (KEY, OTHER_KEY)]
    with EmbeddedRegistry(settings=signed(jwks=url)) as registry:
        assert 503 == post_with(registry.url, token())


@pytest.mark.parametrize(
    ("auth", "problem"),
    [
        (Auth(users={"ann": Identity(PASSWORD, ("read",))}), "'auth.users.ann.hash' is not a hash of ours"),
        (Auth(users={"ann": Identity("scrypt:60:8:5:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA")}), "is not a hash"),
        (Auth(users={"ann": Identity(token_hash("x"))}), "is not a hash of ours"),
        (Auth(tokens={"ci": Identity("boss-token")}), "'auth.tokens.ci.hash' is not a hash of ours"),
        (Auth(tokens={"ci": Identity(token_hash("x"), ("root",))}), "'auth.tokens.ci' has the role 'root'"),
        (Auth(anonymous=("write:",)), "'auth.anonymous' has the role 'write:'"),
        (Auth(certificates={"CN=a": Identity(roles=("read:x",))}), "has the role 'read:x'"),
        (Auth(jwt=Jwt(issuer="i", jwks="k")), "'auth.jwt.audience' is missing"),
        (Auth(jwt=Jwt("i", "a", "keys.json", algorithms=("none",))), "'auth.jwt.algorithms' has 'none'"),
        (Auth(jwt=Jwt("i", "a", "keys.json", algorithms=("HS256",))), "'auth.jwt.algorithms' has 'HS256'"),
        (Auth(jwt=Jwt("i", "a", "http://example.org/keys")), "'auth.jwt.jwks' is http://example.org/keys"),
        (Auth(jwt=Jwt("i", "a", "no-such.json")), "no keys in no-such.json"),
    ],
)
def test_settings_that_would_let_in_the_wrong_ones_are_refused(auth: Auth, problem: str) -> None:
    """Before anything starts. A password that stands where its hash should is not repeated."""
    with pytest.raises(UsageError) as caught, EmbeddedRegistry(settings=Settings(auth=auth)):
        pass

    assert problem in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Neither of those who are let in, nor of those who are not."""
    caplog.set_level(logging.DEBUG)
    write_keys(tmp_path / "keys.json", KEY)
    auth = Auth(PEOPLE.users, PEOPLE.tokens, jwt=Jwt("https://login", "registry", str(tmp_path / "keys.json")))
    good, bad = token(), token(OTHER_KEY)
    with EmbeddedRegistry(settings=Settings(auth=auth)) as registry:
        httpx.post(f"{registry.url}/subjects/payments.x/versions", json=SCHEMA, auth=("ann", PASSWORD))
        httpx.get(f"{registry.url}/subjects", auth=("ann", "battery staple"))
        for shown in ("boss-token", "boss-tokem", good, bad):
            httpx.get(f"{registry.url}/subjects", headers={"authorization": f"Bearer {shown}"})
    logged = str([vars(record) for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))])

    assert "'user': 'ann'" in logged
    secrets = [PASSWORD, "battery staple", "boss-toke", good[-20:], bad[-20:], ANN.hash, BOSS.hash]
    assert [] == [secret for secret in secrets if secret in logged]


def test_who_guesses_has_to_wait() -> None:
    with EmbeddedRegistry(settings=Settings(auth=PEOPLE)) as registry, httpx.Client(base_url=registry.url) as client:
        statuses = [client.get("/", headers={"authorization": f"Bearer {n}"}).status_code for n in range(40)]
        right = client.get("/", headers={"authorization": "Bearer boss-token"})

    assert [401] * 20 == statuses[:20]
    assert 429 in statuses
    assert (429, True) == (right.status_code, int(right.headers["retry-after"]) >= 1)


def test_a_registry_that_others_reach_warns_of_what_is_open() -> None:
    everywhere = "0.0.0.0"  # noqa: S104  # nothing listens here

    assert [] == list(risks(Settings()))
    assert ["'auth' is not set"] == [risk.rpartition(": ")[2] for risk in risks(Settings(host=everywhere))]
    assert ["'tls' is not set"] == [risk.rpartition(": ")[2] for risk in risks(Settings(host=everywhere, auth=PEOPLE))]


def test_a_password_fits_its_hashes_alone() -> None:
    assert password_hash("x") != password_hash("x")
    assert (True, False) == (fits(PASSWORD, ANN.hash), fits(PASSWORD, RON.hash))


def test_a_head_that_does_not_end_is_not_read_for_ever() -> None:
    """The connection ends; others are answered."""
    with EmbeddedRegistry(settings=Settings()) as registry:
        host, _, port = registry.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nX: ")
            with pytest.raises(ConnectionError):
                all(connection.sendall(b"x" * 1000) is None for _ in count())
        assert [] == httpx.get(f"{registry.url}/subjects").json()


def test_one_client_can_not_take_all() -> None:
    """A user has a rate of their own, whatever the address."""
    limits = Limits(requests_per_second=0.001, burst=2)
    with EmbeddedRegistry(settings=Settings(auth=PEOPLE, limits=limits)) as registry:
        ask = lambda name, password: httpx.get(f"{registry.url}/subjects", auth=(name, password))  # noqa: E731
        answers = [ask("ann", PASSWORD), ask("ann", PASSWORD), ask("ann", PASSWORD), ask("ron", "ron's")]

        assert [200, 200, 429, 200] == [answer.status_code for answer in answers]
        assert {"error_code": 429, "message": "Too many requests"} == answers[2].json()
        assert int(answers[2].headers["retry-after"]) > 500
        assert 200 == httpx.get(f"{registry.url}/health/live").status_code
