"""tally diff."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from tallystick.cli.common import chosen, directory_option, load_sound, one, registry_address
from tallystick.errors import EXIT_OK, UsageError
from tallystick.gate.baseline import FORMS, open_baseline
from tallystick.gate.diff import ANSWERS, gone, since, step_between


@click.command("diff", short_help="Say what changed in contracts.")
@click.argument("contract", required=False)
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--against", metavar="BASELINE", help=f"What to compare with: {FORMS}. [default: history]")
@click.option("--output", type=click.Choice(list(ANSWERS)), default="text", help="How to answer.", show_default=True)
@directory_option
def command(
    contract: str | None, old: str | None, new: str | None, against: str | None, output: str, directory: Path
) -> int:
    """Say what changed in contracts, whether or not anybody breaks: since their last releases, or between two.

    \b
    tally diff
    tally diff commerce.order-placed
    tally diff commerce.order-placed 1.0.0
    tally diff commerce.order-placed v1 v2
    tally diff --against git:main --output markdown
    """
    if old is not None and against is not None:
        raise UsageError("OLD and --against both say what to compare with", fix="leave out one of the two")
    root, workspace = load_sound(directory)
    if contract is not None and old is not None:
        steps = [step_between(workspace, one(root, workspace, contract), old, new)]
    else:
        wanted = chosen(root, workspace, () if contract is None else (contract,))
        baseline = open_baseline(against or "history", root, workspace, partial(registry_address, workspace, None))
        steps = [since(baseline, each) for each in wanted]
        # Of many, those that changed are what one looks for.
        if contract is None:
            steps = [step for step in (*steps, *gone(baseline, workspace)) if step.differences or step.old is None]
    click.echo(ANSWERS[output](steps) or "no change in any contract")
    return EXIT_OK
