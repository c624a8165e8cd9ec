"""tally check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tallystick.cli.common import chosen, contracts_argument, directory_option, load, registry_address, uncollected
from tallystick.errors import TallyError
from tallystick.gate.answers import ANSWERS
from tallystick.gate.answers.failure import failure
from tallystick.gate.baseline import FORMS, open_baseline
from tallystick.gate.run import Report, run_check


@click.command("check", short_help="Say how contracts are written and whom they break.")
@contracts_argument
@click.option("--against", metavar="BASELINE", help=f"{FORMS}. Default: where HEAD left the main branch.")
@click.option("--output", type=click.Choice(list(ANSWERS)), default="text", help="How to answer.", show_default=True)
@directory_option
def command(contracts: Sequence[str], against: str | None, output: str, directory: Path) -> int:
    """Check contracts: are they well written, and whom would they break?

    \b
    tally check                                   everything, against the merge base with main
    tally check commerce.order-placed             one contract, by id or path
    tally check --against git:v1.4.0              against a tag, a branch or a commit
    tally check --against history                 against contracts/history only
    tally check --against registry:prod           against what a registry holds
    tally check --against dir:../last-week        against another folder's contracts
    tally check --output github                   as annotations on a pull request

    Exit code 1 if anything blocks; 0 if there are only warnings.
    """
    try:
        report = _report(contracts, against, directory)
    except TallyError as error:
        # Whoever parses the answer is owed one, too; main says the same on standard error.
        if answer := failure(error, output):
            click.echo(answer)
        raise
    click.echo(ANSWERS[output](report))
    return report.exit_code


def _report(contracts: Sequence[str], against: str | None, directory: Path) -> Report:
    with uncollected():
        root, workspace = load(directory)
        # A contract that can't be read is a finding; it must not look like one that does not exist.
        wanted = chosen(root, workspace, contracts) if not workspace.problems else None
        baseline = open_baseline(against, root, workspace, lambda env: registry_address(workspace, None, env))
        return run_check(workspace, baseline, wanted)
