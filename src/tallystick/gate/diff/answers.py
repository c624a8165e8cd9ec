"""What changed, for people, for programs, and as a changelog."""

from __future__ import annotations

import json as json_
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tallystick.errors import printable
from tallystick.gate.diff.differences import Difference
from tallystick.gate.diff.parts import plain
from tallystick.gate.diff.versions import Step

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_PROSE = frozenset(("doc", "purpose", "limitations", "usage"))
_LONG = 100


def text(steps: Sequence[Step]) -> str:
    """Return each step with its differences, a line each."""
    return "\n".join(printable(line) for step in steps for line in _text(step))


def json(steps: Sequence[Step]) -> str:
    """Return the same for programs: every fact whole."""
    return json_.dumps([_as_json(step) for step in steps], indent=2, ensure_ascii=False)


def markdown(steps: Sequence[Step]) -> str:
    """Return the same for a pull request or release notes."""
    return "\n".join(line for step in steps for line in (f"## {_title(step)}", "", *_items(step), "")).rstrip("\n")


def changelog(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the lines of one contract's changelog in Markdown, a heading of the third rank for each version."""
    for step in steps:
        unreleased = "" if step.is_released else ", not released yet"
        yield from (f"### {step.version}{unreleased}", "", *_items(step), "")


ANSWERS: Mapping[str, Callable[[Sequence[Step]], str]] = {"text": text, "json": json, "markdown": markdown}


def _text(step: Step) -> Iterator[str]:
    yield _title(step)
    for difference in step.differences:
        facts = "; ".join(_facts(difference, str))
        yield f"  {_SIGNS[difference.kind]} {difference.label}{': ' if facts else ''}{facts}"
    if not step.differences:
        yield f"  {_nothing(step)}"


def _items(step: Step) -> Iterator[str]:
    if not step.differences:
        yield f"- {_nothing(step).capitalize()}."
    for difference in step.differences:
        facts = "; ".join(_facts(difference, _code))
        label = re.sub("'([^']*)'", lambda match: _code(match[1]), difference.label)
        yield f"- {difference.kind.capitalize()} {label}{': ' if facts else ''}{facts}"


def _title(step: Step) -> str:
    return f"{step.contract} {step.new}" if step.old is None else f"{step.contract} {step.old} → {step.new}"


def _nothing(step: Step) -> str:
    return "the first version" if step.old is None else "no change"


def _facts(difference: Difference, code: Callable[[str], str]) -> Iterator[str]:
    """Yield each fact in words; `code` marks what stands in a schema as it is."""
    for name, (old, new) in difference.facts.items():
        is_prose = name in _PROSE
        match difference.kind:
            case "changed" if isinstance(old, list) and isinstance(new, list) and set(old) != set(new):
                moves = [f"+ {_shown(one, code)}" for one in new if one not in old]
                moves += [f"- {_shown(one, code)}" for one in old if one not in new]
                yield f"{name} {', '.join(moves)}"
            case "changed":
                yield f"{name} {_shown(old, code, is_prose=is_prose)} → {_shown(new, code, is_prose=is_prose)}"
            case "added" if name == "type":
                yield _shown(new, code)
            case "added":
                yield f"{name} {_shown(new, code, is_prose=is_prose)}"
            case "removed" if name == "type":
                yield _shown(old, code)


def _shown(value: Any, code: Callable[[str], str], *, is_prose: bool = False) -> str:
    if value is None:
        return "none"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(code(one) for one in value)
    words = " ".join(plain(value).split())
    words = words if len(words) <= _LONG else f"{words[: _LONG - 1]}…"
    return f'"{words if code is str else _escaped(words)}"' if is_prose else code(words)


def _code(words: str) -> str:
    """Return words as code in Markdown; what has backticks itself is escaped instead."""
    return _escaped(words) if "`" in words else f"`{printable(words)}`"


def _escaped(words: str) -> str:
    """Return words so that no text of a contract becomes markup."""
    return printable("".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in words))


def _as_json(step: Step) -> Mapping[str, Any]:
    changes = [
        {
            "kind": difference.kind,
            "what": difference.label,
            "facts": {name: {"old": old, "new": new} for name, (old, new) in difference.facts.items()},
        }
        for difference in step.differences
    ]
    return {"contract": step.contract, "old": step.old, "new": step.new, "differences": changes}
