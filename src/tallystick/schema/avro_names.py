"""Names in Avro: what one may look like, and what one means in a namespace. Specification 1.12, section "Names"."""

from __future__ import annotations

import re
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# More than the specification allows: Java checks the last part of a full name alone, and so registries and files hold
# what it made of nested classes (Outer$) and of companies (my-shop).
SPACE = re.compile(r"[^\W\d][\w$-]*\Z")


def full_name(value: Any, namespace: str) -> str | None:
    """Return the full name of a definition in a namespace; None if it has no name. A dotted name wins."""
    name, declared = (value.get("name"), value.get("namespace")) if isinstance(value, dict) else (None, None)
    if not isinstance(name, str) or "." in name:
        return name if isinstance(name, str) else None
    return joined(declared if isinstance(declared, str) else namespace, name)


def possible_names(name: str, namespace: str) -> tuple[str, ...]:
    """Return the full names that a name in a namespace may mean, the nearest first.

    A name without a namespace is found from inside one, too: so Java's parser does.
    """
    return (name,) if "." in name or not namespace else (joined(namespace, name), name)


def joined(namespace: str, name: str) -> str:
    """Return a full name."""
    return f"{namespace}.{name}" if namespace else name
