"""Files that lie where nobody looks: each is a finding, and none is passed over in silence."""

from __future__ import annotations

import pytest
from tests.conftest import Files
from tests.contract.test_load import FOLDER, SCHEMA, SMALLEST

from tallystick.contract.load import load_workspace

SHOP = {f"{FOLDER}/contract.yaml": SMALLEST, f"{FOLDER}/order.avsc": SCHEMA}
ONE_LEVEL = "a contract lives in contracts/<domain>/<name>/, and not in contracts/shop/"
THREE_LEVELS = "a contract lives in contracts/<domain>/<name>/, and not in contracts/shop/eu/order/"
RELEASES = "contracts/history/ holds releases as tally release writes them"


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("contracts/shop/contract.yaml", SMALLEST, ONE_LEVEL),
        ("contracts/shop/order.avsc", SCHEMA, ONE_LEVEL),
        ("contracts/shop/eu/order/contract.yaml", SMALLEST, THREE_LEVELS),
        ("contracts/shop/eu/order/order.avsc", SCHEMA, THREE_LEVELS),
        ("contracts/order.avsc", SCHEMA, "a contract lives in contracts/<domain>/<name>/, and not in contracts/"),
        ("contracts/shared/order/contract.yaml", SMALLEST, "contracts/shared/ holds types that several contracts need"),
        ("contracts/history/order/contract.yaml", SMALLEST, RELEASES),
        ("contracts/history/order/order.avsc", SCHEMA, RELEASES),
        ("contracts/history/shop/order-placed/v01/order.avsc", SCHEMA, RELEASES),
        ("contracts/history/shop/order-placed/V1/lock.json", "{}", RELEASES),
        (f"{FOLDER}/contract.yml", SMALLEST, "'contract.yml' is not read: a contract's file is called contract.yaml"),
        ("contracts/shop/refund/Contract.YAML", SMALLEST, "'Contract.YAML' is not read"),
        (f"{FOLDER}/KEY.AVSC", SCHEMA, "'KEY.AVSC' is not read: '.AVSC' is to be in small letters"),
        ("contracts/shared/Money.Avsc", SCHEMA, "'Money.Avsc' is not read"),
        (f"{FOLDER}/examples/A.JSON", "{}", "this example is not read"),
        (f"{FOLDER}/examples/sub/a.json", "{}", "this example is not read"),
        (f"{FOLDER}/Examples/a.json", "{}", "this example is not read"),
        (f"{FOLDER}/example/a.json", "{}", "this example is not read"),
    ],
)
def test_a_file_that_looks_like_one_of_ours_is_not_passed_over(path: str, text: str, problem: str) -> None:
    (found,) = load_workspace(Files(SHOP | {path: text})).problems

    assert path == found.file
    assert found.message.startswith(problem)
    assert found.fix


@pytest.mark.parametrize(
    "path",
    ["README.md", "Makefile", "shop/OWNERS", f"{FOLDER[10:]}/examples/notes.txt", f"{FOLDER[10:]}/package.json"],
)
def test_any_other_file_may_lie_anywhere(path: str) -> None:
    assert () == load_workspace(Files(SHOP | {f"contracts/{path}": "anything"})).problems


@pytest.mark.parametrize("name", ["history", "shared", "examples"])
def test_below_a_domain_every_name_is_a_contract_s(name: str) -> None:
    folder = f"contracts/shop/{name}"
    contract = SMALLEST.replace("order-placed", name)
    workspace = load_workspace(Files({f"{folder}/contract.yaml": contract, f"{folder}/order.avsc": SCHEMA}))

    assert () == workspace.problems
    assert [f"shop.{name}"] == [found.id for found in workspace.contracts]
