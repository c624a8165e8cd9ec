"""`tally diff`: what changed, between which versions, for people, programs and release notes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from tests.conftest import Project

Output = Callable[[], str]


def test_two_releases_are_held_side_by_side(project: Project, output: Output) -> None:
    assert 0 == project.tally("diff", "commerce.order-placed", "1.0.0", "v2")
    expected = """\
commerce.order-placed v1 (1.0.0) → v2 (1.1.0)
  + field 'channel': Channel; default "OTHER"; doc "Where the order came in."
  + field 'promised_on': null or int (date); default null; \
doc "The day we promised to deliver; null where we did not."
  + enum 'Channel': doc "Where an order came in. Will grow: readers take symbols that they do not know for OTHER."; \
with OTHER, WEB, APP, STORE
  + rule 'lines_never_empty': expr message.lines.size() > 0 && message.lines.all(line, line.quantity >= 1); \
doc "An order has a line or more, each with a quantity of 1 or more."
"""
    assert expected == output()


def test_what_is_in_the_files_is_held_beside_the_last_release(project: Project, output: Output) -> None:
    project.replace(project.schema, '"What the customer wrote to us."', '"What they wrote."')
    project.replace(project.contract, "fields: [order_id, lines]", "fields: [order_id, note]")

    assert 0 == project.tally("diff")
    said = output()
    assert said.startswith("commerce.order-placed v2 (1.1.0) → 1.1.0\n")
    assert '  ~ field \'note\': doc "What the customer wrote to us." → "What they wrote."\n' in said
    assert "  ~ consumer 'warehouse': reads + note, - lines\n" in said


def test_where_nothing_changed_it_says_so(project: Project, output: Output) -> None:
    assert 0 == project.tally("diff", "--against", "git:main")
    assert "no change in any contract\n" == output()
    assert 0 == project.tally("diff", "commerce.order-placed", "v1", "v1")
    assert "commerce.order-placed v1 (1.0.0) → v1 (1.0.0)\n  no change\n" == output()


def test_a_contract_that_is_gone_and_one_that_is_new_are_told(project: Project, output: Output) -> None:
    folder = project.contract.parent
    folder.rename(folder.with_name("order-sent"))
    contract = folder.with_name("order-sent") / "contract.yaml"
    project.replace(contract, "id: commerce.order-placed", "id: commerce.order-sent")
    shutil.rmtree(project.root / "contracts/history")

    assert 0 == project.tally("diff", "--against", "git:main")
    expected = """\
commerce.order-sent 1.1.0
  the first version
commerce.order-placed 1.1.0 → nothing
  - the contract
"""
    assert expected == output()


def test_what_programs_get_is_whole(project: Project, output: Output) -> None:
    project.replace(project.contract, 'retention.ms: "604800000"', 'retention.ms: "1209600000"')

    assert 0 == project.tally("diff", "--against", "git:main", "--output", "json")
    [step] = json.loads(output())
    expected = {
        "kind": "changed",
        "what": "the topic",
        "facts": {"retention.ms": {"old": "604800000", "new": "1209600000"}},
    }
    assert [expected] == step["differences"]


def test_release_notes_are_markdown_in_which_nothing_of_a_contract_is_markup(project: Project, output: Output) -> None:
    project.replace(project.schema, '"What the customer wrote to us."', '"See <b>*this*</b> `x` [y](z)."')

    assert 0 == project.tally("diff", "--against", "git:main", "--output", "markdown")
    said = output()
    assert said.startswith("## commerce.order-placed 1.1.0 at ")
    assert "\n- Changed field `note`: doc " in said
    assert r"See \<b\>\*this\*\</b\> \`x\` \[y\](z)." in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["commerce.order-placed", "3.0.0"],
            "error: 'commerce.order-placed' has no release '3.0.0'\n  fix: released: v1 (1.0.0), v2 (1.1.0)\n",
        ),
        (
            ["commerce.order-placed", "v1", "--against", "history"],
            "error: OLD and --against both say what to compare with\n  fix: leave out one of the two\n",
        ),
        (["shop.nothing"], "error: no contract 'shop.nothing'\n  fix: known: commerce.order-placed\n"),
    ],
)
def test_a_version_that_is_not_there_is_wrong_usage(
    project: Project, output: Output, arguments: list[str], expected: str
) -> None:
    assert 2 == project.tally("diff", *arguments)
    assert expected == output()
