"""tally release."""

from __future__ import annotations

from pathlib import Path

import click

from tallystick.cli.common import directory_option, load_sound, one
from tallystick.errors import EXIT_OK
from tallystick.gate.answers import text
from tallystick.gate.baseline import WorkspaceBaseline
from tallystick.gate.release import release
from tallystick.gate.run import run_check


@click.command("release", short_help="Write a contract into history.")
@click.argument("contract")
@directory_option
def command(contract: str, directory: Path) -> int:
    """Write a contract into contracts/history as its next release.

    It is checked against all releases before; a release that breaks one of them is refused.

    \b
    tally release commerce.order-placed
    """
    root, workspace = load_sound(directory)
    wanted = one(root, workspace, contract)
    report = run_check(workspace, WorkspaceBaseline("history", workspace), [wanted])
    if report.exit_code != EXIT_OK:
        click.echo(text(report))
        return report.exit_code
    folder = release(root, workspace, wanted)
    click.echo(f"{wanted.id} {wanted.version} is released: {folder.relative_to(root).as_posix()}")
    return EXIT_OK
