"""The patterns of rules, which are RE2's, as Python has them: to make texts that fit."""

from __future__ import annotations

import re

_NOT_PYTHONS = re.compile(r"\\[pPCQE]|\[\[:|\(\?[a-zA-Z]*U")


def as_python(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern that finds nothing that RE2's does not; None where Python has no such thing.

    https://github.com/google/re2/wiki/Syntax: there `$` is the very end, and no line break may follow it.
    """
    if not pattern or _NOT_PYTHONS.search(pattern):
        return None
    try:
        return re.compile(re.sub(r"(?<!\\)((?:\\\\)*)(?:\$(?=\)|\||\Z)|\\z)", r"\1\\Z", pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None
