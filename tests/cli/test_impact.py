"""`tally impact`: who reads it, and what the gate would say."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.conftest import Project

Output = Callable[[], str]


def test_a_contract_names_its_consumers(project: Project, output: Output) -> None:
    assert 0 == project.tally("impact", "commerce.order-placed")
    expected = """\
commerce.order-placed is read by
  billing (team billing; groups billing-v1; order_id, currency, total)
  warehouse (team fulfilment; groups warehouse-v1; order_id, lines)
"""
    assert expected == output()


@pytest.mark.parametrize(
    ("field", "readers"),
    [("total", ["billing"]), ("order_id", ["billing", "warehouse"]), ("lines.sku", ["warehouse"]), ("note", [])],
)
def test_a_field_names_those_who_read_it(project: Project, output: Output, field: str, readers: list[str]) -> None:
    assert 0 == project.tally("impact", "commerce.order-placed", field)
    lines = output().splitlines()
    assert readers == [line.split()[0] for line in lines[1:] if " (team" in line]
    assert ("nobody who declared it" in lines[0]) is not bool(readers)


def test_what_would_happen_is_what_the_gate_would_say(project: Project, output: Output) -> None:
    assert 0 == project.tally("impact", "commerce.order-placed", "lines.sku")
    said = output()
    expected = """\
  removed: refused
    AVRO101  the reader expects field 'sku', the writer never sends it, and there is no default; \
billing, warehouse must upgrade before the producer
"""
    assert expected in said
    assert "; billing, warehouse must upgrade after the producer, and after the last old message is gone\n" in said
    assert 0 == project.tally("impact", "commerce.order-placed", "total")
    expected = "    DOC107  consumer 'billing' reads the field 'total', which was removed in this change\n"
    assert expected in output()


def test_no_word_of_directions_is_left(project: Project, output: Output) -> None:
    for field in ("order_id", "total", "note", "channel", "lines", "lines.sku"):
        assert 0 == project.tally("impact", "commerce.order-placed", field)

    assert not re.search("forward|backward", output())


def test_a_change_that_passes_shows_its_warnings(project: Project, output: Output) -> None:
    assert 0 == project.tally("impact", "commerce.order-placed", "note")
    assert "  removed: passes\n    AVRO120  warning: field 'note' is gone: readers of earlier versions" in output()


def test_what_policy_switches_off_is_not_shown(project: Project, output: Output) -> None:
    settings = project.root / "contracts/tally.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "policy: {AVRO120: off, AVRO115: error}\n", encoding="utf-8"
    )

    assert 0 == project.tally("impact", "commerce.order-placed", "note")
    expected = (
        "  removed: passes\n  renamed: refused\n    AVRO115  field 'note' is gone and 'note_renamed', of the same"
    )
    assert expected in output()


def test_a_field_that_is_not_there_is_wrong_usage(project: Project, output: Output) -> None:
    assert 2 == project.tally("impact", "commerce.order-placed", "lines.skU")
    assert "'commerce.order-placed' has no field 'lines.skU'\n  fix: known there: sku, quantity, unit_price" in output()
