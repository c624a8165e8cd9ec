"""Roles: what someone may do, and with which subjects."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tallystick.errors import UsageError
from tallystick.server.operation import Operation, Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for the subjects that a pattern fits."""

    role: Role
    subjects: re.Pattern[str]

    def allows(self, role: Role, subject: str) -> bool:
        """Say whether this is enough. To read is one thing: what one may write in part, one may read in whole."""
        return role <= self.role and (role is not Role.WRITE or self.subjects.fullmatch(subject) is not None)


@dataclass(frozen=True, slots=True)
class User:
    """Someone who showed who they are, or everyone else: `name` is then empty."""

    name: str
    grants: tuple[Grant, ...]

    def may(self, operation: Operation) -> bool:
        """Say whether they may do this."""
        return self.may_with(operation.role, operation.subject)

    def may_with(self, role: Role, subject: str) -> bool:
        """Say whether they have a role for a subject."""
        return any(grant.allows(role, subject) for grant in self.grants)


NOBODY = User("", ())


def grant(text: str) -> Grant | None:
    """Return what a word grants: `read`, `write`, `write:payments.*`, `admin`. None: it is no role of ours.

    In a pattern, `*` stands for any characters. `write` is for all subjects, in all contexts.
    """
    word, has_pattern, pattern = text.partition(":")
    match word:
        case "read" | "admin" if not has_pattern:
            return Grant(Role[word.upper()], re.compile(".*", re.DOTALL))
        case "write" if pattern or not has_pattern:
            parts = (pattern or "*").split("*")
            return Grant(Role.WRITE, re.compile(".*".join(map(re.escape, parts)), re.DOTALL))
    return None


def user(name: str, roles: Iterable[str], where: str) -> User:
    """Return who has these roles. UsageError: one of them is none; `where` is the setting that says so."""
    grants = []
    for text in roles:
        found = grant(text)
        if found is None:
            fix = "a role is read, write, write:PATTERN (as in write:payments.*) or admin"
            raise UsageError(f"'{where}' has the role '{text}', which there is not", fix=fix)
        grants.append(found)
    return User(name, tuple(grants))
