"""The rules of a registry, over a real store."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.model import RegisteredSchema, SchemaReference, SchemaRequest
from tallystick.registry.service import MAX_SCHEMA_BYTES, Registry
from tallystick.registry.store.memory import MemoryStore
from tallystick.registry.store.sqlite import SqliteStore


def record(fields: str) -> SchemaRequest:
    """Return a record with these fields of one letter each; a capital has a default."""
    listed = [{"name": f.lower(), "type": "string"} | ({"default": ""} if f.isupper() else {}) for f in fields]
    return SchemaRequest(json.dumps({"type": "record", "name": "R", "fields": listed}, indent=1))


@given(sends=st.lists(st.tuples(st.sampled_from("xyz"), st.sets(st.sampled_from("ABC"))), max_size=12))
def test_versions_count_up_and_ids_follow_texts(sends: list[tuple[str, set[str]]]) -> None:
    """Every field has a default here, so everything is compatible. A second registry reads the same from the log."""
    store = MemoryStore()
    registry = Registry(store)
    sent = [registry.register(subject, record("".join(sorted(fields)))) for subject, fields in sends]
    again = Registry(store)

    assert sent == [again.register(subject, record("".join(sorted(fields)))) for subject, fields in sends]
    assert len({known.text for known in sent}) == len({known.id for known in sent})
    assert sent == [again.version(known.subject, known.version) for known in sent]
    assert [known.text for known in sent] == [again.schema(known.id).text for known in sent]
    for subject in again.subjects():
        versions = [known.version for known in again.versions(subject)]

        assert list(range(1, len(versions) + 1)) == versions


@pytest.mark.parametrize(
    ("level", "versions", "new", "compatible"),
    [
        (Mode.BACKWARD, ["a"], "ab", False),
        (Mode.BACKWARD, ["a"], "aB", True),
        (Mode.BACKWARD, ["ab"], "a", True),
        (Mode.FORWARD, ["ab"], "a", False),
        (Mode.FORWARD, ["a"], "ab", True),
        (Mode.FULL, ["a"], "ab", False),
        (Mode.FULL, ["a"], "aB", True),
        (Mode.NONE, ["a"], "b", True),
        (Mode.BACKWARD, ["a", "aB"], "ab", True),  # reads version 2; nobody asks about version 1
        (Mode.BACKWARD_TRANSITIVE, ["a", "aB"], "ab", False),
    ],
)
def test_the_level_decides_what_may_follow(level: Mode, versions: list[str], new: str, *, compatible: bool) -> None:
    """Asking and registering agree. Against one named version, only that one counts."""
    registry = Registry(MemoryStore())
    registry.set_level("s", level.lower())
    for version in versions:
        registry.register("s", record(version))
    reasons = registry.incompatibilities("s", record(new))

    assert compatible is not bool(reasons)
    if compatible:
        assert len(versions) + 1 == registry.register("s", record(new)).version
    else:
        with pytest.raises(errors.IncompatibleSchema) as caught:
            registry.register("s", record(new))

        assert tuple(reasons) == caught.value.details
        assert len(versions) == len(registry.versions("s"))
    assert [] == registry.incompatibilities("s", record(versions[0]), version=1)


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        (
            SchemaRequest('{"type": "record",\n "name": 7}'),
            errors.InvalidSchema,
            "schema:1:1 .*expected a 'name', got 7",
        ),
        (SchemaRequest("[" * 9000), errors.InvalidSchema, "nested more than"),
        (
            SchemaRequest('{"type": "fixed", "name": "F", "size": ' + "9" * 5000 + "}"),
            errors.InvalidSchema,
            "this number is out of range",
        ),
        (SchemaRequest('{"type": "string", "half": "\\ud800"}'), errors.InvalidSchema, "half a surrogate pair"),
        (SchemaRequest('{"type": "string", "much": 1e999}'), errors.InvalidSchema, "this number is out of range"),
        (
            SchemaRequest('"string"', "XML"),
            errors.InvalidSchema,
            "'XML' is not supported: there are JSON, PROTOBUF, AVRO",
        ),
        (SchemaRequest('"string"', "JSON"), errors.InvalidSchema, "it is JSON, and no JSON Schema"),
        (SchemaRequest('"string"', "PROTOBUF"), errors.InvalidSchema, "schema:1:1  FILE110  Expected top-level"),
        (
            SchemaRequest('import "a.proto"; message M {}', "PROTOBUF"),
            errors.InvalidSchema,
            "there is no file 'a.proto' to import",
        ),
        (
            SchemaRequest("message M {}", "PROTOBUF", (SchemaReference("a.proto", "a", 1),)),
            errors.InvalidSchema,
            "no version 1 of subject 'a' for reference 'a.proto'",
        ),
        (
            SchemaRequest('"string"', "AVRO", (SchemaReference("a", "a", 1),)),
            errors.InvalidSchema,
            "no version 1 of subject 'a' for reference 'a'",
        ),
        (SchemaRequest("  "), errors.InvalidSchema, "Empty schema"),
        (SchemaRequest('"' + "x" * MAX_SCHEMA_BYTES), errors.SchemaTooLarge, "takes 1048576 bytes"),
    ],
)
def test_what_can_not_be_kept_is_refused(request_: SchemaRequest, error: type[Exception], message: str) -> None:
    """Nothing is dropped silently, and nothing gets into the log."""
    store = MemoryStore()
    with pytest.raises(error, match=message):
        Registry(store).register("s", request_)

    assert [] == list(store.read())


@pytest.mark.parametrize(
    "subject", ["", "a\nb", "\x00", "__GLOBAL", "__EMPTY", ":.ctx:__EMPTY", ":.__GLOBAL:s", ":*:", ":*:s", "\ud800"]
)
def test_a_subject_with_a_name_that_is_none_is_refused(subject: str) -> None:
    """For schemas and for levels."""
    registry = Registry(MemoryStore())
    with pytest.raises(errors.InvalidSubject):
        registry.register(subject, record("a"))
    with pytest.raises(errors.InvalidSubject):
        registry.set_level(subject, "FULL")


def test_registries_that_share_a_file_never_give_an_id_twice(tmp_path: Path) -> None:
    """Four of them open a new file and register at once: some schemas alone, some the same as the others."""
    path, answers = tmp_path / "registry.db", []
    barrier = threading.Barrier(4)

    def register(name: int) -> None:
        barrier.wait()
        with closing(SqliteStore(path)) as store:
            registry = Registry(store)
            for number in range(12):
                size = number if number % 3 else number + 100 * name
                schema = SchemaRequest(f'{{"type": "fixed", "name": "F{size}", "size": {size}}}')
                answers.append(registry.register(f"s{size}", schema))

    threads = [threading.Thread(target=register, args=(name,)) for name in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 48 == len(answers)
    assert 8 + 4 * 4 == len(set(answers)) == len({a.id for a in answers}) == len({a.text for a in answers})
    with closing(SqliteStore(path)) as store:
        assert sorted({a.subject for a in answers}) == Registry(store).subjects()


def test_threads_that_share_a_registry_never_give_an_id_twice() -> None:
    """A server has one registry, and a thread for each request."""
    registry, answers = Registry(MemoryStore()), []
    barrier = threading.Barrier(8)

    def register(name: int) -> None:
        barrier.wait()
        answers.extend(
            registry.register("s", SchemaRequest(f'{{"type": "fixed", "name": "F{size}", "size": {size}}}'))
            for size in (*range(1, 6), 100 + name)
        )

    registry.set_level(None, "NONE")
    threads = [threading.Thread(target=register, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 48 == len(answers)
    assert list(range(1, 14)) == sorted({one.id for one in answers}) == [one.version for one in registry.versions("s")]


def test_the_same_schema_is_found_however_it_is_written() -> None:
    """Identity is the canonical text: white space and the long way to write a primitive do not count."""
    registry = Registry(MemoryStore())
    first = registry.register("s", SchemaRequest('{"type": "array", "items": {"type": "string"}}'))

    assert RegisteredSchema("s", 1, 1, '{"type":"array","items":"string"}') == first
    assert first == registry.lookup("s", SchemaRequest('{"items": "string", "type": "array"}'))
    with pytest.raises(errors.SchemaNotFound):
        registry.lookup("s", SchemaRequest('"int"'))
