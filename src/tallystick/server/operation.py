"""What a request is about: its route, the subject it names, and the role that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from tallystick.errors import InvalidSubject
from tallystick.registry.names import context_name, normal, qualified

OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
_BELOW_SUBJECT = {
    (): "/subjects/{subject}",
    ("versions",): "/subjects/{subject}/versions",
    ("metadata",): "/subjects/{subject}/metadata",
}
_BELOW_VERSION = ("schema", "referencedby", "tags")
_BELOW_ID = ("schema", "subjects", "versions", "ids")


class Role(IntEnum):
    """What someone may do. Each one may do what those below it may."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Operation:
    """A request, as a metric, the audit log and a role see it. `subject` is with its context, "" for none."""

    method: str
    route: str
    subject: str
    role: Role
    writes: bool


@lru_cache(4096)
def operation(method: str, path: str, query: str = "") -> Operation:
    """Return what a request is about: its path as it was sent, escapes and all.

    What is not known takes the role that may do everything, and counts as a write unless its method reads.
    """
    method = method if method in _METHODS else OTHER
    steps = [unquote(step, errors="replace") for step in path.rstrip("/").split("/")[1:]]
    context = ""
    if len(steps) > 2 and steps[0] == "contexts":  # noqa: PLR2004  # "contexts", its name, and the rest of the path
        context, steps = steps[1], steps[2:]
    route, subject = _route(steps)
    subject = _named(subject, context)
    role, writes = _needed(method, route, subject, dict(parse_qsl(query)))
    return Operation(method, route, subject, role, writes)


def _route(steps: list[str]) -> tuple[str, str]:
    """Return a path with its variable steps named, and the subject in it."""
    match steps:
        case [] | [
            ("subjects" | "schemas" | "contexts" | "config" | "mode" | "metrics" | "openapi.json" | "master_available")
        ]:
            return "/" + "/".join(steps), ""
        case ["subjects", subject, *rest] if tuple(rest) in _BELOW_SUBJECT:
            return _BELOW_SUBJECT[tuple(rest)], subject
        case ["subjects", subject, "versions", _]:
            return "/subjects/{subject}/versions/{version}", subject
        case ["subjects", subject, "versions", _, last] if last in _BELOW_VERSION:
            return f"/subjects/{{subject}}/versions/{{version}}/{last}", subject
        case ["compatibility", "subjects", subject, "versions"]:
            return "/compatibility/subjects/{subject}/versions", subject
        case ["compatibility", "subjects", subject, "versions", _]:
            return "/compatibility/subjects/{subject}/versions/{version}", subject
        case [("config" | "mode") as kind, subject]:
            return f"/{kind}/{{subject}}", subject
    return _route_without_subject(steps), ""


def _route_without_subject(steps: list[str]) -> str:
    match steps:
        case ["contexts", _]:
            return "/contexts/{context}"
        case (
            ["schemas", "types"]
            | ["health", ("live" | "ready")]
            | ["v1", "metadata", ("id" | "version" | "deployment")]
        ):
            return "/" + "/".join(steps)
        case ["schemas", ("ids" | "guids") as kind, _]:
            return f"/schemas/{kind}/{{id}}"
        case ["schemas", ("ids" | "guids") as kind, _, last] if last in _BELOW_ID:
            return f"/schemas/{kind}/{{id}}/{last}"
    return OTHER


def _named(subject: str, context: str) -> str:
    """Return a subject as a registry keeps it. One with two contexts, or with one that can't be, is none."""
    if not context:
        return normal(subject)
    try:
        name = context_name(context)
    except InvalidSubject:
        return ""
    return "" if subject.startswith(":") else qualified(name, subject)


def _needed(method: str, route: str, subject: str, query: Mapping[str, str]) -> tuple[Role, bool]:
    """Return the role that a request takes, and whether it may change something."""
    if method in ("GET", "HEAD"):
        return Role.READ, False
    if method == "POST" and (route == "/subjects/{subject}" or route.startswith("/compatibility/")):
        return Role.READ, False
    of_a_subject = method != OTHER and route.startswith(("/subjects/", "/config/")) and _is_one(subject)
    for_ever = query.get("permanent", "").lower() == "true"
    return (Role.WRITE if of_a_subject and not for_ever else Role.ADMIN), True


def _is_one(subject: str) -> bool:
    """Say whether this is one subject, and not a whole context or all of them."""
    return bool(subject) and not (subject.startswith(":") and subject.endswith(":")) and "__GLOBAL" not in subject


def of(scope: Mapping[str, Any]) -> Operation:
    """Return what an ASGI request is about."""
    return operation(scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1"))
