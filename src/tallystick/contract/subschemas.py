"""Find the parts of a JSON Schema: by their path, and those that a schema is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def known_keys(root: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that a schema, or one that it is made of, has a word about."""
    keys: dict[str, Any] = {}
    for part in parts(root, schema):
        keys |= part.get("properties", {})
    return keys


def parts(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and all that it is made of."""
    yield schema
    if "$ref" in schema:
        yield from parts(root, referred(root, schema["$ref"]))
    for inner in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from parts(root, inner)
        yield from parts(root, inner.get("then", {}))


def at(root: Mapping[str, Any], path: Sequence[str | int]) -> Any:
    """Return what a path leads to, from the root of a schema."""
    found: Any = root
    for step in path:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def referred(root: Mapping[str, Any], reference: str) -> Any:
    """Return what a `$ref` refers to."""
    return at(root, reference.removeprefix("#/").split("/"))
