"""tally impact."""

from __future__ import annotations

from pathlib import Path

import click

from tallystick.cli.common import directory_option, load_sound, one
from tallystick.contract.model import DeclaredConsumer
from tallystick.contract.modes import Direction
from tallystick.errors import EXIT_OK, printable
from tallystick.gate.fields import find_field
from tallystick.gate.impact import readers, what_if
from tallystick.rulekit.finding import Finding


@click.command("impact", short_help="Say who reads a field, and what would break.")
@click.argument("contract")
@click.argument("field", required=False)
@directory_option
def command(contract: str, field: str | None, directory: Path) -> int:
    """Say who declared to read a contract or a field of it, and what the gate would say to a change.

    \b
    tally impact commerce.order-placed
    tally impact commerce.order-placed lines.sku
    """
    root, workspace = load_sound(directory)
    wanted = one(root, workspace, contract)
    if field is not None:
        find_field(wanted, field)
    consumers = readers(wanted, field)
    subject = wanted.id if field is None else f"{wanted.id} {field}"
    click.echo(f"{subject} is read by {'nobody who declared it' if not consumers else ''}".rstrip())
    for consumer in consumers:
        click.echo(printable(f"  {_described(consumer)}"))
    if field is not None:
        click.echo(f"If {field} were changed, at {wanted.compatibility}:")
        changes = list(what_if(wanted, field, workspace.settings))
        for change in changes:
            click.echo(f"  {change.change}: {'refused' if change.blocks else 'passes'}")
            for finding in change.findings:
                click.echo(printable(f"    {_described_finding(finding)}"))
        if not changes:
            at = find_field(wanted, field).place.document.path
            click.echo(printable(f"  not tried, for {at} defines it: change it there, and see what tally check says"))
    return EXIT_OK


def _described(consumer: DeclaredConsumer) -> str:
    fields = ", ".join(consumer.fields) or "every field"
    more = [f"team {consumer.team}"] if consumer.team else []
    more += [f"groups {', '.join(consumer.groups)}"] if consumer.groups else []
    return f"{consumer.id} ({'; '.join([*more, fields])})"


def _described_finding(finding: Finding) -> str:
    warning = "" if finding.blocks else "warning: "
    who = ", ".join(finding.breaks) or "consumers"
    when = {
        Direction.FORWARD: f"; {who} must upgrade before the producer",
        Direction.BACKWARD: f"; {who} must upgrade after the producer, and after the last old message is gone",
        None: "",
    }[finding.direction]
    return f"{finding.code}  {warning}{finding.message}{when}"
