"""Say what went wrong, in one line and one for the mend."""

from __future__ import annotations

import click

from tallystick.errors import TallyError, printable


def complain(error: TallyError) -> None:
    """Print an error and its mend to standard error."""
    click.echo(f"error: {printable(str(error))}", err=True)
    if error.fix:
        click.echo(f"  fix: {printable(error.fix)}", err=True)
