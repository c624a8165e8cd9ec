"""Meridian's own contracts: whole, with a history that holds, and messages that old and new readers read."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message as ProtoValue
from google.protobuf.message_factory import GetMessageClass
from tests.conftest import ROOT

from tallystick.cli.main import main
from tallystick.contract.load import open_workspace
from tallystick.contract.model import Contract, Example
from tallystick.contract.modes import Direction
from tallystick.gate.diff import differences
from tallystick.schema.protobuf_types import ProtoFile, ProtoSchema
from tallystick.schema.types import Schema
from tallystick.values.avro_json import from_json
from tallystick.wire.avro import compile_decoder, compile_encoder

WORKSPACE = open_workspace(ROOT)
CONTRACTS = [pytest.param(contract, id=contract.id) for contract in WORKSPACE.contracts]
NAMES = {
    "commerce.order-placed",
    "commerce.page-viewed",
    "crm.customer",
    "iot.maintenance-due",
    "iot.sensor-reading",
    "payments.fraud-alert-raised",
    "payments.transaction-authorized",
}


class Message(NamedTuple):
    """A valid example, and the contract that it is of."""

    contract: Contract
    schema: Schema
    example: Example


def messages() -> Iterator[Any]:
    """Yield each valid example of a contract in Avro."""
    for contract in WORKSPACE.contracts:
        for example in contract.examples:
            if example.is_valid and isinstance(contract.schema, Schema):
                name = example.place.document.path.removeprefix("contracts/")
                yield pytest.param(Message(contract, contract.schema, example), id=name)


MESSAGES = list(messages())


class ProtoExample(NamedTuple):
    """An example of a contract in Protobuf, and its schema."""

    contract: Contract
    schema: ProtoSchema
    example: Example


def proto_examples(*, valid: bool) -> Iterator[Any]:
    """Yield the valid or the invalid examples of contracts in Protobuf, which are in its JSON mapping."""
    for contract in WORKSPACE.contracts:
        for example in contract.examples:
            if example.is_valid is valid and isinstance(contract.schema, ProtoSchema):
                name = example.place.document.path.removeprefix("contracts/")
                yield pytest.param(ProtoExample(contract, contract.schema, example), id=name)


PROTO_MESSAGES = list(proto_examples(valid=True))


def message_class(schema: ProtoSchema) -> type[ProtoValue]:
    """Return Google's own class for a schema's messages, in a pool of its own: each release has the same names."""
    pool = DescriptorPool()
    added: set[str] = set()

    def add(file: ProtoFile) -> None:
        if file.name not in added:
            added.add(file.name)
            for imported in file.imports:
                add(imported.file)
            pool.AddSerializedFile(file.described.descriptor.SerializeToString())

    add(schema.file)
    return GetMessageClass(pool.FindMessageTypeByName(schema.root.name))


def fields_of(message: ProtoValue) -> dict[str, Any]:
    """Return what is set in a message, by the names in JSON, with enums as numbers: old readers have no names for some."""
    return MessageToDict(message, use_integers_for_enums=True)


def test_meridian_has_the_contracts_that_the_docs_speak_of() -> None:
    page = (ROOT / "docs/meridian.md").read_text(encoding="utf-8")

    assert {contract.id for contract in WORKSPACE.contracts} >= NAMES
    for contract in WORKSPACE.contracts:
        assert f"## {contract.id}\n" in page
        for release in WORKSPACE.released(contract.id):
            assert (
                f"- **{release.contract.version}** " in page.partition(f"## {contract.id}\n")[2].partition("\n## ")[0]
            )


@pytest.mark.parametrize("against", ["history", "git:HEAD"])
def test_the_gate_finds_nothing(against: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["check", "-C", str(ROOT), "--against", against])
    assert f"{len(WORKSPACE.contracts)} contracts against" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_is_whole(contract: Contract) -> None:
    """With an owner, a purpose, consumers that say what they read, examples of both kinds, and a story of releases."""
    assert contract.owner
    assert contract.doc
    assert contract.consumers
    assert all(consumer.team and consumer.groups for consumer in contract.consumers)
    assert {True, False} == {example.is_valid for example in contract.examples}
    versions = [release.contract.version for release in WORKSPACE.released(contract.id)]
    assert len(versions) >= 2
    assert versions[-1] == contract.version
    assert all(old.topic.name == contract.topic.name for old in (r.contract for r in WORKSPACE.released(contract.id)))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_release_says_something_new(contract: Contract) -> None:
    for old, new in pairwise(WORKSPACE.released(contract.id)):
        assert differences(old.contract, new.contract)


@pytest.mark.parametrize("message", MESSAGES)
def test_an_example_is_a_message_of_the_generated_class(message: Message) -> None:
    contract, schema, example = message
    package = f"meridian_events.{contract.domain}"
    typed = getattr(
        import_module(f"{package}.{contract.name.replace('-', '_')}"), contract.name.replace("-", "_").upper()
    )
    data = compile_encoder(schema)(from_json(schema.root, example.value))
    value = compile_decoder(schema, classes=typed.classes)(data, 0)

    assert isinstance(value, typed.value)
    assert data == compile_encoder(typed.schema, typed.classes)(value)


@pytest.mark.parametrize("message", MESSAGES)
def test_readers_of_every_release_read_a_message_and_the_contract_reads_theirs(message: Message) -> None:
    contract, schema, example = message
    value = from_json(schema.root, example.value)
    directions = contract.compatibility.directions
    for release in WORKSPACE.released(contract.id):
        old = release.contract.schema
        assert isinstance(old, Schema)
        if Direction.FORWARD in directions:
            seen = compile_decoder(schema, old)(compile_encoder(schema)(value), 0)
            assert set(seen) <= set(value)
            if Direction.BACKWARD in directions:
                # What an old reader saw is what an old writer may send.
                again = compile_decoder(old, schema)(compile_encoder(old)(seen), 0)
                assert set(value) == set(again)


@pytest.mark.parametrize("one", PROTO_MESSAGES)
def test_an_example_in_protobuf_is_a_message(one: ProtoExample) -> None:
    kind = message_class(one.schema)
    message = ParseDict(one.example.value, kind())

    assert one.example.value == MessageToDict(kind.FromString(message.SerializeToString()))


@pytest.mark.parametrize("one", list(proto_examples(valid=False)))
def test_an_invalid_example_in_protobuf_is_none(one: ProtoExample) -> None:
    with pytest.raises(ParseError):
        ParseDict(one.example.value, message_class(one.schema)())


@pytest.mark.parametrize("one", PROTO_MESSAGES)
def test_readers_of_every_release_in_protobuf_lose_nothing_that_they_know(one: ProtoExample) -> None:
    kind = message_class(one.schema)
    new = ParseDict(one.example.value, kind())
    for release in WORKSPACE.released(one.contract.id):
        schema = release.contract.schema
        assert isinstance(schema, ProtoSchema)
        old_kind = message_class(schema)
        known = {field.json_name for field in schema.root.fields}
        old = old_kind.FromString(new.SerializeToString())

        assert {name: value for name, value in fields_of(new).items() if name in known} == fields_of(old)
        # What an old service passes on still holds what only newer ones know.
        assert new == kind.FromString(old.SerializeToString())
        sent_by_old = ParseDict(one.example.value, old_kind(), ignore_unknown_fields=True)
        assert fields_of(sent_by_old) == fields_of(kind.FromString(sent_by_old.SerializeToString()))


def test_protobuf_releases_grow_by_what_older_readers_do_not_know() -> None:
    """Else the test above would compare a schema with itself."""
    for id_ in ("payments.fraud-alert-raised", "payments.transaction-authorized"):
        first, *_, last = (release.contract.schema for release in WORKSPACE.released(id_))

        assert isinstance(first, ProtoSchema)
        assert isinstance(last, ProtoSchema)
        assert set(last.root.by_number) - set(first.root.by_number)


def test_who_reads_a_field_in_protobuf_is_told_with_what_would_break_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["impact", "-C", str(ROOT), "payments.transaction-authorized", "amount"])
    shown = capsys.readouterr().out
    assert "  ledger (team finance; groups ledger-authorizations; " in shown
    assert "  fraud-detection (team risk; groups fraud-detection-v3; " in shown
    assert "  removed: refused\n    DOC107  consumer 'ledger' reads the field 'amount', which was removed" in shown
    assert "\n    PROTO111  field 'amount' was removed" in shown
    assert "  given another number: refused\n    PROTO114 " in shown
    assert 0 == main(["impact", "-C", str(ROOT), "payments.transaction-authorized", "amount.currency"])
    assert "  not tried, for contracts/shared/money/money.proto defines it: " in capsys.readouterr().out
