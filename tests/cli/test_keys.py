"""A contract whose keys have a schema: checked, released, published; and held as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Project

from tallystick.registry.client import RegistryClient
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
KEY = {
    "type": "record",
    "name": "OrderKey",
    "namespace": "meridian.commerce",
    "doc": "Which order a message is about.",
    "fields": [{"name": "order_id", "doc": "The order's number.", "type": "string"}],
}


@pytest.fixture
def key(project: Project) -> Path:
    """The schema of the keys, in a contract whose next version is released with it."""
    key = project.contract.with_name("key.avsc")
    key.write_text(json.dumps(KEY, indent=2), encoding="utf-8")
    project.replace(project.contract, "version: 1.1.0", "version: 2.0.0")
    project.replace(project.contract, "commerce.order-placed.v1", "commerce.order-placed.v2")

    assert 0 == project.tally("release", "commerce.order-placed")
    return key


def test_a_release_keeps_the_schema_of_the_keys(project: Project, key: Path) -> None:
    released = project.root / "contracts/history/commerce/order-placed/v3" / key.name

    assert key.read_bytes() == released.read_bytes()
    assert 0 == project.tally("check", "commerce.order-placed", "--against", "history")


def test_a_key_that_changes_is_a_finding_at_its_file(project: Project, key: Path, output: Output) -> None:
    project.replace(key, "order's number", "order's id")
    project.replace(project.contract, "version: 2.0.0", "version: 2.1.0")

    assert 1 == project.tally("check", "--against", "history")
    shown = output()
    assert "contracts/commerce/order-placed/key.avsc:1:1" in shown
    assert "TOPIC105" in shown
    assert "the schema of the topic's keys changed" in shown


def test_keys_are_published_under_a_subject_of_their_own(project: Project, key: Path, output: Output) -> None:
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        assert 0 == project.tally("publish", "commerce.order-placed", "--registry", registry.url)
        assert ["commerce.order-placed.v2-key", "commerce.order-placed.v2-value"] == client.subjects()
        assert json.loads(key.read_text())["name"] in client.version("commerce.order-placed.v2-key", 1).text
    assert "subject commerce.order-placed.v2-key version 1, schema id 1, FULL_TRANSITIVE" in output()


@pytest.mark.usefixtures("key")
def test_clients_take_keys_of_their_type(project: Project) -> None:
    assert 0 == project.tally("generate")

    code = (project.root / "src/meridian_events/commerce/order_placed.py").read_text(encoding="utf-8")
    assert "class OrderPlacedProducer(KeyedProducer[OrderPlaced, OrderKey]):" in code
    assert 'KEY_SUBJECT: Final = "commerce.order-placed.v2-key"' in code


def test_a_key_is_linted_too(project: Project, key: Path, output: Output) -> None:
    project.replace(key, '"order_id"', '"email"')

    project.tally("check", "--against", "history")
    assert re.search(r"/key\.avsc:\d+:\d+  DOC124", output())
