"""A declared consumer with `fields` gets a class and a consumer of just these."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from typing import Any

from tests.conftest import ROOT, Project

from meridian_events.commerce import (
    ORDER_PLACED,
    ORDER_PLACED_FOR_BILLING,
    ORDER_PLACED_FOR_WAREHOUSE,
    Currency,
    OrderPlaced,
    OrderPlacedForBilling,
    OrderPlacedForBillingConsumer,
)
from meridian_events.testing import fake


def test_the_class_has_what_the_consumer_declared() -> None:
    assert ["order_id", "currency", "total"] == [field.name for field in dataclasses.fields(OrderPlacedForBilling)]
    assert ORDER_PLACED_FOR_BILLING is OrderPlacedForBillingConsumer.typed_topic


def test_it_is_read_from_the_messages_that_everybody_reads() -> None:
    order = fake(OrderPlaced, seed=7)
    data = ORDER_PLACED.encoder(1)(order)

    billed: Any = ORDER_PLACED_FOR_BILLING.decoder(1, ORDER_PLACED.schema_text)(data, 5)
    assert OrderPlacedForBilling(order_id=order.order_id, currency=order.currency, total=order.total) == billed
    assert Currency is type(billed.currency)


def test_rules_stay_where_all_that_they_name_is_read() -> None:
    assert () == ORDER_PLACED_FOR_BILLING.rules
    assert ["lines_never_empty"] == [rule.name for rule in ORDER_PLACED_FOR_WAREHOUSE.rules]


def test_consumers_of_all_fields_and_of_odd_names(project: Project) -> None:
    declared = "fields: [order_id, currency, total]"
    project.replace(project.contract, f"billing, groups: [billing-v1], {declared}", "Billing.EU 2, fields: [lines.sku]")
    project.replace(project.contract, "warehouse, groups: [warehouse-v1], fields: [order_id, lines]", "warehouse")

    assert 0 == project.tally("generate", "--package", "made", "--out", "lib")
    made = sorted(path.name for path in (project.root / "lib/made/commerce").iterdir())
    assert ["__init__.py", "order_placed.py", "order_placed_for_billing_eu_2.py"] == made
    text = (project.root / "lib/made/commerce/order_placed_for_billing_eu_2.py").read_text(encoding="utf-8")
    assert "class OrderLineForBillingEU2:" in text
    assert "class OrderPlacedForBillingEU2:" in text
    shutil.rmtree(project.root / "lib")


def test_two_consumers_of_one_module_are_refused(project: Project, output: Callable[[], str]) -> None:
    project.replace(project.contract, "{id: warehouse,", "{id: Billing,")

    assert 1 == project.tally("generate", "--package", "made", "--out", "lib")
    assert "the module 'order_placed_for_billing', for what consumer 'Billing' reads, is there already" in output()


def test_the_generated_files_are_in_the_repository() -> None:
    assert (ROOT / "src/meridian_events/commerce/order_placed_for_warehouse.py").is_file()
