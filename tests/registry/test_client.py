"""The client against registries that are not ours, and against what is no registry at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import pytest
from tests.registry.foreign import CLIENTS, Foreign

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.client import MAX_TRIES, Access, RegistryClient
from tallystick.registry.model import RegisteredSchema, SchemaReference
from tallystick.schema.types import Format
from tallystick.server.run import EmbeddedRegistry

SCHEMA = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}'
BROKEN = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
Client = Callable[..., Any]
LOOKUP = '{"subject":"s","version":3,"id":7,"schema":"\\"string\\"","guid":"g"}'


@pytest.fixture(params=CLIENTS, ids=["blocking", "awaited"])
def client_of(request: pytest.FixtureRequest) -> Client:
    """Each of the two clients."""
    return cast("Client", request.param)


def test_a_whole_life_with_our_own_server(client_of: Client) -> None:
    """Every call, with a subject that needs escaping."""
    subject = "a/b c%2Fü?#"
    with EmbeddedRegistry() as registry, client_of(registry.url) as client:
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
            (errors.IncompatibleSchema, lambda: client.register(subject, BROKEN), 'TYPE_MISMATCH.*"a/b c'),
            (errors.LevelNotConfigured, lambda: client.config("x"), "subject-level compatibility"),
            (errors.ModeNotConfigured, lambda: client.mode("x"), "subject-level mode"),
            (errors.InvalidLevel, lambda: client.set_config("x", {"compatibility": "UP"}), "Valid values are none"),
            (errors.InvalidMode, lambda: client.set_mode("x", "UP"), "Valid values are READWRITE"),
            (errors.NotPermitted, lambda: client.send(subject, {"schema": SCHEMA, "id": 9}), "not in import mode"),
            (
                errors.VersionNotSoftDeleted,
                lambda: client.delete_version(subject, 1, permanent=True),
                "Version 1 was not",
            ),
            (errors.SubjectNotSoftDeleted, lambda: client.delete_subject(subject, permanent=True), "not deleted first"),
        ]
        for error, call, message in calls:
            with pytest.raises(error) as caught:
                call()

            assert all(part in str(caught.value) for part in message.split(".*"))


def test_an_old_server_that_answers_an_id_only_is_asked_for_the_version(client_of: Client) -> None:
    """User and password of the URL go with every request, and the URL's own path stays."""
    with Foreign((200, '{"id":7}'), (200, LOOKUP)) as server, client_of(server.url) as client:
        assert RegisteredSchema("s", 3, 7, '"string"') == client.register("s", '"string"')
        basic = "Basic dXNlcjpwQHNz"
        assert [("POST", "/api/subjects/s/versions", basic), ("POST", "/api/subjects/s", basic)] == server.seen


def test_a_server_that_stumbles_is_asked_again_but_not_forever(client_of: Client) -> None:
    """What it says in the end is what counts."""
    with Foreign((503, "busy"), (429, "{}"), (0, ""), (200, "[1, 2]")) as server, client_of(server.url) as client:
        assert [1, 2] == client.versions("s")
    with Foreign((500, '{"error_code": 50001, "message": "disk"}')) as server, client_of(server.url) as client:
        with pytest.raises(errors.StoreFailed, match="disk"):
            client.subjects()

        assert MAX_TRIES == len(server.seen)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ((200, "<html>welcome</html>"), errors.RegistryUnavailable, "HTTP 200 and no JSON"),
        ((302, ""), errors.RegistryUnavailable, "HTTP 302 and no JSON"),
        ((404, '{"detail": "no"}'), errors.RegistryUnavailable, "HTTP 404 without an error code"),
        ((200, '{"compatibilityLevel": "SIDEWAYS"}'), errors.RegistryUnavailable, "level 'SIDEWAYS'"),
        ((401, '{"error_code": 401, "message": "who?"}'), errors.RequestRefused, "who\\? .*answered HTTP 401"),
        ((403, "<html>"), errors.RequestRefused, "Forbidden .*answered HTTP 403"),
        (
            (409, '{"error_code": 40901, "message": "it, details: [ x ]"}'),
            errors.IncompatibleSchema,
            r"\[ x \] .*answered HTTP 409",
        ),
    ],
)
def test_what_is_no_registry_is_named_without_its_password(
    client_of: Client, answer: tuple[int, str], error: type[errors.TallyError], message: str
) -> None:
    """An answer that a registry would not give is the wrong address, most of the time."""
    with Foreign(answer) as server, client_of(server.url) as client:
        with pytest.raises(error, match=message) as caught:
            client.level("s")

        assert server.bare in str(caught.value)
    assert "p@ss" not in str(caught.value)
    assert "p%40ss" not in str(caught.value)


@pytest.mark.parametrize("kind", [kind for kind in errors.RegistryError.__subclasses__() if hasattr(kind, "code")])
def test_each_no_of_a_registry_is_the_error_of_its_code(kind: type[errors.RegistryError]) -> None:
    """With the registry's own words, its address and the status."""
    answer = f'{{"error_code": {kind.code}, "message": "so it says"}}'
    with Foreign((kind.status, answer)) as server, RegistryClient(server.url) as client:
        with pytest.raises(kind) as caught:
            client.delete_version("s", 1)

        assert f"so it says ({server.bare} answered HTTP {kind.status})" == str(caught.value)


def test_nobody_there_is_said_with_the_address_and_what_to_do(client_of: Client) -> None:
    """A refused connection, a server that never answers, and an address that is none."""
    silent = Foreign((200, ""))  # listens, and nobody serves
    late = f"the schema registry at {silent.bare} can't be reached: it did not answer in time"
    with client_of(silent.url, Access(timeout=0.2)) as client, pytest.raises(errors.RegistryUnavailable) as caught:
        client.subjects()

    assert late == str(caught.value)
    silent.server_close()
    with client_of(silent.url) as client, pytest.raises(errors.RegistryUnavailable, match="can't be reached") as caught:
        client.subjects()

    assert "tally serve" in str(caught.value.fix)
    for address in ("localhost:8081", "http://", "", "http://u:secret@[::/", "ftp://u:secret@x", "http://x,"):
        with pytest.raises(errors.UsageError, match="not a URL") as refused:
            client_of(address)

        assert "secret" not in str(refused.value)


def test_a_schema_is_asked_for_by_its_guid_too(client_of: Client) -> None:
    guid = UUID("095d71cf-1255-6b9d-5e33-0ad575b3df5d")
    unknown = '{"error_code": 404, "message": "HTTP 404 Not Found"}'
    with Foreign((200, r'{"schema": "\"string\""}'), (404, unknown)) as server, client_of(server.url) as client:
        assert (0, '"string"') == (client.schema(guid).id, client.schema(guid).text)
        assert [f"/api/schemas/guids/{guid}"] == [path for _, path, _ in server.seen]
        with pytest.raises(errors.RequestRefused, match="404") as caught:
            client.schema(UUID(int=1))

    assert "older than guids" in str(caught.value.fix)


def test_an_id_and_a_text_are_asked_for_once_and_the_latest_for_a_moment(client_of: Client) -> None:
    """Until this client writes: what it was told about the latest may be wrong then."""
    answers = [(200, LOOKUP)] * 9
    with Foreign(*answers) as server, client_of(server.url, latest_seconds=3600) as client:
        for _ in range(2):
            client.schema_text(7)
            client.schema(7)
            client.lookup("s", '"string"')
            client.version("s", "latest")
            client.version("s", -1)
        paths = ["/api/schemas/ids/7", "/api/subjects/s", "/api/subjects/s/versions/latest"]

        assert paths == [path for _, path, _ in server.seen]
        client.register("s", '"string"')
        client.version("s", "latest")
        client.lookup("s", '"string"')

        assert [*paths, "/api/subjects/s/versions", paths[2], paths[1]] == [path for _, path, _ in server.seen]
    with Foreign(*answers) as server, client_of(server.url, latest_seconds=0) as client:
        client.version("s", "latest")
        client.version("s", "latest")

        assert 2 == len(server.seen)


def test_what_is_cached_depends_on_all_that_a_schema_is(client_of: Client) -> None:
    """Two texts that differ in their references, or in their language, are two schemas."""
    with Foreign((200, LOOKUP)) as server, client_of(server.url) as client:
        client.lookup("s", "x")
        client.lookup("s", "x", references=[SchemaReference("a", "a", 1)])
        client.lookup("s", "x", schema_type=Format.PROTOBUF)
        client.lookup("t", "x")

        assert 4 == len(server.seen)


def test_the_next_address_is_tried_and_then_kept(client_of: Client) -> None:
    """One that refuses connections, one that stumbles, one that answers. Each gets its own login."""
    gone = Foreign((200, "[]"))
    gone.server_close()
    with Foreign((503, "busy")) as busy, Foreign((200, "[]")) as good:
        urls = f"{gone.url}, {busy.bare} ,http://x:y@127.0.0.1:{good.server_port}/api"
        with client_of(urls, Access(token="t0ken")) as client:  # noqa: S106  # of a test
            for _ in range(3):
                assert [] == client.subjects()

        assert f"{gone.bare}, {busy.bare}, {good.bare}" == client.url
        assert [("GET", "/api/subjects", "Bearer t0ken")] == busy.seen
        assert [("GET", "/api/subjects", "Basic eDp5")] * 3 == good.seen


def test_when_none_of_several_answers_all_are_named(client_of: Client) -> None:
    """A late one is not waited for again; a refusing one is asked as often as any."""
    silent = Foreign((200, ""))
    with silent.socket, Foreign((503, "busy")) as busy:
        urls = f"{silent.url},{busy.url}"
        with (
            client_of(urls, Access(timeout=0.2)) as client,
            pytest.raises(errors.RegistryUnavailable, match="HTTP 503"),
        ):
            client.subjects()

        assert MAX_TRIES == len(busy.seen)
    gone = Foreign((200, ""))
    gone.server_close()
    with client_of(f"{gone.url},{gone.url}") as client, pytest.raises(errors.RegistryUnavailable) as caught:
        client.subjects()

    assert f"at {gone.bare}, {gone.bare} can't be reached" in str(caught.value)


def test_what_may_have_been_done_is_not_sent_again(client_of: Client) -> None:
    """Deleting twice is an error, and the first answer was lost."""
    with Foreign((0, "")) as server, client_of(server.url) as client:
        with pytest.raises(errors.RegistryUnavailable) as caught:
            client.delete_subject("s")

        assert 1 == len(server.seen)
        assert "look before you try again" in str(caught.value.fix)
    with Foreign((503, "busy"), (429, "{}"), (200, "[1]")) as server, client_of(server.url) as client:
        assert [1] == client.delete_subject("s", permanent=True)
        assert [("DELETE", "/api/subjects/s?permanent=true")] * 3 == [seen[:2] for seen in server.seen]
    with Foreign((504, "{}")) as server, client_of(server.url) as client:
        with pytest.raises(errors.RegistryUnavailable, match="HTTP 504"):
            client.delete_version("s", 1)

        assert 1 == len(server.seen)


def test_a_registry_that_is_asked_too_much_says_how_long_to_wait(client_of: Client) -> None:
    with Foreign((429, "{}"), (200, "[]"), retry_after="0") as server, client_of(server.url) as client:
        assert [] == client.subjects()
    with Foreign((429, '{"error_code": 429, "message": "slow down"}'), retry_after="0") as server:
        with client_of(server.url) as client, pytest.raises(errors.RequestRefused, match="slow down") as caught:
            client.subjects()

        assert ("try again later", 429) == (caught.value.fix, caught.value.status)


def test_every_other_call_asks_for_what_it_says(client_of: Client) -> None:
    """Method, path and answer of each, as Confluent's documentation has them."""
    calls: list[tuple[str, str, str, Callable[[Any], object], object]] = [
        ("GET", "/subjects?subjectPrefix=%3A.c%3A&deleted=true", '["a"]', lambda c: c.subjects(prefix=":.c:", deleted=True), ["a"]),
        ("GET", "/subjects/a%2Fb/versions?deleted=true", "[1]", lambda c: c.versions("a/b", deleted=True), [1]),
        ("DELETE", "/subjects/s/versions/2?permanent=true", "2", lambda c: c.delete_version("s", 2, permanent=True), 2),
        ("GET", "/config", '{"compatibilityLevel": "NONE"}', lambda c: c.config(), {"compatibilityLevel": "NONE"}),
        ("PUT", "/config/s", "{}", lambda c: c.set_config("s", {"compatibility": "FULL"}), None),
        ("DELETE", "/config/s", "{}", lambda c: c.delete_config("s"), None),
        ("GET", "/mode/s", '{"mode": "IMPORT"}', lambda c: c.mode("s"), "IMPORT"),
        ("PUT", "/mode?force=true", "{}", lambda c: c.set_mode(None, "IMPORT", force=True), None),
        ("DELETE", "/mode/s", "{}", lambda c: c.delete_mode("s"), None),
        ("GET", "/contexts", '["."]', lambda c: c.contexts(), ["."]),
        ("GET", "/schemas/types", "[]", lambda c: c.get("/schemas/types"), []),
        ("GET", "/subjects/s/versions/1?deleted=true", '{"id": 3}', lambda c: c.described("s", 1), {"id": 3}),
        ("POST", "/subjects/s?deleted=true", LOOKUP, lambda c: c.find("s", {"schema": "x"}), (7, 3)),
        ("POST", "/subjects/s/versions", LOOKUP, lambda c: c.send("s", {"schema": "x", "id": 7}), (7, 3)),
        ("POST", "/compatibility/subjects/s/versions?verbose=true", '{"is_compatible": false, "messages": ["no"]}', lambda c: c.incompatibilities("s", "x"), ["no"]),
        ("POST", "/compatibility/subjects/s/versions?verbose=true", '{"is_compatible": true}', lambda c: c.incompatibilities("s", "x"), []),
    ]  # fmt: skip
    for method, path, answer, call, expected in calls:
        with Foreign((200, answer)) as server, client_of(server.url) as client:
            assert expected == call(client)
            assert (method, f"/api{path}") == server.seen[0][:2]


def test_metadata_is_sent_and_read_back(client_of: Client) -> None:
    kept = '{"subject":"s","version":3,"id":7,"schema":"x","metadata":{"properties":{"major":"2","confluent:version":"3"}}}'
    sent = {"properties": {"major": "2"}, "tags": {}}
    with Foreign((200, '{"id":7}'), (200, LOOKUP), (200, kept)) as server, client_of(server.url) as client:
        assert 3 == client.register("s", '"string"', sent).version


@pytest.mark.parametrize(
    "kept",
    [
        "{}",
        "null",
        '{"domainRules": []}',
        '{"domainRules": [{"name": "s"}]}',
        '{"domainRules": [{"name": "r"}, {"name": "s"}]}',
    ],
)
def test_a_registry_that_drops_rules_is_found_out(client_of: Client, kept: str) -> None:
    answer = f'{{"subject":"s","version":3,"id":7,"schema":"x","ruleSet":{kept}}}'
    with (
        Foreign((200, '{"id":7}'), (200, LOOKUP), (200, answer), (200, answer)) as server,
        client_of(server.url) as client,
        pytest.raises(errors.NotPublished, match="took version 3 of 's' and did not keep its rules"),
    ):
        client.register("s", '"string"', rule_set={"domainRules": [{"name": "r"}]})


def test_a_registry_may_add_to_rules(client_of: Client) -> None:
    kept = '{"subject":"s","version":3,"id":7,"schema":"x","ruleSet":{"domainRules":[{"name":"r","disabled":false}]}}'
    with Foreign((200, '{"id":7}'), (200, LOOKUP), (200, kept)) as server, client_of(server.url) as client:
        assert 3 == client.register("s", '"string"', rule_set={"domainRules": [{"name": "r"}]}).version


@pytest.mark.parametrize("metadata", ["{}", "null", '{"properties": null}', '{"properties": {"major": "1"}}'])
def test_a_registry_that_drops_metadata_is_found_out(client_of: Client, metadata: str) -> None:
    kept = f'{{"subject":"s","version":3,"id":7,"schema":"x","metadata":{metadata}}}'
    with (
        Foreign((200, '{"id":7}'), (200, LOOKUP), (200, kept)) as server,
        client_of(server.url) as client,
        pytest.raises(errors.NotPublished, match="took version 3 of 's' and did not keep its metadata"),
    ):
        client.register("s", '"string"', {"properties": {"major": "2"}})
