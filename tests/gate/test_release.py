"""Releases: a contract whose schema needs other files is released with them, and reads alone for ever."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tallystick.contract.load import load_workspace, open_workspace
from tallystick.contract.tree import Folder
from tallystick.errors import InvalidRelease, UsageError
from tallystick.gate.release import release

CONTRACT = "apiVersion: v3.2.0\nkind: DataContract\nid: shop.order-placed\nversion: 1.0.0\nstatus: active\n"
MONEY: dict[str, Any] = {
    "type": "record", "name": "shop.Money",
    "fields": [{"name": "units", "type": "long"}, {"name": "currency", "type": "Currency"}],
}  # fmt: skip
ORDER = {"type": "record", "name": "shop.Order", "fields": [{"name": "total", "type": "Money"}]}
ORDER_IDL = 'namespace shop; import schema "../../shared/money.avsc"; record Order { Money total; }'
V1 = "contracts/history/shop/order-placed/v1"


def write(root: Path, files: dict[str, Any]) -> None:
    for path, value in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


@pytest.fixture(params=[("order.avsc", ORDER), ("order.avdl", ORDER_IDL)], ids=["avsc", "avdl"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A workspace with one contract, in JSON or IDL, that needs two files, and is released."""
    name, schema = request.param
    write(
        tmp_path,
        {
            "contracts/shop/order-placed/contract.yaml": CONTRACT,
            f"contracts/shop/order-placed/{name}": schema,
            "contracts/shared/money.avsc": MONEY,
            "contracts/shared/currency.avsc": {"type": "enum", "name": "shop.Currency", "symbols": ["EUR"]},
        },
    )
    workspace = open_workspace(tmp_path)
    assert () == workspace.problems
    release(tmp_path, workspace, workspace.contracts[0])
    return tmp_path


def test_a_release_has_every_file_that_its_schema_needs(root: Path) -> None:
    lock = json.loads((root / V1 / "lock.json").read_text(encoding="utf-8"))

    assert {"references/shared/money.avsc", "references/shared/currency.avsc"} < set(lock["files"])
    assert all((root / V1 / name).is_file() for name in lock["files"])


def test_a_release_reads_as_it_was_when_the_shared_files_change_or_go(root: Path) -> None:
    before = open_workspace(root)
    released = before.released("shop.order-placed")[0].contract.schema
    (root / "contracts/shared/currency.avsc").unlink()
    write(root, {"contracts/shared/money.avsc": MONEY | {"fields": []}})
    after = open_workspace(root)

    assert () == after.problems
    assert before.contracts[0].schema.canonical == released.canonical
    assert released.canonical == after.released("shop.order-placed")[0].contract.schema.canonical
    assert released.canonical != after.contracts[0].schema.canonical
    assert f"{V1}/references/shared/money.avsc" == released.named["shop.Money"].place.document.path


def test_a_released_reference_that_was_edited_is_a_finding(root: Path) -> None:
    write(root, {f"{V1}/references/shared/money.avsc": MONEY | {"doc": "edited"}})
    (problem,) = open_workspace(root).problems

    assert isinstance(problem, InvalidRelease)
    assert f"{V1}/references/shared/money.avsc" == problem.file


def test_a_broken_shared_file_is_one_finding_and_not_one_for_each_that_needs_it(root: Path) -> None:
    write(root, {"contracts/shared/money.avsc": MONEY | {"fields": 7}})
    workspace = load_workspace(Folder(root))

    assert ["contracts/shared/money.avsc"] == [problem.file for problem in workspace.problems]
    assert () == workspace.contracts


@pytest.mark.parametrize("name", ["notes.txt", "old.avsc", "references/shared/other.avsc", "lock.json.orig"])
def test_a_file_that_nobody_released_is_a_finding(root: Path, name: str) -> None:
    write(root, {f"{V1}/{name}": {"type": "enum", "name": "Other", "symbols": []}})

    (problem,) = open_workspace(root).problems
    expected = ("FILE107", f"{V1}/{name}", "this file is no part of the release: its lock.json does not name it")
    assert expected == (problem.code, problem.file, problem.message)


def test_contracts_may_need_each_other_s_types_but_not_in_a_circle(root: Path) -> None:
    write(
        root,
        {
            "contracts/shop/refund/contract.yaml": CONTRACT.replace("order-placed", "refund"),
            "contracts/shop/refund/refund.avsc": {
                "type": "record", "name": "shop.Refund", "fields": [{"name": "of", "type": "Currency"}],
            },
            "contracts/shared/currency.avsc": {
                "type": "record", "name": "shop.Currency", "fields": [{"name": "r", "type": ["null", "Refund"]}],
            },
        },
    )  # fmt: skip
    cycle = (
        "contracts/shared/currency.avsc needs contracts/shop/refund/refund.avsc needs contracts/shared/currency.avsc"
    )

    assert [f"these files need each other: {cycle}"] == [problem.message for problem in open_workspace(root).problems]


def test_of_many_who_release_at_once_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "contracts/shop/order-placed/contract.yaml": CONTRACT,
            "contracts/shop/order-placed/order.avsc": ORDER | {"fields": []},
        },
    )
    runners = 6
    barrier = threading.Barrier(runners)

    def run(_: int) -> str:
        workspace = open_workspace(tmp_path)
        barrier.wait()  # all have read the same history
        try:
            return release(tmp_path, workspace, workspace.contracts[0]).relative_to(tmp_path).as_posix()
        except UsageError as error:
            return str(error)

    with ThreadPoolExecutor(runners) as pool:
        said = sorted(pool.map(run, range(runners)))

    told = "'shop.order-placed' v1 was released by someone else just now"
    assert [told] * (runners - 1) + [V1] == said
    assert ["v1"] == [path.name for path in (tmp_path / V1).parent.iterdir()]
    after = open_workspace(tmp_path)
    assert () == after.problems
    assert [1] == [found.number for found in after.released("shop.order-placed")]
