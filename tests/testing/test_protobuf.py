"""Values of Protobuf messages for users' tests: valid as bytes and as JSON, and they keep the rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codegen.protos import NASTY
from tests.codegen.test_protobuf import PACKAGE, contracts, topic_of

from meridian_events.payments import (
    FRAUD_ALERT_RAISED,
    TRANSACTION_AUTHORIZED,
    Acquirer,
    Card,
    FraudAlertRaised,
    TransactionAuthorized,
)
from meridian_events.shared.money_pb2 import Money
from meridian_events.testing import fake, fakes, valid
from tallystick.errors import UsageError
from tallystick.runtime.proto_topic import ProtoTopic
from tallystick.runtime.rules import TypedRule
from tallystick.testing.catalog import Catalog
from tallystick_codegen.python.package import render_package
from tallystick_codegen.write import write_package


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Write the package of the nasty contracts, and let it be imported."""
    out = tmp_path_factory.mktemp("made")
    write_package(render_package(contracts(), PACKAGE), out, PACKAGE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(out))
        yield out


def topic_fields(typed: ProtoTopic[Any]) -> set[str]:
    """Return the names of a message's fields."""
    return set(typed.schema.root.by_name)


def is_sound(typed: ProtoTopic[Any], value: Any) -> bool:
    """Say whether a message comes back as it went: from its bytes, and from its JSON where its types have one."""
    data = typed.encoder(1)(value)
    again = typed.decoder(1, typed.schema_text)(data, 5)
    if "DESCRIPTOR" in topic_fields(typed):  # protobuf's own JSON asks a value for it
        return str(value) == str(again)
    json = json_format.MessageToJson(value, descriptor_pool=type(value).DESCRIPTOR.file.pool)
    read = json_format.Parse(json, type(value)(), descriptor_pool=type(value).DESCRIPTOR.file.pool)
    # Not-a-number is no equal of itself; its text is.
    return str(value) == str(again) == str(read)


@pytest.mark.parametrize("id_", NASTY)
@settings(max_examples=40)
@given(data=st.data())
def test_hypothesis_makes_messages_of_any_file(id_: str, data: st.DataObject) -> None:
    topic = topic_of(id_)

    assert is_sound(topic, data.draw(Catalog(topic).valid(topic)))


@pytest.mark.parametrize("id_", NASTY)
def test_fake_messages_are_of_any_file_too(id_: str) -> None:
    topic = topic_of(id_)
    values = list(islice(Catalog(topic).fakes(topic, seed=3), 20))

    assert all(is_sound(topic, value) for value in values)
    assert values == list(islice(Catalog(topic).fakes(topic, seed=3), 20))


@given(valid(TransactionAuthorized), valid(FraudAlertRaised))
def test_messages_of_the_package_are_made(authorized: TransactionAuthorized, alert: FraudAlertRaised) -> None:
    assert is_sound(TRANSACTION_AUTHORIZED, authorized)
    assert is_sound(FRAUD_ALERT_RAISED, alert)


@given(valid(Card), valid(Money))
def test_each_message_has_a_strategy(card: Card, money: Money) -> None:
    assert (Card, Money) == (type(card), type(money))


def test_every_choice_is_drawn_at_some_time() -> None:
    values = list(islice(fakes(TransactionAuthorized, seed=1), 300))

    assert {"card", "wallet", None} == {value.WhichOneof("method") for value in values}
    assert {True, False} == {value.HasField("risk_score") for value in values}
    assert {True, False} == {value.HasField("amount") for value in values}
    assert set(Acquirer.values()) == {value.acquirer for value in values}


def test_fake_messages_are_plausible() -> None:
    value = fake(TransactionAuthorized, seed=7)

    assert value.order_id.startswith("order-")
    assert (2025, 12) == (value.authorized_at.ToDatetime().year, value.authorized_at.ToDatetime().month)
    assert value == fake(TransactionAuthorized, seed=7)
    assert value != fake(TransactionAuthorized, seed=8)


RULES: list[tuple[str, Callable[[TransactionAuthorized], bool]]] = [
    ("message.transaction_id.size() == 12", lambda value: len(value.transaction_id) == 12),
    ("message.amount.minor_units > 0 && message.amount.minor_units < 10", lambda v: 0 < v.amount.minor_units < 10),
    ("message.acquirer in [1, 2]", lambda value: value.acquirer in (1, 2)),
    (
        "has(message.risk_score) && message.risk_score <= 100",
        lambda v: v.HasField("risk_score") and v.risk_score <= 100,
    ),
    ("message.card.last_four.size() == 4", lambda value: len(value.card.last_four) == 4),
    ("message.labels.size() > 1", lambda value: len(value.labels) > 1),
]


@pytest.mark.parametrize(("rule", "holds"), RULES)
@settings(max_examples=20)
@given(data=st.data())
def test_rules_about_a_field_are_kept_without_many_tries(
    rule: str, holds: Callable[[TransactionAuthorized], bool], data: st.DataObject
) -> None:
    topic = dataclasses.replace(TRANSACTION_AUTHORIZED, rules=(TypedRule(name="rule", expr=rule),))

    assert holds(data.draw(Catalog(topic).valid(TransactionAuthorized)))
    assert holds(Catalog(topic).fake(TransactionAuthorized))


def test_an_enum_is_chosen_by_its_values() -> None:
    with pytest.raises(UsageError, match="Acquirer is an enum of Protobuf") as caught:
        fake(Acquirer)

    assert "choose one of its values()" == caught.value.fix
