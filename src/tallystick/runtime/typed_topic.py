"""What a generated module knows about one contract: its topic, its schemas, its classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar, cast

from tallystick.errors import DecodeError, EncodeError
from tallystick.expressions.of_avro import of_avro
from tallystick.expressions.types import CelType
from tallystick.registry.client import RegistryClient
from tallystick.registry.whole import read_registered
from tallystick.runtime.rules import Check, TypedRule, check_of
from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document, Format, Schema
from tallystick.values.avro_json import problems, root_name
from tallystick.values.types import attributes
from tallystick.wire.avro import compile_decoder, compile_encoder
from tallystick.wire.frame import SchemaKey, header

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

    @cached_property
    def message_type(self) -> CelType:
        """Return what values are to a rule."""

        def spelt(record: str, field: str) -> str:
            cls: type = self.classes[record]
            return attributes(cls).get(field, field)

        return of_avro(self.schema, spelt)

    @property
    def type_name(self) -> str:
        """Return what errors call a value."""
        return root_name(self.schema.root)

    def problems(self, value: Any) -> tuple[EncodeError, ...]:
        """Return all that keeps a value from being encoded, each with its path; an encoder tells of the first alone."""
        return problems(self.schema.root, value, self.classes)

    def find(self, registry: RegistryClient) -> int:
        """Return the registry's id of this schema.

        Raises:
            SubjectNotFound, SchemaNotFound: it was not published.
        """
        return registry.lookup(self.subject, self.schema_text).id

    def reader(self, registry: RegistryClient, schema_id: SchemaKey) -> Decode:
        """Return a function from bytes, which one of a registry's schema wrote, to a value."""
        registered = registry.schema(schema_id)
        refuse_other_language(schema_id, registered.schema_type, Format.AVRO)
        if not registered.references:
            return self._resolving(schema_id, registered.text)
        # Ours have all their types in one text; those of others may refer to some.
        return compile_decoder(cast("Schema", read_registered(registry, registered)), self.schema, self.classes)

    def encoder(self, schema_id: int) -> Encode:
        """Return a function from a value to its framed bytes."""
        return compile_encoder(self.schema, self.classes, prefix=header(schema_id))

    def decoder(self, schema_id: int, text: str) -> Decode:
        """Return a function from bytes, which one of the schema `text` wrote, to a value of this schema."""
        return self._resolving(schema_id, text)

    def _resolving(self, schema_id: SchemaKey, text: str) -> Decode:
        return compile_decoder(parse_avro(Document(f"schema {schema_id}", text)), self.schema, self.classes)


@dataclass(frozen=True, kw_only=True, eq=False)
class TypedTopic(TypedKey, Generic[T]):
    """One per contract. `value` is the class of its messages; None where they are of several, or of none."""

    contract: str
    version: str
    topic: str
    value: type[T] | None = None
    key: TypedKey | None = None
    rules: tuple[TypedRule, ...] = ()

    @property
    def publish(self) -> str:
        """Return what to do where the registry or the cluster does not have it."""
        return f"run tally publish {self.contract}"

    def encoder(self, schema_id: int) -> Callable[[T], bytes]:
        """Return a function from a value to its framed bytes, which raises RuleBroken where a rule says no."""
        encode, check = super().encoder(schema_id), self._check([rule for rule in self.rules if rule.on_write])
        return encode if check is None else _encoded_and_checked(encode, check)

    def decoder(self, schema_id: int, text: str) -> Callable[[bytes, int], T]:
        """Return a function as `TypedKey.decoder` does, which raises RuleBroken where a rule says no."""
        return self._asked(super().decoder(schema_id, text))

    def reader(self, registry: RegistryClient, schema_id: SchemaKey) -> Callable[[bytes, int], T]:
        """Return a function as `TypedKey.reader` does, which raises RuleBroken where a rule says no."""
        return self._asked(super().reader(registry, schema_id))

    def _asked(self, decode: Decode) -> Decode:
        check = self._check([rule for rule in self.rules if rule.on_read])
        return decode if check is None else _decoded_and_checked(decode, check)

    def _check(self, rules: Sequence[TypedRule]) -> Check | None:
        return check_of(rules, self.message_type, self.type_name) if rules else None


def refuse_other_language(schema_id: SchemaKey, given: str, own: Format) -> None:
    """Raise DecodeError if the schema of a message is in another language than the contract."""
    if given != own:
        raise DecodeError("", f"schema {schema_id} is in {given}, and the contract is in {own}")


def _encoded_and_checked(encode: Encode, check: Check) -> Encode:
    def checked(value: Any) -> bytes:
        data = encode(value)  # first, since rules may rely on the types
        check(value)
        return data

    return checked


def _decoded_and_checked(decode: Decode, check: Check) -> Decode:
    def checked(data: bytes, start: int) -> Any:
        value = decode(data, start)
        check(value)
        return value

    return checked
