"""The page of a code: what `tally explain` prints and docs/rules/ holds."""

from __future__ import annotations

import inspect
import re

from tallystick.errors import InputError
from tallystick.rulekit.rule import Kind, Rule

_KINDS = {
    Kind.PAIR: "a reader and a writer, in each direction that the compatibility level asks for",
    Kind.CHANGE: "what changed since the version before, at every compatibility level",
    Kind.LINT: "one contract alone",
}

_LONG_MEMORY = "what changed since the version before; at a transitive level, since every earlier one"


def explain(subject: Rule | type[InputError]) -> str:
    """Return the page of a rule or of a kind of unreadable file, in Markdown."""
    if isinstance(subject, Rule):
        page, facts = subject.page, _facts(subject)
    else:
        page, facts = inspect.cleandoc(subject.__doc__ or ""), ["severity: error", "looks at: one file"]
    summary, _, rest = page.partition("\n")
    listed = "\n".join(f"- {fact}" for fact in facts)
    return f"# {subject.code} {subject.name}\n\n{summary}\n\n{listed}\n\n{rest.strip()}\n"


def examples(page: str) -> dict[str, tuple[str, str]]:
    """Return the code blocks of a page by their label: `{"old": ("json", text), "new": …, "fixed": …}`."""
    blocks = re.findall(r"```(\w+) (old|new|fixed)\n(.*?)```", page, re.DOTALL)
    return {label: (language, text) for language, label, text in blocks}


def _facts(rule: Rule) -> list[str]:
    facts = [f"severity: {rule.severity}", f"looks at: {_LONG_MEMORY if rule.long_memory else _KINDS[rule.kind]}"]
    if rule.mirrors:
        facts.append(f"verdict: registry (which calls it {rule.mirrors}); no policy can relax it")
    elif rule.kind is not Kind.LINT:
        facts.append("verdict: safety; the registry would let it pass")
    return [*facts, f"since: {rule.since}"]
