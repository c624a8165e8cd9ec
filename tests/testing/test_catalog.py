"""Values for users' tests: each is valid, keeps the contract's rules, and the same seed makes the same one."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codegen.test_nasty import NASTY, golden_events, topic_of

from meridian_events.commerce import ORDER_PLACED, Currency, OrderLine, OrderPlaced, PageViewed
from meridian_events.crm import CUSTOMER, Customer
from meridian_events.testing import fake, fakes, valid
from tallystick.errors import NoValueFound, UsageError
from tallystick.expressions.formats import is_email, is_ipv4, is_uri
from tallystick.runtime.rules import TypedRule
from tallystick.runtime.typed_topic import TypedKey, TypedTopic
from tallystick.testing.catalog import Catalog

__all__ = ["golden_events"]


def same_after_the_wire(typed: TypedKey, value: Any) -> bool:
    """Say whether a value comes back as it went. Its bytes are compared: not-a-number is no equal of itself."""
    encode = typed.encoder(1)
    return bool(encode(value) == encode(typed.decoder(1, typed.schema_text)(encode(value), 5)))


@pytest.mark.parametrize("name", NASTY)
@settings(max_examples=30)
@given(data=st.data())
def test_hypothesis_makes_values_of_any_schema(name: str, data: st.DataObject) -> None:
    topic = topic_of(name)
    catalog = Catalog(topic)
    for part in filter(None, (topic, topic.key)):
        assert same_after_the_wire(part, data.draw(catalog.valid(part)))


@pytest.mark.parametrize("name", NASTY)
def test_fake_values_are_of_any_schema_too(name: str) -> None:
    topic = topic_of(name)
    for part in filter(None, (topic, topic.key)):
        values = list(islice(Catalog(topic).fakes(part, seed=3), 20))

        assert all(same_after_the_wire(part, value) for value in values)
        assert repr(values) == repr(list(islice(Catalog(topic).fakes(part, seed=3), 20)))


@given(valid(OrderPlaced))
def test_a_strategy_keeps_the_rules(order: OrderPlaced) -> None:
    assert order.lines
    assert min(line.quantity for line in order.lines) >= 1
    assert same_after_the_wire(ORDER_PLACED, order)


@given(valid(OrderLine), valid(Currency))
def test_each_type_has_a_strategy(line: OrderLine, currency: Currency) -> None:
    assert OrderLine is type(line)
    assert currency in Currency


def test_fake_values_are_plausible() -> None:
    customer, order = fake(Customer, seed=7), fake(OrderPlaced, seed=7)

    assert "@" in customer.email
    assert Decimal(1) <= order.total <= Decimal(500)
    assert all(1 <= line.quantity <= 10 for line in order.lines)
    assert (2025, 12) == (order.placed_at.year, order.placed_at.month)


def test_another_seed_makes_other_values() -> None:
    assert fake(PageViewed, seed=1) != fake(PageViewed, seed=2)
    assert 100 == len({page.view_id for page in islice(fakes(PageViewed, seed=1), 100)})


def with_rules(*rules: str) -> TypedTopic[Customer]:
    typed = tuple(TypedRule(name=f"rule_{number}", expr=expr) for number, expr in enumerate(rules))
    return dataclasses.replace(CUSTOMER, rules=typed)


RULES: list[tuple[str, Callable[[Customer], bool]]] = [
    ("message.customer_id.size() == 12", lambda customer: len(customer.customer_id) == 12),
    ("size(message.full_name) > 0 && message.full_name.size() <= 3", lambda c: 0 < len(c.full_name) <= 3),
    ("message.language in ['de', 'fr']", lambda customer: customer.language in ("de", "fr")),
    ("message.language == 'de'", lambda customer: customer.language == "de"),
    ("has(message.phone)", lambda customer: customer.phone is not None),
    ("message.loyalty_tier in ['GOLD']", lambda customer: customer.loyalty_tier == "GOLD"),
    ("has(message.phone) ; message.phone.size() == 5", lambda c: c.phone is None or len(c.phone) == 5),
    ("message.phone == null || message.phone.startsWith('+49')", lambda c: c.phone is None or c.phone[:3] == "+49"),
    (
        "!has(message.phone) || message.phone.matches('^[+]49[0-9]{3,}$')",
        lambda c: c.phone is None or c.phone[3:].isdecimal(),
    ),
    ("message.phone != null", lambda customer: customer.phone is not None),
    ("message.phone != null; message.phone.endsWith('7')", lambda c: c.phone is None or c.phone[-1] == "7"),
    (
        "message.customer_id.matches('^c-[0-9]+$')",
        lambda c: c.customer_id[:2] == "c-" and c.customer_id[2:].isdecimal(),
    ),
    ("matches(message.customer_id, 'x|y$') && message.customer_id.size() < 9", lambda c: len(c.customer_id) < 9),
    ("message.customer_id.startsWith('c-') && message.customer_id.endsWith('!')", lambda c: c.customer_id[-1] == "!"),
    ("message.customer_id.contains('--') && size(message.customer_id) <= 20", lambda c: "--" in c.customer_id),
    ("message.email.isEmail() && message.language.isHostname()", lambda c: is_email(c.email)),
    ("message.customer_id.isUuid()", lambda customer: bool(UUID(customer.customer_id))),
    ("message.customer_id.isUri() && message.language.isUriRef()", lambda customer: is_uri(customer.customer_id)),
    ("message.customer_id.isIpv4() && message.language.isIpv6()", lambda customer: is_ipv4(customer.customer_id)),
]


@pytest.mark.parametrize(("rule", "holds"), RULES)
@settings(max_examples=20)
@given(data=st.data())
def test_rules_about_a_field_are_kept_without_many_tries(
    rule: str, holds: Callable[[Customer], bool], data: st.DataObject
) -> None:
    assert holds(data.draw(Catalog(with_rules(rule)).valid(Customer)))


@pytest.mark.parametrize(("rule", "holds"), RULES)
def test_fake_values_keep_them_too(rule: str, holds: Callable[[Customer], bool]) -> None:
    assert all(map(holds, islice(Catalog(with_rules(rule)).fakes(Customer), 20)))


READING = """{"type": "record", "name": "Reading", "fields": [
    {"name": "single", "type": "float"}, {"name": "double", "type": "double"}, {"name": "code", "type": "string"}]}"""


@dataclasses.dataclass(slots=True, kw_only=True)
class Reading:
    single: float
    double: float
    code: str


@pytest.mark.parametrize(
    "rule",
    [
        "message.single >= 0.1 && message.single < 0.3",
        "message.single > 0.1 && message.single <= 16777217.0",
        "message.single < 1e300 && message.double > 1e300",
        "message.single >= -0.1 && message.single < 0.0",
        "message.single > 0.0 && message.single < 1e-44",
        "message.double >= 1000.5 && message.double < 1000.75",
        "message.double < -1e9",
        "message.code.matches('^x{150}$')",
        "message.code.matches('^[0-9]{101,110}$')",
    ],
)
@settings(max_examples=30)
@given(data=st.data())
def test_numbers_and_texts_keep_bounds_that_few_have(rule: str, data: st.DataObject) -> None:
    topic = TypedTopic(
        contract="lab.reading",
        version="1.0.0",
        topic="readings",
        subject="readings-value",
        fingerprint="",
        schema_text=READING,
        value=Reading,
        classes={"Reading": Reading},
        rules=(TypedRule(name="r", expr=rule),),
    )
    catalog = Catalog(topic)

    assert same_after_the_wire(topic, data.draw(catalog.valid(Reading)))
    assert all(same_after_the_wire(topic, made) for made in islice(catalog.fakes(Reading, seed=2), 5))


def test_rules_that_no_value_keeps_end_the_search() -> None:
    with pytest.raises(NoValueFound, match="none of 1000 values of Customer keeps the rules"):
        Catalog(with_rules("message.language == 'de'", "message.language == 'fr'")).fake(Customer)


def test_a_type_of_no_contract_is_refused() -> None:
    with pytest.raises(UsageError, match="is no type of these contracts: "):
        fake(int)


def test_without_the_libraries_the_error_says_what_to_install() -> None:
    code = """
import sys
sys.modules.update(hypothesis=None, faker=None)
from meridian_events.commerce import OrderPlaced
from meridian_events.testing import fake, valid
for make in (fake, valid):
    try:
        make(OrderPlaced)
    except Exception as error:
        print(type(error).__name__, error, error.fix)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    fix = "pip install 'tallystick[testing]'"
    assert [
        f"Unavailable fake values need faker, which is not installed {fix}",
        f"Unavailable strategies need hypothesis, which is not installed {fix}",
    ] == run.stdout.splitlines()
