"""Topics: see that they are there."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tallystick.contract.model import Topic
from tallystick.errors import BrokerUnavailable, TopicDiffers
from tallystick.kafka.client import TIMEOUT, Cluster, reason_of
from tallystick.kafka.settings import Settings


def ensure_topic(settings: Settings, topic: Topic, *, timeout: float = TIMEOUT) -> bool:
    """Create a topic unless it is there. Say whether it was created.

    A topic that is there stays as it is, its configs included.

    Raises:
        TopicDiffers: it is there with another number of partitions.
        BrokerUnavailable: no broker answered, or the cluster refuses to create it.
    """
    cluster = Cluster(settings)
    client = cluster.client(AdminClient, {})
    found = cluster.partitions(client, topic.name, timeout)
    if not found and _create(settings.bootstrap, client, topic, timeout):
        return True
    found = found or cluster.partitions(client, topic.name, timeout)
    if found != topic.partitions:
        raise TopicDiffers(
            f"topic '{topic.name}' has {found} partitions, its contract says {topic.partitions}",
            fix=f"write {found} in the contract; more partitions would move keys to other partitions",
        )
    return False


def _create(bootstrap: str, client: AdminClient, topic: Topic, timeout: float) -> bool:
    new = NewTopic(topic.name, topic.partitions, topic.replication_factor, config=dict(topic.configs))
    try:
        client.create_topics([new], operation_timeout=timeout, request_timeout=timeout)[topic.name].result()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return False  # somebody was faster
        if error.args[0].code() == KafkaError._TIMED_OUT:  # noqa: SLF001  # the underscore is librdkafka's for "local"
            raise BrokerUnavailable(
                f"the cluster {bootstrap} did not answer the request to create topic '{topic.name}' in {timeout:g} s",
                fix="see that it has a controller, and publish again; on an EmbeddedBroker, call its create_topic() first",
            ) from error
        raise BrokerUnavailable(
            f"topic '{topic.name}' was not created: {reason_of(error)}",
            fix="see the topic's replication factor and configs in the contract, and what you may do on this cluster",
        ) from error
    return True
