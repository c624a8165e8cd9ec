"""A rule: a function that finds one kind of trouble, with all that people need to know about it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, NamedTuple, TypeAlias

from tallystick.schema.types import Place


class Elsewhere(NamedTuple):
    """A place that is not below the node that a rule is about: its path by names, where it is and was, and whom it breaks."""

    path: str
    now: Place
    was: Place
    breaks: tuple[str, ...] = ()


Hit: TypeAlias = tuple[str | Elsewhere, Mapping[str, Any]]
"""Where, below the node that the rule is about, and the values for the message: `("fields/note", {"field": "note"})`."""

Check: TypeAlias = Callable[[Any], Iterator[Hit]]


class Severity(StrEnum):
    """What a finding does to the gate: an error closes it, a warning is shown, off is not even that."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


class Kind(StrEnum):
    """What a rule looks at."""

    PAIR = "pair"
    """A reader and a writer: can the one read the other?"""
    CHANGE = "change"
    """What was and what is, whatever the compatibility level."""
    LINT = "lint"
    """One contract alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `mirrors` names the registry's own error type: such rules decide the registry's verdict.

    `info` is what that registry would add to it, as a template like `message` and `fix`. `fix_forward` is the mend
    where the reader is the earlier version, which is released and can't be edited any more. A change rule of
    `long_memory` looks at each version that the compatibility level counts, and not at the newest one only; one that
    looks `across_majors` at the newest one even if that has another topic, and at no other. What is `is_readable` is
    refused by a registry alone: readers get each message as it was written.
    """

    code: str
    name: str
    kind: Kind
    on: type | UnionType
    message: str
    fix: str
    fix_forward: str
    since: str
    severity: Severity
    mirrors: str | None
    info: str
    check: Check
    page: str
    module: str
    long_memory: bool = False
    across_majors: bool = False
    is_readable: bool = False

    @property
    def summary(self) -> str:
        """Return the first line of the page."""
        return self.page.partition("\n")[0]


def rule(  # noqa: PLR0913  # all by name, all said once, in the rule's own file
    *,
    code: str,
    name: str,
    on: type,
    message: str,
    fix: str,
    fix_forward: str,
    since: str,
    mirrors: str | None = None,
    info: str = "",
    severity: Severity = Severity.ERROR,
    is_readable: bool = False,
) -> Callable[[Check], Rule]:
    """Make a pair rule: called with a `Pair` of two nodes of type `on`. One that mirrors the registry is an error."""
    texts = {"message": message, "fix": fix, "fix_forward": fix_forward, "info": info, "since": since}
    facts = {"mirrors": mirrors, "is_readable": is_readable}
    return _decorator(Kind.PAIR, severity, code=code, name=name, on=on, **facts, **texts)


def change_rule(  # noqa: PLR0913  # the same
    *,
    code: str,
    name: str,
    on: type,
    message: str,
    fix: str,
    since: str,
    severity: Severity = Severity.ERROR,
    long_memory: bool = False,
    across_majors: bool = False,
) -> Callable[[Check], Rule]:
    """Make a change rule: called with a `Change` of two nodes of type `on`."""
    texts = {"message": message, "fix": fix, "since": since}
    looks = {"long_memory": long_memory, "across_majors": across_majors}
    return _decorator(Kind.CHANGE, severity, code=code, name=name, on=on, **looks, **texts)


def lint_rule(
    *,
    code: str,
    name: str,
    on: type | UnionType,
    message: str,
    fix: str,
    since: str,
    severity: Severity = Severity.WARNING,
) -> Callable[[Check], Rule]:
    """Make a lint rule: called with each node of type `on` (or of one of several), or with the contract itself."""
    return _decorator(Kind.LINT, severity, code=code, name=name, on=on, message=message, fix=fix, since=since)


def _decorator(kind: Kind, severity: Severity, **facts: Any) -> Callable[[Check], Rule]:
    facts = {"fix_forward": facts["fix"], "mirrors": None, "info": "", **facts}

    def decorate(check: Check) -> Rule:
        page = inspect.cleandoc(check.__doc__ or "")
        return Rule(kind=kind, severity=severity, check=check, page=page, module=check.__module__, **facts)

    return decorate
