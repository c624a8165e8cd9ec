"""What can't be taken away in a change: releases, contracts, and the level that the change is held to."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from tests.conftest import Project

from tallystick.contract.load import open_workspace
from tallystick.contract.lock import LOCK, lock_text
from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document

Output = Callable[[], str]
ID = "commerce.order-placed"


def test_a_release_that_was_rewritten_with_its_lock_is_a_finding(project: Project, output: Output) -> None:
    last = open_workspace(project.root).released(ID)[-1].contract
    folder = (project.root / last.schema.document.path).parent
    schema = folder / "order_placed.avsc"
    project.replace(schema, '"name": "total"', '"name": "amount"')
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    del files[LOCK]
    rewritten = parse_avro(Document("order", schema.read_text(encoding="utf-8")))
    (folder / LOCK).write_text(lock_text(ID, last.version, rewritten, files, {}), encoding="utf-8")
    output()

    assert 1 == project.tally("check")
    assert "is not what it was in the baseline" in output()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            '"version": "1.1.0"',
            '"version": "1.2.0"',
            "lock.json:3:3  FILE107  the lock file says that version is '1.2.0'",
        ),
        (
            '"contract": "commerce',
            '"contract": "shop',
            "lock.json:2:3  FILE107  the lock file says that contract is 'shop",
        ),
        ('"fingerprint": "', '"fingerprint": "0', "lock.json:4:3  FILE107  the lock file says that fingerprint is '0"),
    ],
)
def test_a_lock_file_that_is_about_another_release_is_a_finding(
    project: Project, output: Output, old: str, new: str, says: str
) -> None:
    project.replace(project.root / f"contracts/history/commerce/order-placed/v2/{LOCK}", old, new)

    assert 1 == project.tally("check")
    assert says in output()


def test_a_release_that_was_removed_is_a_finding(project: Project, output: Output) -> None:
    last = open_workspace(project.root).released(ID)[-1].contract
    shutil.rmtree((project.root / last.schema.document.path).parent)
    output()

    assert 1 == project.tally("check")
    assert "is gone" in output()


def test_a_contract_that_went_with_its_history_is_a_finding(project: Project, output: Output) -> None:
    shutil.rmtree(project.contract.parent)
    shutil.rmtree(project.root / "contracts/history/commerce/order-placed", ignore_errors=True)

    assert 1 == project.tally("check")
    assert f"contract '{ID}' is gone; its declared consumers: billing" in output()


def test_a_release_with_other_newlines_is_the_same(project: Project) -> None:
    folder = project.root / "contracts/history"
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert 0 == project.tally("check")


def test_a_change_that_relaxes_its_level_is_held_to_the_old_one(project: Project, output: Output) -> None:
    project.replace(project.schema, '"name": "total"', '"name": "amount"')
    settings = project.root / "contracts/tally.yaml"

    assert 1 == project.tally("check")
    before = output()
    for file in (project.contract, settings):
        text = file.read_text(encoding="utf-8")
        for level in ("FULL_TRANSITIVE", "BACKWARD_TRANSITIVE", "BACKWARD", "FULL"):
            text = text.replace(f"compatibility: {level}", "compatibility: NONE")
        file.write_text(text, encoding="utf-8")

    assert "NONE" in project.contract.read_text(encoding="utf-8") + settings.read_text(encoding="utf-8")
    assert 1 == project.tally("check")
    assert before.count("AVRO101") == output().count("AVRO101") > 0
