r"""Patterns are RE2's: what is surely wrong with one, told without it; and the same one for Python.

https://github.com/google/re2/wiki/Syntax. RE2 does not look around or back. To it `$` is the very end, and `\d`, `\w` and `\s` are ASCII's.
"""

from __future__ import annotations

import re
import warnings

_EVEN = r"(?<!\\)(?:\\\\)*"  # backslashes that escape each other
_NOT_PYTHONS = re.compile(rf"{_EVEN}\\[pPCQ]|{_EVEN}\{{,|\[\[:|\(\?[a-zA-Z]*[U-]|\(\?<[^=!]")
_NOT_RE2S = re.compile(rf"{_EVEN}(\(\?(?:<?[=!]|[>#(]|P=)|\\[1-9](?![0-9])|\\[ZGR])")
_ITEMS = re.compile(rf"({_EVEN})\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ENDS_WITHIN = re.compile(rf"{_EVEN}\$")
_END = re.compile(rf"({_EVEN})(?:\$(?=\)|\||\Z)|\\z)")
# What Python complains of, and RE2 does, too.
_SAME = ("unbalanced parenthesis", "unterminated subpattern", "unterminated character set", "escape (end of pattern)")
_NOTHING_BEFORE = re.compile(r"(?:^|[(|])[*+?]")


def problem_of(pattern: str) -> str | None:
    """Return why RE2 does not take a pattern; None if it may."""
    if _NOT_PYTHONS.search(pattern):
        return None
    found = _NOT_RE2S.search(_ITEMS.sub(r"\1_", pattern))
    if found is not None:
        return f"RE2, whose patterns these are, has no {found[1]}"
    try:
        _compiled(pattern)
    except re.error as error:
        repeats_nothing = error.msg == "nothing to repeat" and _NOTHING_BEFORE.match(
            pattern, max(0, (error.pos or 0) - 1)
        )
        if error.msg.endswith(_SAME) or repeats_nothing:
            return error.msg
    except (OverflowError, RecursionError):
        pass
    return None


def as_python(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of Python's that finds nothing which RE2's does not; None where there is no such one."""
    ended = _END.sub(r"\1\\Z", pattern)
    if not pattern or _NOT_PYTHONS.search(pattern) or _ENDS_WITHIN.search(_ITEMS.sub(r"\1_", ended)):
        return None
    try:
        return _compiled(ended)
    except (re.error, OverflowError, RecursionError):
        return None


def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what will mean something else to a Python to come
        return re.compile(pattern, re.ASCII)
