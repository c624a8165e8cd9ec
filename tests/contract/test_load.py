"""What a workspace is: defaults where nothing is said, and problems that do not stop the rest."""

from __future__ import annotations

import pytest
from tests.conftest import ROOT, Files

from tallystick.contract.load import load_workspace, open_workspace
from tallystick.contract.modes import Direction, Mode
from tallystick.errors import InvalidWorkspace

SMALLEST = "apiVersion: v3.2.0\nkind: DataContract\nid: shop.order-placed\nversion: 2.0.1\nstatus: active\n"
SCHEMA = '{"type": "record", "name": "Order", "fields": []}'
FOLDER = "contracts/shop/order-placed"
MONEY = '{"type": "record", "name": "Money", "namespace": "shop", "fields": []}'


def test_five_lines_and_a_schema_are_a_contract() -> None:
    workspace = load_workspace(Files({f"{FOLDER}/contract.yaml": SMALLEST, f"{FOLDER}/order.avsc": SCHEMA}))

    assert () == workspace.problems
    (contract,) = workspace.contracts
    assert ("shop.order-placed.v2", "shop.order-placed.v2-value") == (contract.topic.name, contract.subject)
    assert (Mode.BACKWARD, 1, None) == (contract.compatibility, contract.topic.partitions, contract.owner)


def test_the_workspace_file_gives_the_defaults() -> None:
    files = {
        f"{FOLDER}/contract.yaml": SMALLEST,
        f"{FOLDER}/order.avsc": SCHEMA,
        "contracts/tally.yaml": "defaults: {compatibility: FULL, topic: {partitions: 12, configs: {retention.ms: '1'}}}",
    }
    (contract,) = load_workspace(Files(files)).contracts

    assert (Mode.FULL, 12) == (contract.compatibility, contract.topic.partitions)
    assert {"retention.ms": "1"} == contract.topic.configs


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("waivers.yaml", "[]", "waivers are not supported by this version"),
        ("other.avsc", '"string"', "more than one schema file beside this contract: order.avsc, other.avsc"),
        (
            "contract.yaml",
            SMALLEST + "schema: [{name: Order}, {name: Other}]",
            "schema[1]: a contract is about one schema",
        ),
        (
            "contract.yaml",
            SMALLEST + "schema: [{name: Order, quality: [{type: custom, engine: confluent-cel, implementation: x}]}]",
            "schema[0].quality[0]: a rule for the registry needs an 'id'",
        ),
        (
            "contract.yaml",
            SMALLEST
            + "schema: [{name: Order, quality: [{id: r, type: custom, engine: confluent-cel, implementation: x}]}]",
            "schema[0].quality[0].implementation: must be a mapping of keys to values, and is 'x'",
        ),
        (
            "contract.yaml",
            SMALLEST + "schema: [{name: Order, quality: [{id: r, type: custom, engine: confluent-cel,"
            " implementation: {kind: CONDITION, mode: WRIT, type: CEL, expr: 'true'}}]}]",
            "schema[0].quality[0].implementation.mode",
        ),
        (
            "contract.yaml",
            SMALLEST + "customProperties: [{vendor: confluent, property: migrateRules, value: []}]",
            "customProperties[0].property: 'confluent/migrateRules' is not something that this version knows",
        ),
        (
            "contract.yaml",
            SMALLEST + "customProperties: [{vendor: tallystik, property: consumers, value: []}]",
            "customProperties[0].vendor: vendor 'tallystik' is nobody's: its settings would do nothing",
        ),
        (
            "contract.yaml",
            SMALLEST + "customProperties: [{vendor: tallystick, property: consumers, value: [{id: a}, {id: a}]}]",
            "two consumers are called 'a'",
        ),
        (
            "contract.yaml",
            SMALLEST
            + "customProperties: [{vendor: confluent, property: subject, value: {compatibilityGroup: major_version}}]",
            "the metadata has no property 'major_version' to group versions by",
        ),
        (
            "contract.yaml",
            SMALLEST + "schema: [{name: Order, physicalName: a/b}]",
            "'a/b' is not a name that Kafka takes",
        ),
        ("contract.yaml", SMALLEST.replace("v3.2.0", "v2.2.2"), "v2.2.2 is an older standard"),
        ("contract.yaml", SMALLEST.replace("status: active\n", ""), "'status' is missing"),
    ],
)
def test_what_would_be_passed_over_in_silence_is_refused(file: str, text: str, problem: str) -> None:
    files = {f"{FOLDER}/contract.yaml": SMALLEST, f"{FOLDER}/order.avsc": SCHEMA} | {f"{FOLDER}/{file}": text}
    found, *_ = load_workspace(Files(files)).problems

    assert problem in found.message


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ("shop.order-placed.v2", "topic 'shop.order-placed.v2' is the topic of 'shop.order-placed' already"),
        ("shop_order-placed_v2", "topic 'shop_order-placed_v2' collides with 'shop.order-placed.v2'"),
    ],
)
def test_two_contracts_can_not_have_one_topic(other: str, problem: str) -> None:
    second = SMALLEST.replace("order-placed", "order-sent") + f"schema: [{{name: Order, physicalName: {other}}}]"
    files = {f"{FOLDER}/contract.yaml": SMALLEST, f"{FOLDER}/order.avsc": SCHEMA}
    files |= {"contracts/shop/order-sent/contract.yaml": second, "contracts/shop/order-sent/order.avsc": SCHEMA}
    (found,) = load_workspace(Files(files)).problems

    assert found.message.startswith(problem)
    assert ("contracts/shop/order-sent/contract.yaml", 6) == (found.file, found.line)


def test_a_schema_for_keys_stands_beside_that_of_the_messages() -> None:
    files = {f"{FOLDER}/contract.yaml": SMALLEST, f"{FOLDER}/order.avsc": SCHEMA, f"{FOLDER}/key.avsc": '"string"'}
    (contract,) = load_workspace(Files(files)).contracts

    assert contract.key.schema is not None
    assert ('"string"', "shop.order-placed.v2-key") == (contract.key.schema.canonical, contract.key_subject)
    assert "Order" == contract.schema.root.kind or contract.schema.canonical.startswith(
        '{"type":"record","name":"Order"'
    )


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ("contracts/shared/b/money.avsc", MONEY),
        ("contracts/shared/b.avdl", '@namespace("shop") protocol P { record Money {} }'),
    ],
)
def test_two_shared_files_that_define_one_name_are_told_of_before_anyone_uses_it(other: str, text: str) -> None:
    files = {f"{FOLDER}/contract.yaml": SMALLEST, f"{FOLDER}/order.avsc": SCHEMA, "contracts/shared/a.avsc": MONEY}
    (problem,) = load_workspace(Files({**files, other: text})).problems

    assert (other, "'shop.Money' is defined in contracts/shared/a.avsc, too") == (problem.file, problem.message)


def test_a_contract_that_can_not_be_read_does_not_hide_the_others() -> None:
    files = {
        f"{FOLDER}/contract.yaml": SMALLEST,
        f"{FOLDER}/order.avsc": SCHEMA,
        "contracts/shop/broken/contract.yaml": "a: [",
        "contracts/shared/money/money.avsc": '{"type": "decimal"}',
    }
    workspace = load_workspace(Files(files))

    assert ["shop.order-placed"] == [contract.id for contract in workspace.contracts]
    assert {"FILE103", "FILE104"} == {problem.code for problem in workspace.problems}


@pytest.mark.parametrize(
    "text", ["polices: {}", "defaults: {compatibility: backward}", "generate: [{target: go, package: x, out: y}]", "[]"]
)
def test_a_workspace_file_with_an_unknown_setting_is_refused(text: str) -> None:
    with pytest.raises(InvalidWorkspace):
        load_workspace(Files({"contracts/tally.yaml": text}))


def test_the_contracts_of_this_repository_are_whole() -> None:
    workspace = open_workspace(ROOT)

    assert () == workspace.problems
    assert [1, 2, 3] == [release.number for release in workspace.released("commerce.order-placed")]


@pytest.mark.parametrize(
    ("mode", "pairs"),
    [
        (Mode.NONE, []),
        (Mode.BACKWARD, [(3, "backward")]),
        (Mode.FORWARD, [(3, "forward")]),
        (Mode.FULL, [(3, "backward"), (3, "forward")]),
        (Mode.BACKWARD_TRANSITIVE, [(3, "backward"), (2, "backward"), (1, "backward")]),
        (Mode.FORWARD_TRANSITIVE, [(3, "forward"), (2, "forward"), (1, "forward")]),
        (Mode.FULL_TRANSITIVE, [(v, d) for v in (3, 2, 1) for d in ("backward", "forward")]),
    ],
)
def test_a_level_says_which_versions_are_checked_and_how(mode: Mode, pairs: list[tuple[int, str]]) -> None:
    assert [(v, Direction(d)) for v, d in pairs] == list(mode.to_check([1, 2, 3]))
