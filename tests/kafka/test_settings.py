"""Settings: where they come from, and what they keep to themselves."""

from __future__ import annotations

import pytest
from tests.kafka.test_admin import topic

from tallystick.errors import UsageError
from tallystick.kafka.admin import ensure_topic
from tallystick.kafka.settings import Settings

ENVIRONMENT = {"TALLY_BOOTSTRAP": "kafka:9092", "TALLY_REGISTRY": "https://eve:s3cret@registry:8081"}


def test_the_environment_says_where_and_how() -> None:
    more = {"TALLY_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "TALLY_KAFKA_SASL_PASSWORD": "s3cret", "OTHER": "1"}

    settings = Settings.from_environment(ENVIRONMENT | more)

    assert Settings("kafka:9092", ENVIRONMENT["TALLY_REGISTRY"], settings.properties) == settings
    assert {"security.protocol": "SASL_SSL", "sasl.password": "s3cret"} == settings.properties
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("missing", list(ENVIRONMENT))
def test_a_variable_that_is_missing_is_named(missing: str) -> None:
    with pytest.raises(UsageError, match=f"the environment variable {missing} is not set"):
        Settings.from_environment(ENVIRONMENT | {missing: ""})


def test_a_property_that_a_promise_stands_on_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'enable\.auto\.commit' can't be set"):
        Settings.from_environment(ENVIRONMENT | {"TALLY_KAFKA_ENABLE_AUTO_COMMIT": "false"})


@pytest.mark.parametrize(("name", "value"), [("sasl.pasword", "x"), ("security.protocol", "MAGIC")])
def test_a_property_that_librdkafka_does_not_take_is_named(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        ensure_topic(Settings("127.0.0.1:1", "http://127.0.0.1:1", {name: value}), topic("orders", 1))
