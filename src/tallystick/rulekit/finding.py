"""A finding: one trouble at one place. Rules make them, printers show them, policy weighs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.contract.modes import Direction
from tallystick.errors import InputError
from tallystick.rulekit.rule import Rule, Severity
from tallystick.schema.locate import Span, locate
from tallystick.schema.nearby import pinpoint
from tallystick.schema.types import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One trouble. `path` is by name and stays the same when lines move; `now` and `was` are worked out when shown.

    `versions` are the earlier versions that it breaks with, newest first; `forward` those whose readers it breaks as
    well, where the direction is backward. `breaks` are the consumers that said they read the field, `former` those of
    them that the change takes out. `others` are more contracts with the same trouble, which a file that they share has.
    `mirrors` is the registry's name for it where the registry would refuse the schema too; what `is_readable` breaks
    nothing beside that.
    """

    code: str
    name: str
    severity: Severity
    message: str
    fix: str | None
    contract: str | None
    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    now: Place | Span | None = None
    was: Place | None = None
    direction: Direction | None = None
    versions: tuple[str, ...] = ()
    forward: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    mirrors: str | None = None
    is_readable: bool = False
    info: str = ""

    @property
    def span(self) -> Span:
        """Return the file, line and column to go to."""
        at = self.now or self.was
        return Span("") if at is None else _span(at, self.was)

    @property
    def was_span(self) -> Span | None:
        """Return where the earlier version says otherwise."""
        return None if self.was is None else _span(self.was, self.now)

    @property
    def blocks(self) -> bool:
        """Say whether the gate must close for it."""
        return self.severity is Severity.ERROR


def finding_of(rule: Rule, values: Mapping[str, Any], **facts: Any) -> Finding:
    """Return a finding of a rule, its texts filled in."""
    fix = rule.fix_forward if facts.get("direction") is Direction.FORWARD else rule.fix
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=rule.message.format(**values),
        fix=fix.format(**values),
        values=values,
        mirrors=rule.mirrors,
        is_readable=rule.is_readable,
        info=rule.info.format(**values),
        **facts,
    )


def finding_of_error(error: InputError) -> Finding:
    """Return a finding for a file that can't be read."""
    return Finding(
        code=error.code,
        name=error.name,
        severity=Severity.ERROR,
        message=error.message,
        fix=error.fix,
        contract=None,
        now=Span(error.file, error.line, error.column),
    )


def _span(at: Place | Span, other: Place | Span | None) -> Span:
    if isinstance(at, Span):
        return at
    return locate(pinpoint(at, None if isinstance(other, Span) else other))
