"""The client against registries that are not ours, and against what is no registry at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.client import MAX_TRIES, RegistryClient
from tallystick.registry.model import RegisteredSchema
from tallystick.server.run import EmbeddedRegistry

SCHEMA = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}'
BROKEN = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
LOOKUP = '{"subject":"s","version":3,"id":7,"schema":"\\"string\\"","guid":"g"}'


class Foreign(ThreadingHTTPServer):
    """A server that answers what it is told to, in turn, and then the last one again."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.seen = list(answers), list[tuple[str, str, str | None]]()
        self.url = f"http://user:p%40ss@127.0.0.1:{self.server_port}/api/"


class _Handler(BaseHTTPRequestHandler):
    server: Foreign

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((self.command, self.path, self.headers["authorization"]))
        status, text = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET  # noqa: N815  # http.server's name

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def foreign(*answers: tuple[int, str]) -> Iterator[tuple[Foreign, RegistryClient]]:
    with Foreign(*answers) as server, RegistryClient(server.url) as client:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server, client
        server.shutdown()
        thread.join()


def test_a_whole_life_with_our_own_server() -> None:
    """Every call, with a subject that needs escaping."""
    subject = "a/b c%2Fü?#"
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        kept = RegisteredSchema(subject, 1, 1, SCHEMA)

        assert kept == client.register(subject, SCHEMA) == client.lookup(subject, SCHEMA)
        assert kept == client.version(subject, 1) == client.version(subject, "latest")
        assert (SCHEMA, [1], [subject]) == (client.schema_text(1), client.versions(subject), client.subjects())
        assert Mode.BACKWARD is client.level(subject)
        client.set_level(subject, Mode.FULL)
        assert Mode.FULL is client.level(subject)
        calls: list[tuple[type[errors.RegistryError], Callable[[], object], str]] = [
            (errors.SubjectNotFound, lambda: client.versions("x"), "Subject 'x' not found"),
            (errors.VersionNotFound, lambda: client.version(subject, 9), "Version 9 not found"),
            (errors.InvalidVersion, lambda: client.version(subject, 0), "version '0' is not a valid"),
            (errors.SchemaNotFound, lambda: client.schema_text(9), "Schema 9 not found"),
            (errors.InvalidSchema, lambda: client.register(subject, "{"), "schema:1:2"),
            (errors.InvalidSubject, lambda: client.register("__GLOBAL", SCHEMA), "'__GLOBAL'"),
            (errors.IncompatibleSchema, lambda: client.register(subject, BROKEN), 'TYPE_MISMATCH.*versions 1.*"a/b c'),
        ]
        for error, call, message in calls:
            with pytest.raises(error) as caught:
                call()

            assert all(part in str(caught.value) for part in message.split(".*"))


def test_an_old_server_that_answers_an_id_only_is_asked_for_the_version() -> None:
    """User and password of the URL go with every request, and the URL's own path stays."""
    with foreign((200, '{"id":7}'), (200, LOOKUP)) as (server, client):
        assert RegisteredSchema("s", 3, 7, '"string"') == client.register("s", '"string"')
        basic = "Basic dXNlcjpwQHNz"
        assert [("POST", "/api/subjects/s/versions", basic), ("POST", "/api/subjects/s", basic)] == server.seen


def test_a_server_that_stumbles_is_asked_again_but_not_forever() -> None:
    """What it says in the end is what counts."""
    with foreign((503, "busy"), (500, "{}"), (200, "[1, 2]")) as (server, client):
        assert [1, 2] == client.versions("s")
    with foreign((500, '{"error_code": 50001, "message": "disk"}')) as (server, client):
        with pytest.raises(errors.StoreFailed, match="disk"):
            client.subjects()

        assert MAX_TRIES == len(server.seen)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ((200, "<html>welcome</html>"), errors.RegistryUnavailable, "HTTP 200 and no JSON"),
        ((302, ""), errors.RegistryUnavailable, "HTTP 302 and no JSON"),
        ((404, '{"detail": "no"}'), errors.RegistryUnavailable, "its answer has no 'message'"),
        ((200, '{"compatibilityLevel": "SIDEWAYS"}'), errors.RegistryUnavailable, "level 'SIDEWAYS'"),
        ((401, '{"error_code": 401, "message": "who?"}'), errors.RequestRefused, "who?"),
        ((409, '{"error_code": 40901, "message": "it, details: [ x ]"}'), errors.IncompatibleSchema, r"\[ x \]$"),
    ],
)
def test_what_is_no_registry_is_named_without_its_password(
    answer: tuple[int, str], error: type[errors.TallyError], message: str
) -> None:
    """An answer that a registry would not give is the wrong address, most of the time."""
    with foreign(answer) as (_, client), pytest.raises(error, match=message) as caught:
        client.level("s")

    assert "p@ss" not in str(caught.value)
    assert "p%40ss" not in str(caught.value)


def test_nobody_there_is_said_with_the_address_and_what_to_do() -> None:
    """A refused connection, a server that never answers, and an address that is none."""
    silent = Foreign((200, ""))  # listens, and nobody serves
    with (
        silent,
        RegistryClient(silent.url, timeout=0.2) as client,
        pytest.raises(
            errors.RegistryUnavailable, match=r"http://127\.0\.0\.1:\d+/api can't be reached: it did not answer in time"
        ),
    ):
        client.subjects()
    with RegistryClient(silent.url) as client, pytest.raises(errors.RegistryUnavailable, match="refused") as caught:
        client.subjects()

    assert "tally serve" in str(caught.value.fix)
    for address in ("localhost:8081", "http://", "", "http://u:secret@[::/", "ftp://u:secret@x"):
        with pytest.raises(errors.UsageError, match="not a URL"):
            RegistryClient(address)


def test_metadata_is_sent_and_read_back() -> None:
    kept = '{"subject":"s","version":3,"id":7,"schema":"x","metadata":{"properties":{"major":"2","confluent:version":"3"}}}'
    sent = {"properties": {"major": "2"}, "tags": {}}
    with foreign((200, '{"id":7}'), (200, LOOKUP), (200, kept)) as (_, client):
        assert 3 == client.register("s", '"string"', sent).version


@pytest.mark.parametrize("metadata", ["{}", "null", '{"properties": null}', '{"properties": {"major": "1"}}'])
def test_a_registry_that_drops_metadata_is_found_out(metadata: str) -> None:
    kept = f'{{"subject":"s","version":3,"id":7,"schema":"x","metadata":{metadata}}}'
    with (
        foreign((200, '{"id":7}'), (200, LOOKUP), (200, kept)) as (_, client),
        pytest.raises(errors.NotPublished, match="took version 3 of 's' and did not keep its metadata"),
    ):
        client.register("s", '"string"', {"properties": {"major": "2"}})
