"""`tally release`: what is written once and never again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

from tests.conftest import Project

Output = Callable[[], str]


def test_a_release_keeps_every_file_with_its_hash(project: Project, output: Output) -> None:
    project.replace(project.contract, "version: 1.1.0", "version: 1.1.1")

    assert 0 == project.tally("release", "commerce.order-placed")
    folder = project.root / "contracts/history/commerce/order-placed/v3"
    assert "commerce.order-placed 1.1.1 is released: contracts/history/commerce/order-placed/v3\n" == output()
    assert {file.name for file in folder.iterdir()} == {"contract.yaml", "order_placed.avsc", "lock.json"}
    assert "1.1.1" == json.loads((folder / "lock.json").read_text(encoding="utf-8"))["version"]
    assert 0 == project.tally("check")


def test_a_version_is_released_once(project: Project, output: Output) -> None:
    assert 2 == project.tally("release", "commerce.order-placed")
    assert "error: 'commerce.order-placed' 1.1.0 is released already\n  fix: raise version" in output()


def test_a_release_that_breaks_an_earlier_one_is_refused(project: Project, output: Output) -> None:
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")
    project.replace(project.schema, '"sku", "type": "string"', '"sku", "type": "int"')

    assert 1 == project.tally("release", "commerce.order-placed")
    assert "AVRO401" in output()
    assert not (project.root / "contracts/history/commerce/order-placed/v3").exists()


def test_a_history_that_can_not_be_written_is_wrong_usage(project: Project, output: Output) -> None:
    history = project.root / "contracts/history"
    shutil.rmtree(history)
    history.write_text("a file where the folder belongs", encoding="utf-8")

    assert 2 == project.tally("release", "commerce.order-placed")
    assert "contracts/history/commerce/order-placed: Not a directory\n  fix: make this folder one" in output()
