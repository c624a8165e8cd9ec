"""`tally check` after an edit of contracts/tally.yaml: what stands there is shown there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.conftest import Project

Output = Callable[[], str]
OWN_TOPIC = "partitions: 6, replicationFactor: 3, "


@pytest.fixture
def settled(project: Project) -> Project:
    """A project whose contract leaves the number of partitions to the workspace file."""
    project.replace(project.contract, OWN_TOPIC, "")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-am", "leave it")
    return project


def edit(project: Project, old: str, new: str) -> None:
    project.replace(project.root / "contracts/tally.yaml", old, new)


def test_partitions_that_the_workspace_gives_are_shown_where_they_stand(settled: Project, output: Output) -> None:
    edit(settled, "partitions: 6", "partitions: 12")

    assert 1 == settled.tally("check")
    expected = "contracts/tally.yaml:6:11  TOPIC101  topic 'commerce.order-placed.v1' had 6 partitions and now has 12\n"
    assert expected in output()


def test_a_release_remembers_what_it_left_to_the_workspace(settled: Project, output: Output) -> None:
    settled.replace(settled.contract, "version: 1.1.0", "version: 1.2.0")

    assert 0 == settled.tally("release", "commerce.order-placed")
    edit(settled, "partitions: 6", "partitions: 12")
    edit(settled, "FULL_TRANSITIVE", "NONE")
    output()
    assert 1 == settled.tally("check", "--against", "history")
    shown = output()
    assert (
        "contracts/tally.yaml:6:11  TOPIC101  topic 'commerce.order-placed.v1' had 6 partitions and now has 12\n"
        in shown
    )
    assert "DOC204  warning: the compatibility level was FULL_TRANSITIVE and is NONE" in shown


@pytest.mark.parametrize(
    "defaults",
    ['"all"', "[]", '{"topic": {}}', '{"compatibility": "SIDEWAYS", "topic": {}}', '{"compatibility": "FULL"}'],
)
def test_defaults_that_no_release_has_are_a_finding(project: Project, output: Output, defaults: str) -> None:
    lock = project.root / "contracts/history/commerce/order-placed/v1/lock.json"
    project.replace(lock, '"files": {', f'"defaults": {defaults},\n  "files": {{')

    assert 1 == project.tally("check", "--against", "history")
    assert "v1/lock.json:1:1  FILE107  not a lock file that tally release wrote" in output()


def test_a_level_that_the_workspace_gives_is_shown_where_it_stands(project: Project, output: Output) -> None:
    edit(project, "FULL_TRANSITIVE", "NONE")

    assert 0 == project.tally("check")
    expected = "contracts/tally.yaml:5:3  DOC204  warning: the compatibility level was FULL"
    assert output().startswith(expected)


def test_a_contract_s_own_value_is_shown_in_the_contract(project: Project, output: Output) -> None:
    edit(project, "partitions: 6", "partitions: 7")
    project.replace(project.contract, "partitions: 6", "partitions: 12")

    assert 1 == project.tally("check")
    assert "contracts/commerce/order-placed/contract.yaml:22:17  TOPIC101  " in output()


@pytest.mark.parametrize("name", ["retention.msec", "cleanup.polic"])
def test_a_misspelt_setting_of_all_topics_is_shown_once(settled: Project, output: Output, name: str) -> None:
    edit(settled, "replicationFactor: 3", f'replicationFactor: 3, configs: {{{name}: "1"}}')

    assert 1 == settled.tally("check", "--against", "history")
    assert [f"contracts/tally.yaml:6:58  DOC115  topic 'commerce.order-placed.v1' sets '{name}', "] == [
        line.partition("which")[0] for line in output().splitlines() if "  DOC115  " in line
    ]
