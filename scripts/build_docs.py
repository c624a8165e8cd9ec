"""Write docs/rules/ and docs/cli/ from the code; with --check, only say what would change."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from tallystick.cli.main import tally
from tallystick.gate.run import all_rules
from tallystick.rulekit.explain import explain
from tallystick.rulekit.rule import Kind, Rule
from tallystick.rulekit.rulebook import input_errors

DOCS = Path(__file__).parent.parent / "docs"
WIDTH = 100


def main() -> int:
    """Write or check the pages."""
    pages = {**rule_pages(), **cli_pages()}
    written = {path.relative_to(DOCS).as_posix() for name in ("rules", "cli") for path in (DOCS / name).glob("*.md")}
    changed = [name for name, text in pages.items() if name not in written or (DOCS / name).read_text("utf-8") != text]
    left_over = sorted(written - set(pages))
    if "--check" in sys.argv[1:]:
        for name in [*changed, *left_over]:
            print(f"docs/{name} is not what the code says; run: make docs", file=sys.stderr)
        return 1 if changed or left_over else 0
    for name in changed:
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(pages[name], encoding="utf-8")
    for name in left_over:
        (DOCS / name).unlink()
    return 0


def rule_pages() -> Mapping[str, str]:
    """Return the page of each code, and their index."""
    rows = [f"| [{r.code}]({r.code}.md) | {r.name} | {_verdict(r)} | {r.severity} | {r.summary} |" for r in all_rules()]
    rows += [
        f"| [{e.code}]({e.code}.md) | {e.name} | | error | {(e.__doc__ or '').partition(chr(10))[0]} |"
        for e in input_errors()
    ]
    head = ["# Rules", "", "Written by `make docs` from the rules themselves.", ""]
    table = ["| code | name | verdict | severity | what it finds |", "|---|---|---|---|---|", *rows]
    pages = {f"rules/{subject.code}.md": explain(subject) for subject in (*all_rules(), *input_errors())}
    return {**pages, "rules/index.md": "\n".join([*head, *table]) + "\n"}


def cli_pages() -> Mapping[str, str]:
    """Return the help of each command."""
    context = click.Context(tally, info_name="tally", terminal_width=WIDTH, max_content_width=WIDTH)
    sections = ["# The command `tally`\n\nWritten by `make docs` from the command itself.\n", _help(tally, context)]
    for name in tally.list_commands(context):
        command = tally.get_command(context, name)
        if command is not None:
            inner = click.Context(
                command, info_name=name, parent=context, terminal_width=WIDTH, max_content_width=WIDTH
            )
            sections += [f"## tally {name}\n", _help(command, inner)]
    return {"cli/tally.md": "\n".join(sections)}


def _help(command: click.Command, context: click.Context) -> str:
    return f"```\n{command.get_help(context)}\n```\n"


def _verdict(rule: Rule) -> str:
    if rule.mirrors:
        return "registry"
    return "" if rule.kind is Kind.LINT else "safety"


if __name__ == "__main__":
    sys.exit(main())
