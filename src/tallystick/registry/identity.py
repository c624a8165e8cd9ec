"""What makes two schemas the same one, with one id; and the name that says so in every registry."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from tallystick.registry.model import RegisteredSchema, SchemaReference

Identity: TypeAlias = tuple[str, str, tuple[SchemaReference, ...], str]
_IN_ORDER = ("name", "doc", "kind", "mode", "type", "tags", "params", "expr", "onSuccess", "onFailure")


def identity(schema: RegisteredSchema) -> Identity:
    """Return what makes two schemas the same one: language, text, references, metadata and rules."""
    extras = json.dumps([schema.metadata, schema.rule_set]) if schema.metadata or schema.rule_set else ""
    return str(schema.schema_type), schema.text, schema.references, extras


def guid(schema: RegisteredSchema) -> str:
    """Return a name that is the same in every registry: the MD5 of what Confluent's registry makes it of."""
    digest = hashlib.md5(usedforsecurity=False)
    for part in _hashed(schema):
        digest.update(part)
    return str(uuid.UUID(bytes=digest.digest()))


def _hashed(schema: RegisteredSchema) -> Iterator[bytes]:
    yield schema.text.encode()
    for reference in schema.references:
        yield from (reference.name.encode(), reference.subject.encode(), reference.version.to_bytes(4))
    if schema.metadata:
        yield b"\x01"
        yield from _texts(schema.metadata.get("tags", {}))
        yield from _texts(schema.metadata.get("properties", {}))
        yield from _texts(schema.metadata.get("sensitive", []))
    if schema.rule_set:
        yield b"\x01"
        for part in ("migrationRules", "domainRules", "encodingRules"):
            for rule in schema.rule_set.get(part, []):
                yield from _texts([rule[name] for name in _IN_ORDER if name in rule])
                yield b"\x01" if rule["disabled"] else b""
        yield str(schema.rule_set.get("enableAt", "")).encode()


def _texts(value: Any) -> Iterator[bytes]:
    """Yield all texts in a value: keys before what they stand for."""
    match value:
        case str():
            yield value.encode()
        case Mapping():
            for key, inner in value.items():
                yield key.encode()
                yield from _texts(inner)
        case _:
            for inner in value:
                yield from _texts(inner)
