"""A workspace: all contracts of a repository, what was released of them, and the settings they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tallystick.contract.model import Contract
from tallystick.contract.modes import Mode
from tallystick.errors import InputError, UnknownContract
from tallystick.schema.types import Document


@dataclass(frozen=True, slots=True)
class Environment:
    """A registry and a cluster, by the name that a workspace gives the pair. May hold `${VARIABLES}`."""

    registry: str | None = None
    bootstrap: str | None = None


@dataclass(frozen=True, slots=True)
class GenerateTarget:
    """What `tally generate` writes, and where: `out` is relative to the workspace's root."""

    package: str
    out: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The workspace file, `contracts/tally.yaml`."""

    document: Document | None = None
    environments: Mapping[str, Environment] = field(default_factory=dict)
    compatibility: Mode = Mode.BACKWARD
    partitions: int = 1
    replication_factor: int = 1
    configs: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, str] = field(default_factory=dict)
    generate: tuple[GenerateTarget, ...] = ()

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Return what contracts may leave to the workspace: a release keeps it as it was then."""
        topic = {"partitions": self.partitions, "replicationFactor": self.replication_factor, "configs": self.configs}
        return {"compatibility": str(self.compatibility), "topic": topic}

    def then(self, defaults: Mapping[str, Any]) -> Settings:
        """Return the settings of a time when these were the defaults, as far as they are given. They stand in no file of now."""
        topic = defaults.get("topic", {})
        return replace(
            self,
            document=self.document if not defaults else None,
            compatibility=Mode(defaults.get("compatibility", self.compatibility)),
            partitions=topic.get("partitions", self.partitions),
            replication_factor=topic.get("replicationFactor", self.replication_factor),
            configs=topic.get("configs", self.configs),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A version that was released: the contract as it was, under the number that its folder has."""

    number: int
    contract: Contract

    @property
    def label(self) -> str:
        """Return what people call it."""
        return f"v{self.number} ({self.contract.version})"


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """What was read, of the files `paths`. `problems` are those that could not be: their contracts are missing from `contracts`."""

    settings: Settings
    contracts: tuple[Contract, ...] = ()
    releases: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)
    problems: tuple[InputError, ...] = ()
    paths: frozenset[str] = frozenset()

    def contract(self, wanted: str) -> Contract:
        """Return a contract by its id or its folder.

        Raises:
            UnknownContract: there is none.
        """
        for contract in self.contracts:
            if wanted.rstrip("/") in (contract.id, contract.folder):
                return contract
        raise UnknownContract(f"no contract '{wanted}'", fix=f"known: {', '.join(c.id for c in self.contracts) or '-'}")

    def released(self, contract_id: str) -> tuple[Release, ...]:
        """Return what was released of a contract, oldest first."""
        return self.releases.get(contract_id, ())
