"""What `--against` can name: each baseline gives the versions that others may have built on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Project

from tallystick.contract.modes import Mode
from tallystick.registry.client import RegistryClient
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
SUBJECT = "commerce.order-placed.v1-value"


def test_a_registry_is_a_baseline(
    project: Project, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedRegistry(tmp_path / "registry.db") as registry:
        monkeypatch.setenv("TALLY_REGISTRY", registry.url)

        assert 0 == project.tally("check", "--against", "registry")  # which does not know the subject yet
        project.tally("publish")
        project.replace(project.schema, '"name": "total"', '"name": "amount"')
        output()
        assert 1 == project.tally("check", "--against", "registry")
        said = output()
        assert "breaks both ways: new readers on messages of version 1, and their readers on new messages" in said
        assert f"    was: {SUBJECT}/versions/1:1:" in said
        assert f"against registry {registry.url}: " in said


def test_a_registrys_schema_that_can_not_be_read_is_named(
    project: Project, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedRegistry(tmp_path / "registry.db") as registry, RegistryClient(registry.url) as client:
        monkeypatch.setenv("TALLY_REGISTRY", registry.url)
        client.register(SUBJECT, '"string"')

        assert 1 == project.tally("check", "--against", "registry")
        assert "AVRO401" in output()


def test_a_folder_is_a_baseline(project: Project, output: Output, tmp_path: Path) -> None:
    before = tmp_path / "before"
    shutil.copytree(project.root / "contracts", before / "contracts")
    project.replace(project.schema, '"name": "total"', '"name": "amount"')

    assert 1 == project.tally("check", "--against", f"dir:{before}")
    assert "AVRO101" in output()
    assert 1 == project.tally("check", "--against", f"dir:{before}/contracts")


@pytest.mark.parametrize("against", ["dir:/no/such/folder", "dir:contracts/typo", "dir:", "registry:", "git:"])
def test_a_baseline_that_is_not_there_is_wrong_usage(project: Project, output: Output, against: str) -> None:
    assert 2 == project.tally("check", "--against", against)
    assert "error: " in output()


def test_a_baseline_that_is_broken_is_named(project: Project, output: Output, tmp_path: Path) -> None:
    before = tmp_path / "before"
    shutil.copytree(project.root / "contracts", before / "contracts")
    (before / "contracts/commerce/order-placed/order_placed.avsc").write_text("{", encoding="utf-8")

    assert 2 == project.tally("check", "--against", f"dir:{before}")
    assert "before: contracts/commerce/order-placed/order_placed.avsc:1:2  FILE102" in output()


def test_a_registrys_own_level_counts(
    project: Project, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedRegistry(tmp_path / "registry.db") as registry, RegistryClient(registry.url) as client:
        monkeypatch.setenv("TALLY_REGISTRY", registry.url)
        project.tally("publish")
        settings = project.root / "contracts/tally.yaml"
        for file in (settings, project.contract):
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(r"compatibility: [A-Z_]+", "compatibility: NONE", text), encoding="utf-8")
        project.replace(project.schema, '"name": "total"', '"name": "amount"')
        output()

        assert 1 == project.tally("check", "--against", "registry")
        assert "AVRO101" in output()
        client.set_level(SUBJECT, Mode.NONE)
        project.tally("check", "--against", "registry")
        assert "AVRO101" not in output()


@given(st.sampled_from(Mode), st.sampled_from(Mode))
def test_a_joined_level_asks_for_all_that_both_ask_for(one: Mode, other: Mode) -> None:
    asked = {*one.to_check(["v1", "v2"]), *other.to_check(["v1", "v2"])}
    joined = one.joined(other)

    assert asked <= set(joined.to_check(["v1", "v2"]))
    assert joined == other.joined(one)
    assert one == one.joined(one) == one.joined(Mode.NONE)
