"""What a generated module knows about one contract: its topic, its schemas, its classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document, Schema
from tallystick.wire.avro import compile_decoder, compile_encoder
from tallystick.wire.frame import header

T = TypeVar("T")
Encode: TypeAlias = Callable[[Any], bytes]
Decode: TypeAlias = Callable[[bytes, int], Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class TypedKey:
    """What the keys, or the values, of a topic are. `classes` gives the Python class of each Avro type, by full name."""

    subject: str
    schema_text: str
    fingerprint: str
    classes: Mapping[str, type[Any]]

    @cached_property
    def schema(self) -> Schema:
        """Return the schema, parsed at first use."""
        return parse_avro(Document(self.subject, self.schema_text))

    def encoder(self, schema_id: int) -> Encode:
        """Return a function from a value to its framed bytes."""
        return compile_encoder(self.schema, self.classes, prefix=header(schema_id))

    def decoder(self, schema_id: int, text: str) -> Decode:
        """Return a function from bytes, which one of the schema `text` wrote, to a value of this schema."""
        return compile_decoder(parse_avro(Document(f"schema {schema_id}", text)), self.schema, self.classes)


@dataclass(frozen=True, kw_only=True, eq=False)
class TypedTopic(TypedKey, Generic[T]):
    """One per contract. `value` is the class of its messages; None where they are of several, or of none."""

    contract: str
    version: str
    topic: str
    value: type[T] | None = None
    key: TypedKey | None = None

    @property
    def publish(self) -> str:
        """Return what to do where the registry or the cluster does not have it."""
        return f"run tally publish {self.contract}"
