"""DOC201: a schema, a rule, a topic or a promise changed, and the contract's version did not go far enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tallystick.compat.pair import Change
from tallystick.compat.promises import lowered
from tallystick.compat.versions import numbers
from tallystick.contract.model import AnySchema, Contract
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.canonical import parsing_canonical_form
from tallystick.schema.types import Format, Schema
from tallystick.schema.walk import nodes


@change_rule(
    code="DOC201",
    name="version-not-bumped",
    on=Contract,
    message="{what} changed since {old}, and version is {new}: that takes {enough} or higher",
    fix="set version to {enough} or higher",
    since="0.1",
)
def version_not_bumped(change: Change[Contract]) -> Iterator[Hit]:
    """A schema, a rule, a topic or a promise changed, and `version` did not, or not by enough.

    ## Why it matters

    A version is what people pin and talk about. Two schemas under one version: a consumer that was built and tested on
    1.1.0 gets another 1.1.0, and `tally release` refuses a version that is released already. So this is an error.

    How far is enough follows semantic versioning, for messages:

    - **minor**, if messages hold something else: a field was added, removed, renamed or moved, or a type changed.
      That is when the parsing canonical form of the Avro specification differs, or a logical type. Or if a rule about
      messages (`quality`) came, went or asks for something else: what it refuses can't be sent any more.
    - **patch**, if anything else in the schema changed (docs, defaults, aliases, properties), or the topic did (name,
      partitions, replication factor, configs), or less is promised (`slaProperties`).
    - **major** is never asked for. What breaks someone is refused by a rule of its own, at any version.

    The rest of a contract (team, description) may change without a new version. The rule compares with
    the newest earlier version: the last release, or what the main branch has.

    ## Example

    ```yaml old
    version: 1.1.0
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "604800000"}}}]
    ```

    ```yaml new
    version: 1.1.0
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "1209600000"}}}]
    ```

    ## How to fix it

    Raise `version` to what the message says, in the same change.

    ```yaml fixed
    version: 1.1.1
    customProperties: [{vendor: kafka, property: topic, value: {configs: {retention.ms: "1209600000"}}}]
    ```
    """
    old, new = change.old, change.new
    # A baseline that holds schemas only, such as a registry, shows them with this contract.yaml: its version is unknown.
    if old.document is new.document:
        return
    major, minor, patch = numbers(old.version)
    if _differ_in_shape(old.schema, new.schema):
        what, enough = "fields or types", (major, minor + 1, 0)
    elif _rules(old) != _rules(new):
        what, enough = "a rule about messages", (major, minor + 1, 0)
    elif old.schema.canonical != new.schema.canonical:
        what, enough = "the text of the schema", (major, minor, patch + 1)
    elif _topic(old) != _topic(new):
        what, enough = "the topic", (major, minor, patch + 1)
    elif any(lowered(old, new)):
        what, enough = "what is promised", (major, minor, patch + 1)
    else:
        return
    # A version that is lower is what DOC202 is about.
    if numbers(old.version) <= numbers(new.version) < enough:
        values = {"what": what, "old": old.version, "new": new.version, "enough": ".".join(map(str, enough))}
        yield "version", values


def _differ_in_shape(old: AnySchema, new: AnySchema) -> bool:
    """Say whether messages can hold other values: names, types, their order, or logical types changed."""
    if old.format is Format.PROTOBUF and new.format is Format.PROTOBUF:
        from tallystick.compat.proto_imports import imported_types  # noqa: PLC0415  # only who has .proto files pays for it

        return old.canonical != new.canonical or imported_types(old) != imported_types(new)
    if old.format is Format.PROTOBUF or new.format is Format.PROTOBUF:
        return True
    if parsing_canonical_form(old.root) != parsing_canonical_form(new.root):
        return True
    return _logical_types(old) != _logical_types(new)


def _logical_types(schema: Schema) -> list[Any]:
    return [(path, getattr(node, "logical", None)) for path, node in nodes(schema)]


def _rules(contract: Contract) -> Any:
    return {rule.name: dict(rule.implementation) for rule in contract.rules}


def _topic(contract: Contract) -> Any:
    topic = contract.topic
    return topic.name, topic.partitions, topic.replication_factor, dict(topic.configs)
