"""Meridian's own contracts: whole, with a history that holds, and messages that old and new readers read."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from tests.conftest import ROOT

from tallystick.cli.main import main
from tallystick.contract.load import open_workspace
from tallystick.contract.model import Contract, Example
from tallystick.contract.modes import Direction
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
        assert old.contract.schema.canonical != new.contract.schema.canonical


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
