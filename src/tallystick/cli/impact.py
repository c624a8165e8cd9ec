"""tally impact."""

from __future__ import annotations

from pathlib import Path

import click

from tallystick.cli.common import directory_option, load_sound, one
from tallystick.contract.model import DeclaredConsumer
from tallystick.errors import EXIT_OK, printable
from tallystick.gate.impact import WhatIf, find_field, readers, what_if


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
        changes = list(what_if(wanted, field))
        for change in changes:
            click.echo(printable(f"  {change.change}: {_verdict(change)}"))
        if not changes:
            at = find_field(wanted, field).place.document.path
            click.echo(printable(f"  not tried, for {at} defines it: change it there, and see what tally check says"))
    return EXIT_OK


def _described(consumer: DeclaredConsumer) -> str:
    fields = ", ".join(consumer.fields) or "every field"
    more = [f"team {consumer.team}"] if consumer.team else []
    more += [f"groups {', '.join(consumer.groups)}"] if consumer.groups else []
    return f"{consumer.id} ({'; '.join([*more, fields])})"


def _verdict(change: WhatIf) -> str:
    if not change.findings:
        return "passes"
    return "; ".join(f"{f.code} {f'{f.direction}, ' if f.direction else ''}{f.message}" for f in change.findings)
