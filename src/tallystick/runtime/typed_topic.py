"""What a generated module knows about one contract: its topic, its schema, its classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document, Schema

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class TypedTopic(Generic[T]):
    """One per contract. `classes` gives the Python class of each named Avro type, by full name."""

    contract: str
    version: str
    topic: str
    subject: str
    schema_text: str
    fingerprint: str
    value: type[T]
    classes: Mapping[str, type[Any]]

    @cached_property
    def schema(self) -> Schema:
        """Return the schema, parsed at first use."""
        return parse_avro(Document(self.subject, self.schema_text))

    @property
    def publish(self) -> str:
        """Return what to do where the registry or the cluster does not have it."""
        return f"run tally publish {self.contract}"
