"""What commands share: a contract is named by its id, or by any path that leads to it or into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Project

from tallystick.cli.main import main
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
FOLDER = "contracts/commerce/order-placed"
SAID = {
    "check": "1 contract against",
    "impact": "commerce.order-placed is read by",
    "publish": "commerce.order-placed 1.1.0: subject",
    "release": "'commerce.order-placed' 1.1.0 is released already",
}


@pytest.mark.parametrize("command", SAID)
@pytest.mark.parametrize(
    "path",
    [
        "commerce.order-placed",
        FOLDER,
        f"./{FOLDER}/",
        f"{FOLDER}/contract.yaml",
        f"{{root}}/{FOLDER}",
        f"{{root}}/{FOLDER}/examples/valid-two-lines.json",
        f"../{{name}}/{FOLDER}",
    ],
)
def test_a_path_names_a_contract(
    project: Project, output: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, path: str
) -> None:
    monkeypatch.chdir(project.root)
    named = path.format(root=project.root, name=project.root.name)
    with EmbeddedRegistry(tmp_path / "registry.db") as registry:
        options = ["--registry", registry.url] if command == "publish" else []
        main([command, named, *options])

    assert SAID[command] in output()


def test_a_path_from_the_current_folder_names_a_contract(
    project: Project, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root / "contracts/commerce")

    assert 0 == main(["impact", f"order-placed{os.sep}"])
    assert "commerce.order-placed is read by" in output()


def test_a_path_that_leads_to_no_contract_is_wrong_usage(project: Project, output: Output) -> None:
    assert 2 == project.tally("impact", str(project.root / "contracts/commerce"))
    assert "error: no contract '" in output()
