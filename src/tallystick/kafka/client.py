"""Make librdkafka's clients: quiet, and with an answer to "is anybody there?"."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException

from tallystick.errors import BrokerUnavailable, UsageError
from tallystick.kafka.settings import Settings

# What librdkafka has to say goes here, and nowhere unless the application asks for it.
LOG = logging.getLogger("tallystick.kafka")
LOG.addHandler(logging.NullHandler())

TIMEOUT = 10.0  # seconds until a cluster that says nothing counts as away


_Client = TypeVar("_Client")


class Cluster:
    """A cluster, and what librdkafka last said about its brokers: it goes on trying by itself, this is how we know."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reason = "no answer"
        self.all_down = False

    def client(self, kind: Callable[[dict[str, Any]], _Client], options: Mapping[str, Any]) -> _Client:
        """Return a client that prints nothing. The settings' properties win over `options`.

        Raises:
            UsageError: librdkafka does not know a property, or not its value, or lacks the codec that it names.
        """
        ours = {"bootstrap.servers": self._settings.bootstrap, "logger": LOG, "error_cb": self._on_error}
        try:
            return kind({**options, **self._settings.properties, **ours})
        except KafkaException as error:
            fix = "properties come from Settings or from TALLY_KAFKA_* variables"
            raise UsageError(reason_of(error), fix=fix) from error

    def partitions(self, client: Any, topic: str, timeout: float = TIMEOUT) -> int:
        """Return how many partitions a topic has; 0 where there is no such topic. Any kind of client can ask.

        Raises:
            BrokerUnavailable: no broker answered in time.
        """
        try:
            # All topics: to ask for one by name creates it where the cluster does that, with the wrong partitions.
            found = client.list_topics(timeout=timeout).topics.get(topic)
        except KafkaException as error:
            client.poll(0)  # lets librdkafka tell us why
            raise BrokerUnavailable(
                f"no broker of {self._settings.bootstrap} answered in {timeout:g} s: {self._reason}",
                fix="see that the cluster is up, and that bootstrap and security settings are its own",
            ) from error
        self.all_down = False
        return 0 if found is None else len(found.partitions)

    def _on_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001  # the underscore is librdkafka's for "local"
            self.all_down = True
        else:
            self._reason = error.str()


def reason_of(error: KafkaException) -> str:
    """Return what librdkafka says, without its codes."""
    return error.args[0].str() if error.args and isinstance(error.args[0], KafkaError) else str(error)
