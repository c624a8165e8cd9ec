"""Clients for Protobuf: code that imports, that type checkers take, and whose bytes Confluent's clients read and write."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.codegen.protos import NASTY, READ, workspace
from tests.conftest import Files

from tallystick.contract.load import load_workspace
from tallystick.contract.model import Contract
from tallystick.errors import DecodeError, UnsupportedSchema
from tallystick.registry.client import RegistryClient
from tallystick.registry.whole import register_schema
from tallystick.runtime.proto_pool import options_of
from tallystick.runtime.proto_topic import ProtoTopic
from tallystick.server.run import EmbeddedRegistry
from tallystick.wire.frame import HEADER_SIZE
from tallystick_codegen.python.package import render_package
from tallystick_codegen.write import Changes, write_package

PACKAGE = "nasty_events"
MODULES = {
    id_: ".".join(f"{part}_" if part in {"class", "import"} else part for part in id_.replace("-", "_").split("."))
    for id_ in NASTY
}
DEEPEST = 3
# Confluent's serializer looks for a topic's message among the outer ones of its file, and asks a value for its DESCRIPTOR.
BEYOND_THEM = ("nasty.inner-main", "nasty.third", "nasty.descriptor-field")


def contracts() -> list[Contract]:
    loaded = load_workspace(Files(workspace()))

    assert () == loaded.problems
    return list(loaded.contracts)


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Write the package, and let it be imported."""
    out = tmp_path_factory.mktemp("made")
    for package in (PACKAGE, "other_events"):
        write_package(render_package(contracts(), package), out, package)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(out))
        yield out


def topic_of(id_: str, package: str = PACKAGE) -> ProtoTopic[Any]:
    module = import_module(f"{package}.{MODULES[id_]}")
    (topic,) = (value for value in vars(module).values() if isinstance(value, ProtoTopic))
    return topic


def seen_of(id_: str) -> ProtoTopic[Any]:
    """Return the topic as the consumer `me` sees it."""
    module = import_module(f"{PACKAGE}.{MODULES[id_]}_for_me")
    (topic,) = (value for name, value in vars(module).items() if name.endswith("_FOR_ME"))
    assert isinstance(topic, ProtoTopic)
    return topic


def test_every_module_imports_alone_and_without_a_warning(made: Path) -> None:
    names = [str(path.relative_to(made).with_suffix("")).replace("/", ".") for path in (made / PACKAGE).rglob("*.py")]
    # Each in an interpreter's state without the others, and two packages in one process.
    code = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [one for one in sys.modules if one.startswith("nasty_events")]:
        del sys.modules[loaded]
    importlib.import_module(name)
    importlib.import_module(name.replace("nasty_events", "other_events"))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *names], cwd=made, capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_strict_type_checkers_accept_the_code(made: Path) -> None:
    options = ["--strict", "--config-file=", "--follow-imports=silent", f"--cache-dir={made / 'cache'}"]
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "-p", PACKAGE], cwd=made, capture_output=True, text=True, check=False
    )

    assert mypy.returncode == 0, mypy.stdout

    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, PACKAGE]
    pyright = subprocess.run(command, cwd=made, capture_output=True, text=True, check=False)

    assert pyright.returncode == 0, pyright.stdout


def test_the_same_contracts_give_the_same_bytes(made: Path) -> None:
    files = render_package(contracts()[::-1], PACKAGE)

    assert Changes((), tuple(files), ()) == write_package(files, made, PACKAGE)


@pytest.fixture(scope="module")
def registry() -> Iterator[Any]:
    """Give our encoder, our decoder and Confluent's serializer of a topic, which ask a registry that has all contracts."""
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        for contract in contracts():
            register_schema(client, contract.subject, contract.schema)
        theirs = SchemaRegistryClient({"url": registry.url})

        @cache
        def ends(topic: ProtoTopic[Any]) -> tuple[Any, Any, Any]:
            id_ = topic.find(client)
            options = {"auto.register.schemas": False, "use.latest.version": True}
            return topic.encoder(id_), topic.reader(client, id_), ProtobufSerializer(topic.value, theirs, options)

        yield ends
        theirs._rest_client.session.close()


SCALARS: dict[int, st.SearchStrategy[Any]] = {
    **dict.fromkeys((1, 2), st.floats(width=32, allow_nan=False)),
    **dict.fromkeys((3, 16, 18), st.integers(-(2**63), 2**63 - 1)),
    **dict.fromkeys((4, 6), st.integers(0, 2**64 - 1)),
    **dict.fromkeys((5, 15, 17), st.integers(-(2**31), 2**31 - 1)),
    **dict.fromkeys((7, 13), st.integers(0, 2**32 - 1)),
    8: st.booleans(),
    9: st.text(max_size=5),
    12: st.binary(max_size=5),
}


def fill(message: Any, data: st.DataObject, depth: int = 0) -> Any:
    """Set fields of a message, each or not, down to some depth."""
    for field in type(message).DESCRIPTOR.fields:
        if field.is_required or data.draw(st.booleans()):
            fill_field(message, field, data, depth)
    return message


def fill_field(message: Any, field: Any, data: st.DataObject, depth: int) -> None:
    value = getattr(message, field.name)
    if field.message_type and field.message_type.GetOptions().map_entry:
        key, item = field.message_type.fields
        drawn = data.draw(SCALARS[key.type])
        if item.message_type is None:
            value[drawn] = data.draw(scalar(item))
        elif depth < DEEPEST:
            fill(value[drawn], data, depth + 1)
    elif field.message_type and depth < DEEPEST:
        fill(value.add() if field.is_repeated else value, data, depth + 1)
        if not field.is_repeated:
            value.SetInParent()
    elif field.message_type is None and field.is_repeated:
        value.extend(data.draw(st.lists(scalar(field), max_size=3)))
    elif field.message_type is None and field.name != "DESCRIPTOR":
        setattr(message, field.name, data.draw(scalar(field)))


def scalar(field: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([one.number for one in field.enum_type.values]) if field.enum_type else SCALARS[field.type]


@pytest.mark.parametrize("id_", NASTY)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_confluents_clients_and_ours_read_each_other(registry: Any, id_: str, data: st.DataObject) -> None:
    topic = topic_of(id_)
    value = fill(topic.value(), data)
    encode, decode, serialize = registry(topic)
    context = SerializationContext(topic.topic, MessageField.VALUE)
    written = encode(value)
    if id_ not in BEYOND_THEM:
        written_by_them = serialize(value, context)

        assert written[:HEADER_SIZE] == written_by_them[:HEADER_SIZE]
        assert value == decode(written_by_them, HEADER_SIZE)
    assert value == decode(written, HEADER_SIZE)
    assert value == ProtobufDeserializer(topic.value, {"use.deprecated.format": False})(written, context)


def test_the_schema_of_the_classes_is_that_of_the_files() -> None:
    for id_ in NASTY:
        topic = topic_of(id_)

        assert topic.schema_text == topic.schema.canonical


def test_nothing_is_put_into_the_pool_that_all_packages_share() -> None:
    ours, other = topic_of("nasty.imports"), topic_of("nasty.imports", "other_events")

    assert ours.value is not other.value
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName(ours.value.DESCRIPTOR.full_name)
    assert other.value() == other.decoder(1, other.schema_text)(ours.encoder(1)(ours.value()), HEADER_SIZE)


@pytest.mark.parametrize("id_", READ)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_a_consumer_declared_is_read_of_what_everybody_reads(registry: Any, id_: str, data: st.DataObject) -> None:
    topic, seen = topic_of(id_), seen_of(id_)
    value = fill(topic.value(), data)
    encode, *_ = registry(topic)
    part = seen.decoder(1, seen.schema_text)(encode(value), HEADER_SIZE)

    assert {path.partition(".")[0] for path in READ[id_]} == {field.name for field in part.DESCRIPTOR.fields}
    assert len(part.SerializePartialToString()) <= len(value.SerializePartialToString())
    for path in READ[id_]:
        if "." not in path:
            assert repr(getattr(value, path)) == repr(getattr(part, path))


def test_custom_options_can_be_read() -> None:
    topic_of("nasty.imports")
    shared = import_module(f"{PACKAGE}.shared.options_pb2")
    value = import_module(f"{PACKAGE}.nasty.imports").Imports

    assert "x" == options_of(value.DESCRIPTOR.fields_by_name["marked"]).Extensions[shared.mark].text


def test_a_message_deep_in_a_file_is_found_by_its_path() -> None:
    topic = topic_of("nasty.third")
    data = topic.encoder(7)(topic.value())

    assert bytes([0, 0, 0, 0, 7, 4, 4, 2]) == data
    with pytest.raises(
        DecodeError, match=r"it is a tests\.third\.First, and the contract's messages are tests\.third\.Third\.Second"
    ):
        topic.decoder(7, topic.schema_text)(b"\0", 0)


def test_a_required_field_that_is_missing_is_named() -> None:
    topic = topic_of("nasty.proto2")

    with pytest.raises(DecodeError, match="required fields are missing: id"):
        topic.decoder(1, topic.schema_text)(b"\0", 0)
    assert ["Old.id"] == [problem.path for problem in topic.problems(topic.value())]


def test_a_key_in_another_language_is_refused() -> None:
    files = workspace() | {"contracts/nasty/empty/key.avsc": '"string"'}

    with pytest.raises(UnsupportedSchema, match="their keys are not"):
        render_package(load_workspace(Files(files)).contracts, PACKAGE)


def test_the_rules_of_what_a_consumer_reads_are_those_that_name_nothing_else() -> None:
    rule = "{{id: {id}, type: custom, engine: confluent-cel, implementation: {{kind: CONDITION, mode: {mode}, type: CEL, expr: '{expr}'}}}}"
    rules = ", ".join(
        rule.format(id=id_, mode=mode, expr=expr)
        for id_, mode, expr in (
            ("read", "READ", "message.u >= 0u"),
            ("both", "WRITEREAD", "message.n > 0"),
            ("write", "WRITE", "message.u > 1u"),
        )
    )
    path = "contracts/nasty/same-kind/contract.yaml"
    files = workspace()
    files[path] = files[path].replace("name: Same", f"name: Same, quality: [{rules}]")
    loaded = load_workspace(Files(files))

    assert () == loaded.problems
    text = render_package(loaded.contracts, PACKAGE)[f"{PACKAGE}/nasty/same_kind_for_me.py"]
    assert 'SAME_KIND.narrowed(\n    SameForMe,\n    rules=["read"],\n)' in text
