"""The examples in each command's help are true: they run, one after the other, in a project like the one they show."""

from __future__ import annotations

import base64
import json
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import Project

from tallystick.cli.main import COMMANDS, main
from tallystick.cli.registry import command as registry_commands
from tallystick.runtime.convert import Framing, encoder
from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
# Runs until it is interrupted: tests/cli/test_serve.py has it.
ENDLESS = "serve"
FOLDER = "contracts/commerce/order-placed"
INNER = [f"registry {name}" for name in registry_commands.commands]
RELEASED = "contracts/history/commerce/order-placed"


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a registry."""
    return tmp_path_factory.mktemp("registry") / "registry.db"


@pytest.fixture
def second(registry: str, store: Path) -> Iterator[str]:
    """The URL of another node of the same registry."""
    with EmbeddedRegistry(store) as running:
        assert registry != running.url
        yield running.url


@pytest.fixture
def registry(project: Project, store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a registry that holds the contract, and that the environments `dev` and `prod` name."""
    with EmbeddedRegistry(store) as running:
        monkeypatch.setenv("TALLY_REGISTRY", running.url)
        environment = f'{{registry: "{running.url}"}}'
        environments = f"environments: {{dev: {environment}, prod: {environment}}}\n"
        settings = project.root / "contracts/tally.yaml"
        lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(("environments:", "  dev:"))]
        settings.write_text(environments + "".join(kept), encoding="utf-8")
        project.tally("publish", "--registry", running.url)
        yield running.url


@pytest.fixture
def here(project: Project, registry: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project where all that the examples name is there: a tag, last week's copy, bare schemas, a new version."""
    project.git("tag", "v1.4.0")
    root = tmp_path_factory.mktemp("work") / "project"
    shutil.copytree(tmp_path, root)
    shutil.copytree(tmp_path, root.parent / "last-week")
    main(["registry", "export", str(root / "backup.jsonl"), "--registry", registry])
    for name, number in (("order_v1", 1), ("order_v2", 2), ("v1", 1), ("v2", 2), ("v3", 2)):
        shutil.copy(root / RELEASED / f"v{number}/order_placed.avsc", root / f"{name}.avsc")
    for number in (1, 2):
        (root / f"v{number}").mkdir()
        shutil.copy(root / RELEASED / f"v{number}/order_placed.avsc", root / f"v{number}/order.avsc")
    order = {**json.loads(project.example.read_text(encoding="utf-8")), "note": None, "promised_on": None}
    (root / "orders.jsonl").write_text(f"{json.dumps(order)}\n", encoding="utf-8")
    schema = parse_avro(Document("order", project.schema.read_text(encoding="utf-8")))
    message = encoder(schema, Framing.REGISTRY, lambda: 1)(order)
    (root / "order.bin").write_bytes(message)
    (root / "orders.base64").write_bytes(base64.b64encode(message))
    (root / "shared").mkdir()
    (root / "shared/note.avsc").write_text('{"type": "fixed", "name": "Note", "size": 8}', encoding="utf-8")
    for age in ("old", "new"):
        (root / age / "shop").mkdir(parents=True)
        (root / age / "shop/paid.proto").write_text('syntax = "proto3";\nmessage Paid {}\n', encoding="utf-8")
    contract = root / FOLDER / "contract.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("version: 1.1.0", "version: 1.1.1"), encoding="utf-8")
    return root


@pytest.mark.parametrize("command", [*(command for command in COMMANDS if command != ENDLESS), *INNER])
def test_the_examples_of_a_command_run(
    registry: str, second: str, here: Path, output: Output, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(here)
    output()
    main([*command.split(), "--help"])
    lines = [line.strip() for line in output().splitlines() if line.startswith(f"  tally {command}")]
    running = {"http://127.0.0.1:8081": registry, "http://127.0.0.1:8082": second}
    examples = [line.partition("   ")[0] for line in lines]
    for address, url in running.items():
        examples = [example.replace(address, url) for example in examples]

    assert examples
    for example in examples:
        assert 0 == main(shlex.split(example)[1:]), (example, output())
