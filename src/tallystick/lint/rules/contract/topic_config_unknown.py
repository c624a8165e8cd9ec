"""DOC115: a setting of a topic is one letter or two away from one that Kafka knows."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.contract.model import Topic
from tallystick.lint.engine import Subject
from tallystick.lint.names import vocabulary
from tallystick.rulekit.rule import Hit, Severity, lint_rule

# https://kafka.apache.org/documentation/#topicconfigs, Kafka 4.
_KNOWN = vocabulary(
    "cleanup.policy compression.gzip.level compression.lz4.level compression.type compression.zstd.level "
    "delete.retention.ms file.delete.delay.ms flush.messages flush.ms follower.replication.throttled.replicas "
    "index.interval.bytes leader.replication.throttled.replicas local.retention.bytes local.retention.ms "
    "max.compaction.lag.ms max.message.bytes message.timestamp.after.max.ms message.timestamp.before.max.ms "
    "message.timestamp.type min.cleanable.dirty.ratio min.compaction.lag.ms min.insync.replicas preallocate "
    "remote.log.copy.disable remote.log.delete.on.disable remote.storage.enable retention.bytes retention.ms "
    "segment.bytes segment.index.bytes segment.jitter.ms segment.ms unclean.leader.election.enable"
)


@lint_rule(
    code="DOC115",
    name="topic-config-unknown",
    on=Topic,
    message="topic '{topic}' sets '{name}', which Kafka does not know",
    fix="write '{near}'",
    severity=Severity.ERROR,
    since="0.1",
)
def topic_config_unknown(subject: Subject[Topic]) -> Iterator[Hit]:
    """A setting of a topic is misspelt.

    ## Why it matters

    Kafka refuses to make the topic. Where the topic is there already, the setting does nothing: a retention of a day that
    was meant stays the week that is the default. Settings that are unlike all of Kafka's are let pass, since brokers of
    other makers have their own.

    ## Example

    ```yaml new
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    customProperties:
      - {vendor: kafka, property: topic, value: {configs: {retention.msec: "86400000"}}}
    ```

    ## How to fix it

    Write the name as Kafka has it.

    ```yaml fixed
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    customProperties:
      - {vendor: kafka, property: topic, value: {configs: {retention.ms: "86400000"}}}
    ```
    """
    for name in subject.node.configs:
        if name not in _KNOWN:
            # Here and not above: most contracts misspell nothing.
            from difflib import get_close_matches  # noqa: PLC0415

            for near in get_close_matches(name, sorted(_KNOWN), n=1, cutoff=0.8):
                yield f"value/configs/{name}", {"topic": subject.node.name, "name": name, "near": near}
