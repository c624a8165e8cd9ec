"""tally explain."""

from __future__ import annotations

import click

from tallystick.errors import EXIT_OK, UsageError
from tallystick.gate.run import all_rules
from tallystick.rulekit.explain import explain
from tallystick.rulekit.rulebook import input_errors


@click.command("explain", short_help="Tell what a code means and how to mend it.")
@click.argument("code", required=False)
@click.option("--all", "list_all", is_flag=True, help="List every code with its name.")
def command(code: str | None, *, list_all: bool) -> int:
    """Tell what a code means, why it matters and how to mend it.

    \b
    tally explain AVRO101
    tally explain field-without-default
    tally explain --all
    """
    if list_all:
        for rule in all_rules():
            click.echo(f"{rule.code}  {rule.name:24}{rule.summary}")
        for error in input_errors():
            click.echo(f"{error.code}  {error.name:24}{(error.__doc__ or '').partition(chr(10))[0]}")
        return EXIT_OK
    if code is None:
        raise UsageError("which code?", fix="tally explain AVRO101, or tally explain --all")
    click.echo(explain(all_rules().find(code)), nl=False)
    return EXIT_OK
