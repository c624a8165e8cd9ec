"""Registries that are moved: what is in the second one is what was in the first one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.registry.foreign import Foreign

from tallystick import errors
from tallystick.registry.client import RegistryClient
from tallystick.registry.transfer.differences import differences
from tallystick.registry.transfer.fetch import fetch
from tallystick.registry.transfer.records import Holdings, Kept, Key
from tallystick.registry.transfer.restore import Restored, restore
from tallystick.server.run import EmbeddedRegistry

T = TypeVar("T")
SUBJECTS = st.sampled_from(["a", "b/c%", ":.dev:a", ":.dev:d"])
LEVELS = st.sampled_from(["NONE", "FULL", "BACKWARD_TRANSITIVE"])
STEPS = st.lists(
    st.tuples(st.just("register"), SUBJECTS, st.integers(1, 4))
    | st.tuples(st.just("delete"), SUBJECTS, st.integers(1, 3))
    | st.tuples(st.just("erase"), SUBJECTS, st.integers(1, 3))
    | st.tuples(st.just("level"), SUBJECTS | st.sampled_from([None, ":.dev:"]), LEVELS)
    | st.tuples(
        st.just("mode"), SUBJECTS | st.sampled_from([None, ":.dev:"]), st.sampled_from(["READONLY", "READWRITE"])
    ),
    max_size=25,
)


def ask(url: str, work: Callable[[RegistryClient], T]) -> T:
    with RegistryClient(url) as client:
        return work(client)


def text(number: int) -> str:
    fields = "".join(f',{{"name":"f{n}","type":"int","default":0}}' for n in range(number))
    return f'{{"type":"record","name":"R","fields":[{{"name":"id","type":"long"}}{fields}]}}'


def perform(client: RegistryClient, step: tuple[str, str | None, Any]) -> None:
    """Do a step, if the registry lets us."""
    match step:
        case ("register", str(subject), number):
            metadata = {"properties": {"owner": "o"}} if number == 3 else {}
            client.send(subject, {"schema": text(number), "metadata": metadata})
        case ("delete", str(subject), number):
            client.delete_version(subject, number)
        case ("erase", str(subject), number):
            client.delete_version(subject, number, permanent=True)
        case ("level", subject, level):
            client.set_config(subject, {"compatibility": level})
        case ("mode", subject, mode):
            client.set_mode(subject, mode)


@settings(max_examples=12, deadline=None)
@given(STEPS)
@example([("register", ":.dev:a", 1), ("level", ":.dev:", "FULL"), ("level", None, "NONE"), ("mode", None, "READONLY")])
def test_an_imported_registry_is_the_same_as_the_first_one(steps: list[tuple[str, str | None, Any]]) -> None:
    """Contexts, ids, gaps, deleted versions, metadata, settings and modes; and importing it again changes nothing."""
    with EmbeddedRegistry() as one, EmbeddedRegistry() as other:
        with RegistryClient(one.url) as client:
            for step in steps:
                try:
                    perform(client, step)
                except errors.RegistryError:
                    continue
        holdings = ask(one.url, fetch)
        done = ask(other.url, lambda client: restore(client, holdings))
        again = ask(other.url, lambda client: restore(client, holdings))

        assert [] == list(differences(holdings, ask(other.url, fetch), ("one", "other")))
        assert holdings == ask(other.url, fetch)
        assert Restored(len(holdings.versions), 0, with_globals=True) == done
        assert (0, len(holdings.versions)) == (again.registered, again.there)


def test_what_has_settings_and_no_versions_comes_along() -> None:
    """An alias, a subject whose schema is still to come, and a context that is empty."""
    with EmbeddedRegistry() as one, EmbeddedRegistry() as other:
        with RegistryClient(one.url) as client:
            client.send("a", {"schema": '"int"'})
            client.set_config("short", {"alias": "a"})
            client.set_config(":.dev:soon", {"compatibility": "FULL"})
            client.set_mode(":.dev:", "READONLY")
        holdings = ask(one.url, fetch)
        ask(other.url, lambda client: restore(client, holdings))

        assert holdings == ask(other.url, fetch)
        assert [1] == ask(other.url, lambda client: client.versions("short"))
        assert {"alias": "a"} == holdings.settings["short"]
        assert ({"compatibilityLevel": "FULL"}, "READONLY") == (
            holdings.settings[":.dev:soon"],
            holdings.modes[":.dev:"],
        )


def test_references_come_with_what_they_refer_to() -> None:
    """In another order than that of their ids, and deleted."""
    with EmbeddedRegistry() as one, EmbeddedRegistry() as other:
        with RegistryClient(one.url) as client:
            client.set_config(None, {"compatibility": "NONE"})
            client.send("a", {"schema": '"int"'})
            client.send("z", {"schema": '{"type":"fixed","name":"F","size":1}'})
            needed = [{"name": "F", "subject": "z", "version": 1}]
            client.send("a", {"schema": '{"type":"array","items":"F"}', "references": needed})
            client.delete_subject("a")
            client.delete_subject("z")
        holdings = ask(one.url, fetch)
        ask(other.url, lambda client: restore(client, holdings))

        assert holdings == ask(other.url, fetch)
        assert {True} == {kept.deleted for kept in holdings.versions.values()}


def test_an_import_that_broke_off_goes_on_where_it_was() -> None:
    """The subjects that it was about are in mode IMPORT until then."""
    good = Kept(7, {"schema": text(1)})
    broken = Kept(9, {"schema": "no schema"})
    holdings = Holdings({Key("a", 1): good, Key("a", 2): broken}, {}, {})
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        with pytest.raises(errors.InvalidSchema):
            ask(registry.url, lambda client: restore(client, holdings))

        assert ("IMPORT", [1]) == (client.mode("a"), client.versions("a"))
        mended = Holdings({Key("a", 1): good, Key("a", 2): Kept(9, {"schema": text(2)})}, {}, {})

        assert Restored(1, 1, with_globals=True) == ask(registry.url, lambda client: restore(client, mended))
        assert ({7: 1, 9: 2}, "READWRITE") == (
            {client.version("a", n).id: n for n in client.versions("a")}, client.mode()
        )  # fmt: skip
        with pytest.raises(errors.ModeNotConfigured, match="HTTP 404"):
            client.mode("a")


@pytest.mark.parametrize(
    "kept",
    [
        Kept(1, {"schema": text(2)}),
        Kept(2, {"schema": text(1)}),
        Kept(1, {"schema": text(1), "metadata": {"tags": {"a": ["b"]}}}),
    ],
)
def test_a_registry_with_something_else_in_a_place_stays_as_it_is(kept: Kept) -> None:
    """Another text, another id, or other metadata: nothing is written, not even what would fit."""
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        client.send("s", {"schema": text(1)})
        before = ask(registry.url, fetch)
        holdings = Holdings({Key("r", 1): Kept(5, {"schema": text(3)}), Key("s", 1): kept}, {}, {})
        with pytest.raises(errors.NotPublished, match="holds another schema as 's' version 1"):
            ask(registry.url, lambda client: restore(client, holdings))

        assert before == ask(registry.url, fetch)


def test_the_same_schema_in_other_words_is_the_same() -> None:
    """A registry writes schemas in its own form: what was imported from another one need not have its text."""
    spaced = '{ "type": "record", "name": "R", "fields": [] }'
    holdings = Holdings({Key("s", 1): Kept(4, {"schema": spaced})}, {}, {})
    with EmbeddedRegistry() as registry:
        for registered in (1, 0):
            assert registered == ask(registry.url, lambda client: restore(client, holdings)).registered


def test_a_registry_that_holds_more_keeps_its_global_settings() -> None:
    """What comes is its own subjects' business."""
    holdings = Holdings({Key("s", 1): Kept(9, {"schema": text(1)})}, {None: {"compatibilityLevel": "NONE"}}, {})
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        client.send("other", {"schema": text(2)})

        assert Restored(1, 0, with_globals=False) == ask(registry.url, lambda client: restore(client, holdings))
        assert "BACKWARD" == client.config()["compatibilityLevel"]
        assert (["other", "s"], 9) == (client.subjects(), client.version("s", 1).id)


def test_a_registry_that_knows_no_import_is_named() -> None:
    """Nothing is registered with another id."""
    holdings = Holdings({Key("s", 1): Kept(4, {"schema": text(1)})}, {}, {})
    unknown = '{"error_code": 404, "message": "HTTP 404 Not Found"}'
    missing = (404, '{"error_code": 40401, "message": "no"}')
    with Foreign((404, unknown)) as server:
        server.by_path = {
            "/api/subjects?deleted=true": (200, "[]"),
            "/api/subjects/s/versions": missing,
            "/api/subjects/s/versions?deleted=true": missing,
        }
        with pytest.raises(errors.NotPublished, match="'s' can't be imported: HTTP 404 Not Found"):
            ask(server.url, lambda client: restore(client, holdings))

    assert {"GET", "PUT"} == {method for method, _, _ in server.seen}


def test_an_old_registry_without_contexts_modes_and_deleted_versions_is_read() -> None:
    """What it does not know is left out."""
    unknown = (404, '{"error_code": 404, "message": "HTTP 404 Not Found"}')
    answers = {
        "/api/subjects?deleted=true": (200, '["s"]'),
        "/api/subjects/s/versions": (200, "[1]"),
        "/api/subjects/s/versions?deleted=true": (200, "[1]"),
        "/api/subjects/s/versions/1?deleted=true": (200, '{"subject":"s","version":1,"id":3,"schema":"x"}'),
        "/api/config": (200, '{"compatibilityLevel":"FULL"}'),
        "/api/config/s": (404, '{"error_code": 40401, "message": "no"}'),
    }
    with Foreign(unknown) as server:
        server.by_path = answers
        holdings = ask(server.url, fetch)

    kept = {Key("s", 1): Kept(3, {"schema": "x"})}
    assert Holdings(kept, {None: {"compatibilityLevel": "FULL"}}, {}) == holdings
