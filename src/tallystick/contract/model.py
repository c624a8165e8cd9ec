"""What a contract says, once read: frozen, with every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from tallystick.contract.modes import Mode
from tallystick.schema.types import Document, Node, Place, Schema

if TYPE_CHECKING:  # only who has .proto files pays for it
    from tallystick.schema.protobuf_types import ProtoSchema

AnySchema: TypeAlias = "Schema | ProtoSchema"
LEVEL = "/compatibility"
"""What rules call the level's place, if a contract does not say it itself."""


class Status(StrEnum):
    """Where a contract is in its life, in the words of ODCS."""

    PROPOSED = "proposed"
    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Topic(Node):
    """The topic that a contract's messages are in. A node, so that rules can be about it.

    `elsewhere` says where in the workspace file those values stand that the contract leaves to it.
    """

    name: str
    partitions: int
    replication_factor: int
    configs: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, Place] = field(default_factory=dict)

    def place_of(self, below: str) -> Place:
        """Return where a value of the topic stands, such as `value/partitions`."""
        own = Place(self.place.document, f"{self.place.pointer}/{below}") if below else self.place
        return self.elsewhere.get(below, own)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Key(Node):
    """What the keys of the messages are. Without a schema they are plain strings. A node, so that rules can be about it."""

    schema: AnySchema | None = None


@dataclass(frozen=True, slots=True)
class DeclaredConsumer:
    """A team that said it reads the topic. `fields` are what it reads; empty means all."""

    id: str
    fields: tuple[str, ...] = ()
    team: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Example(Node):
    """A file in `examples/`: what a message looks like, or (`is_valid` false) must not look like."""

    value: Any
    is_valid: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class QualityRule(Node):
    """A rule about each message, in the words of Confluent's registry: `implementation` is its Rule, verbatim."""

    name: str
    doc: str | None = None
    implementation: Mapping[str, Any] = field(default_factory=dict)

    @property
    def condition(self) -> str | None:
        """Return the expression in CEL that must be true of a message; None if the rule is something else."""
        what = self.implementation.get("kind"), self.implementation.get("type")
        return self.implementation.get("expr") if what == ("CONDITION", "CEL") else None

    def stops(self, mode: str) -> bool:
        """Say whether a message that breaks the rule stops clients in a mode, `WRITE` or `READ`.

        A rule of both modes may have two actions, as `ERROR,NONE`.
        """
        modes: str = self.implementation["mode"]
        if mode not in modes or self.implementation.get("disabled", False):
            return False
        actions = [action.strip() for action in self.implementation.get("onFailure", "ERROR").split(",")]
        return bool(actions[-1 if mode == "READ" else 0] != "NONE")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Contract:
    """One contract. `folder` is relative to the folder that holds `contracts/`, with forward slashes.

    `compatibility` is the level that it is held to; `declared_level` what it says itself, where that asks for less;
    `level_place` where the workspace file says it, if the contract does not. `rule_set` is what a registry gets of its
    rules.
    """

    id: str
    version: str
    status: Status
    folder: str
    document: Document
    schema: AnySchema
    key: Key
    topic: Topic
    compatibility: Mode
    declared_level: Mode | None = None
    level_place: Place | None = None
    compatibility_group: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None
    doc: str | None = None
    consumers: tuple[DeclaredConsumer, ...] = ()
    examples: tuple[Example, ...] = ()
    rules: tuple[QualityRule, ...] = ()
    rule_set: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """Return the first part of the id: the package that generated code goes to."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """Return the id without its domain."""
        return self.id.partition(".")[2]

    @property
    def major(self) -> int:
        """Return the major version: the topic's, too."""
        return int(self.version.partition(".")[0])

    @property
    def subject(self) -> str:
        """Return the registry's subject for the messages' schema, by the TopicName strategy."""
        return f"{self.topic.name}-value"

    @property
    def key_subject(self) -> str:
        """Return the registry's subject for the key's schema, by the same strategy."""
        return f"{self.topic.name}-key"

    @property
    def client_rules(self) -> tuple[QualityRule, ...]:
        """Return the rules that clients ask, before they send a message or after they read it."""
        return tuple(rule for rule in self.rules if rule.condition and (rule.stops("WRITE") or rule.stops("READ")))

    def group(self, name: str | None) -> str | None:
        """Return the value of the metadata property that puts versions into groups; None if there is no such property."""
        value: str | None = self.metadata.get("properties", {}).get(name)
        return value

    def place(self, pointer: str = "") -> Place:
        """Return a place in `contract.yaml`; for a value that it leaves to the workspace file, the one there."""
        if pointer == LEVEL and self.level_place is not None:
            return self.level_place
        topic = self.topic.place.pointer
        if pointer.startswith(f"{topic}/value/"):
            return self.topic.place_of(pointer.removeprefix(f"{topic}/"))
        return Place(self.document, pointer)
