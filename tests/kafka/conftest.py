"""The fixture `kafka`: a real Apache Kafka, where it was asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest
from tests.kafka.node import KafkaNode, KafkaUnavailable


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap servers of a real Apache Kafka. Where it was asked for and can't be had, tests fail."""
    if os.environ.get("TALLY_TEST_KAFKA") != "1":
        pytest.skip("needs a real Apache Kafka: make test-kafka (sets TALLY_TEST_KAFKA=1)")
    with contextlib.ExitStack() as stack:
        try:
            node = stack.enter_context(KafkaNode(tmp_path_factory.mktemp("kafka")))
        except KafkaUnavailable as error:
            pytest.fail(str(error), pytrace=False)
        yield node.bootstrap
