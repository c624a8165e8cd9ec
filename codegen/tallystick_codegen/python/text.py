"""Python source as `ruff format` would write it: literals, docstrings, brackets that break when a line is full."""

from __future__ import annotations

import inspect
import re
import textwrap
import unicodedata
from dataclasses import dataclass, replace
from typing import TypeAlias

WIDTH, STEP = 120, 4
# Controls, formats (bidirectional overrides are among them), surrogates, private use, separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}


@dataclass(frozen=True, slots=True)
class Bracket:
    """Items in brackets: `list[str]`, `field(default=1)`. A comma after the last item keeps a broken one broken."""

    opening: str
    items: tuple[Tree, ...]
    closing: str
    comma: str = ","


@dataclass(frozen=True, slots=True)
class Either:
    """Types joined by `|`."""

    branches: tuple[Tree, ...]


Tree: TypeAlias = str | Bracket | Either


def prefixed(prefix: str, tree: Tree) -> Tree:
    """Return an expression with something before it that stays on its line."""
    return replace(tree, opening=prefix + tree.opening) if isinstance(tree, Bracket) else prefix + flat(tree)


def flat(tree: Tree) -> str:
    """Return an expression on one line."""
    match tree:
        case Bracket(opening, items, closing):
            return opening + ", ".join(map(flat, items)) + closing
        case Either(branches):
            return " | ".join(map(flat, branches))
        case _:
            return tree


def fitted(tree: Tree, indent: int, taken: int = 0) -> str:
    """Return an expression on one line if it fits there, else on many. `taken` columns are something else's."""
    line = flat(tree)
    return line if indent + taken + width(line) <= WIDTH else _broken(tree, indent)


def assignment(name: str, kind: Tree, value: Tree = "", indent: int = 0) -> str:
    """Return `name: kind = value`, broken where ruff breaks it: the value first, then the type."""
    start = name + (f": {flat(kind)}" if kind else "") + (" = " if value else "")
    room = WIDTH - indent - width(start)
    if width(flat(value)) <= room:
        return start + flat(value)
    beside = _broken(value, indent)
    if isinstance(value, Bracket) and width(value.opening) <= room:
        return start + beside
    if room > 0 or isinstance(kind, str):
        helps = not isinstance(kind, str) or indent + STEP + width(flat(value)) <= WIDTH
        return start + (_inside(value, indent) if room > 0 and helps else beside)
    broken = _inside(kind, indent) if isinstance(kind, Either) else _broken(kind, indent)
    return f"{name}: {broken}" + (f" = {fitted(value, indent, len(') = '))}" if value else "")


def literal(value: str | bytes) -> str:
    """Return a literal, in the quotes that need fewer escapes."""
    if isinstance(value, bytes):
        prefix, text = "b", value.decode("latin-1").encode("unicode_escape").decode()
    else:
        prefix, text = "", escaped(value)
    quote = "'" if text.count('"') > text.count("'") else '"'
    return prefix + quote + text.replace(quote, "\\" + quote) + quote


def docstring(text: str, indent: int = STEP) -> str:
    """Return a docstring that says just this text, whatever is in it."""
    lines = (escaped(line.expandtabs()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    safe = inspect.cleandoc("\n".join(lines).strip())
    # Neither a run of quotes nor one at either end: nothing can close the docstring but its own.
    safe = re.sub(r'""+|\A"|"\Z', lambda found: r"\"" * len(found[0]), safe)
    if "\n" not in safe and indent + len(f'"""{safe}"""') <= WIDTH:
        return f'"""{safe}"""'
    wrapped = [part for line in f'"""{safe}'.split("\n") for part in _wrapped(line, WIDTH - indent)]
    return textwrap.indent("\n".join([*wrapped, '"""']), " " * indent).lstrip()


def escaped(text: str) -> str:
    """Return a text with backslashes, and with what can't be seen, as escapes."""
    if "\\" not in text and text.isprintable():  # nearly always, and then in no time
        return text
    return "".join(
        c if c == " " or (c != "\\" and unicodedata.category(c) not in _UNSEEN) else c.encode("unicode_escape").decode()
        for c in text
    )


def width(text: str) -> int:
    """Return how many columns a text takes, with East Asian characters taking two."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _wrapped(line: str, room: int) -> list[str]:
    hanging = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, room, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False) or [""]


def _broken(tree: Tree, indent: int) -> str:
    pad = "\n" + " " * indent
    match tree:
        case Bracket(opening, items, closing, comma) if items:
            lines = (f"{pad}{' ' * STEP}{fitted(item, indent + STEP, len(comma))}{comma}" for item in items)
            return opening + "".join(lines) + pad + closing
        case Either(branches):
            return f"{pad}| ".join(fitted(branch, indent, len("| ")) for branch in branches)
        case _:
            return flat(tree)


def _inside(tree: Tree, indent: int) -> str:
    return f"(\n{' ' * (indent + STEP)}{fitted(tree, indent + STEP)}\n{' ' * indent})"
