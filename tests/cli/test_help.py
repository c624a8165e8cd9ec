"""The examples in each command's help are true: they run, one after the other, in a project like the one they show."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import Project

from tallystick.cli.main import COMMANDS, main
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
# Runs until it is interrupted: tests/cli/test_serve.py has it.
ENDLESS = "serve"
FOLDER = "contracts/commerce/order-placed"
RELEASED = "contracts/history/commerce/order-placed"


@pytest.fixture
def registry(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a registry that holds the contract, and that the environments `dev` and `prod` name."""
    with EmbeddedRegistry(tmp_path_factory.mktemp("registry") / "registry.db") as running:
        environment = f'{{registry: "{running.url}"}}'
        environments = f"environments: {{dev: {environment}, prod: {environment}}}\n"
        settings = project.root / "contracts/tally.yaml"
        lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(("environments:", "  dev:"))]
        settings.write_text(environments + "".join(kept), encoding="utf-8")
        project.tally("publish", "--registry", running.url)
        yield running.url


@pytest.fixture
def here(project: Project, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project where all that the examples name is there: a tag, last week's copy, bare schemas, a new version."""
    project.git("tag", "v1.4.0")
    root = tmp_path_factory.mktemp("work") / "project"
    shutil.copytree(tmp_path, root)
    shutil.copytree(tmp_path, root.parent / "last-week")
    for name, number in (("order_v1", 1), ("order_v2", 2), ("v1", 1), ("v2", 2), ("v3", 2)):
        shutil.copy(root / RELEASED / f"v{number}/order_placed.avsc", root / f"{name}.avsc")
    for age in ("old", "new"):
        (root / age / "shop").mkdir(parents=True)
        (root / age / "shop/paid.proto").write_text('syntax = "proto3";\nmessage Paid {}\n', encoding="utf-8")
    contract = root / FOLDER / "contract.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("version: 1.1.0", "version: 1.1.1"), encoding="utf-8")
    return root


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != ENDLESS])
def test_the_examples_of_a_command_run(
    registry: str, here: Path, output: Output, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(here)
    output()
    main([command, "--help"])
    lines = [line.strip() for line in output().splitlines() if line.startswith(f"  tally {command}")]
    examples = [line.partition("   ")[0].replace("http://127.0.0.1:8081", registry) for line in lines]

    assert examples
    for example in examples:
        assert 0 == main(shlex.split(example)[1:]), (example, output())
