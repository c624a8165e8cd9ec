"""`tally impact`: who reads it, and what the gate would say."""

from __future__ import annotations

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
    assert "  removed: AVRO101 forward, the reader expects field 'sku', the writer never sends it" in said
    assert "  made nullable: AVRO401 forward, the writer sends null for 'lines[].sku'" in said
    assert 0 == project.tally("impact", "commerce.order-placed", "total")
    assert "  removed: DOC107 consumer 'billing' reads the field 'total', and the schema has none" in output()


def test_a_field_that_is_not_there_is_wrong_usage(project: Project, output: Output) -> None:
    assert 2 == project.tally("impact", "commerce.order-placed", "lines.skU")
    assert "'commerce.order-placed' has no field 'lines.skU'\n  fix: known there: sku, quantity, unit_price" in output()
