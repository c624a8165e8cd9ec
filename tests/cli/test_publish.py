"""`tally publish` against a real registry: what it registers, and what it says when it can't."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import Project

from tallystick.contract.modes import Mode
from tallystick.registry.client import RegistryClient
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
SUBJECT = "commerce.order-placed.v1-value"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """The URL of a registry of this test's own."""
    with EmbeddedRegistry(tmp_path / "registry.db") as running:
        yield running.url


def test_publishing_registers_the_schema_with_its_level(project: Project, registry: str, output: Output) -> None:
    assert 0 == project.tally("publish", "--registry", registry)
    assert f"commerce.order-placed 1.1.0: subject {SUBJECT} version 1, schema id 1, FULL_TRANSITIVE\n" == output()
    with RegistryClient(registry) as client:
        assert Mode.FULL_TRANSITIVE == client.level(SUBJECT)
        assert '"name":"OrderPlaced"' in client.version(SUBJECT, "latest").text


def test_publishing_twice_changes_nothing(project: Project, registry: str, output: Output) -> None:
    assert 0 == project.tally("publish", "--registry", registry)
    first = output()
    assert 0 == project.tally("publish", "--registry", registry)
    assert first == output()


def test_a_schema_that_breaks_is_refused_with_the_reason(project: Project, registry: str, output: Output) -> None:
    project.tally("publish", "--registry", registry)
    project.replace(project.schema, '"name": "total"', '"name": "amount"')

    assert 1 == project.tally("publish", "--registry", registry)
    shown = output()
    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in shown
    assert "oldSchema:" not in shown


def test_rules_and_metadata_go_to_the_registry_and_producers_still_find_their_schema(
    project: Project, registry: str, output: Output
) -> None:
    rules = (
        "      - {id: sold, description: Sold., type: custom, engine: confluent-cel, implementation: {kind: CONDITION,\n"
        "         mode: WRITE, type: CEL, expr: message.total > 0}}\n"
    )
    upgrade = {"name": "up", "kind": "TRANSFORM", "mode": "UPGRADE", "type": "JSONATA", "expr": "$"}
    entries = [("metadata", {"properties": {"owner": "checkout"}}), ("migrationRules", [upgrade])]
    lines = "".join(f"  - {{vendor: confluent, property: {n}, value: {json.dumps(v)}}}\n" for n, v in entries)
    project.replace(project.contract, "    quality:\n", f"    quality:\n{rules}")
    project.replace(project.contract, "\ncustomProperties:\n", f"\ncustomProperties:\n{lines}")

    assert 0 == project.tally("publish", "--registry", registry), output()
    with RegistryClient(registry) as client:
        kept = client.version(SUBJECT, "latest")

        assert kept.id == client.lookup(SUBJECT, kept.text).id
        assert "checkout" == kept.metadata["properties"]["owner"]
        assert ["up"] == [rule["name"] for rule in kept.rule_set["migrationRules"]]
        sold, theirs = kept.rule_set["domainRules"]
        assert ("sold", "Sold.", "message.total > 0") == (sold["name"], sold["doc"], sold["expr"])
        assert "lines_never_empty" == theirs["name"]


REFUND = "contracts/commerce/refund"


@pytest.fixture
def refund(project: Project) -> Project:
    """A project with a second contract, whose subject comes after the first one's."""
    folder = project.root / REFUND
    folder.mkdir()
    text = "apiVersion: v3.2.0\nkind: DataContract\nid: commerce.refund\nversion: 1.0.0\nstatus: active\n"
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    (folder / "refund.avsc").write_text('{"type": "record", "name": "Refund", "fields": []}', encoding="utf-8")
    return project


def test_one_that_is_refused_is_named_and_the_others_go_on(refund: Project, registry: str, output: Output) -> None:
    refund.tally("publish", "--registry", registry, "commerce.order-placed")
    refund.replace(refund.schema, '"name": "total"', '"name": "amount"')
    output()

    assert 1 == refund.tally("publish", "--registry", registry)
    said = output()
    assert "commerce.refund 1.0.0: subject commerce.refund.v1-value version 1" in said
    expected = (
        "error: commerce.order-placed 1.1.0 (contracts/commerce/order-placed/order_placed.avsc) was refused: "
        "Schema being registered is incompatible"
    )
    assert expected in said
    assert said.endswith("\n1 contract is not published: commerce.order-placed\n")


def test_a_key_that_is_refused_is_named_by_its_file(refund: Project, registry: str, output: Output) -> None:
    key = refund.root / REFUND / "key.avsc"
    key.write_text('"string"', encoding="utf-8")
    assert 0 == refund.tally("publish", "--registry", registry, "commerce.refund")
    key.write_text('"int"', encoding="utf-8")

    assert 1 == refund.tally("publish", "--registry", registry)
    assert f"error: commerce.refund 1.0.0 ({REFUND}/key.avsc) was refused: " in output()


def test_what_is_left_when_the_registry_is_away_is_named(refund: Project, output: Output) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    assert 3 == refund.tally("publish", "--registry", url)
    assert "2 contracts are not published: commerce.order-placed, commerce.refund\n" in output()


def test_a_registry_knows_no_versions_of_contracts(project: Project, registry: str, output: Output) -> None:
    """Compared with a registry, a changed schema is not asked for a higher version; compared with a release, it is."""
    project.tally("publish", "--registry", registry)
    settings = project.root / "contracts/tally.yaml"
    project.replace(settings, '{registry: "http://127.0.0.1:8081"', f'{{registry: "{registry}"')
    project.replace(project.schema, "What the customer wrote to us.", "What the customer wrote.")
    output()

    assert 0 == project.tally("check", "--against", "registry:dev")
    assert "0 errors, 0 warnings" in output()
    assert 1 == project.tally("check", "--against", "history")
    assert "the text of the schema changed since 1.1.0, and version is 1.1.0: that takes 1.1.1" in output()


def test_a_draft_is_passed_over(project: Project, registry: str, output: Output) -> None:
    project.replace(project.contract, "status: active", "status: draft")

    assert 0 == project.tally("publish", "--registry", registry)
    assert "commerce.order-placed 1.1.0: passed over, it is draft\n" == output()


def test_a_registry_that_is_away_is_named(project: Project, output: Output) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    assert 3 == project.tally("publish", "--registry", url)
    assert f"error: the schema registry at {url} can't be reached" in output()


def test_a_cluster_that_is_away_is_named(project: Project, registry: str, output: Output) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        bootstrap = f"127.0.0.1:{closed.getsockname()[1]}"

    assert 3 == project.tally("publish", "--registry", registry, "--bootstrap", bootstrap)
    assert bootstrap in output()


def test_the_environment_says_where_to(
    project: Project, registry: str, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = project.root / "contracts/tally.yaml"
    project.replace(
        settings, '{registry: "http://127.0.0.1:8081", bootstrap: "127.0.0.1:9092"}', "{registry: '${MY_URL}'}"
    )

    assert 2 == project.tally("publish", "--env", "dev")
    assert "error: the environment variable MY_URL is not set" in output()
    monkeypatch.setenv("MY_URL", registry)
    assert 0 == project.tally("publish", "--env", "dev")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "error: which registry?"),
        (["--env", "moon"], "error: no environment 'moon'"),
        (["--registry", "moon"], "error: the registry's address is not a URL"),
    ],
)
def test_a_registry_must_be_named(project: Project, output: Output, arguments: list[str], problem: str) -> None:
    assert 2 == project.tally("publish", *arguments)
    assert problem in output()
