"""tally registry: look into a schema registry, change it, and move what it holds."""

from __future__ import annotations

import click

from tallystick.cli import registry_looking as looking
from tallystick.cli import registry_moving as moving


@click.group("registry", short_help="Look into a schema registry, and move what it holds.")
def command() -> None:
    """Look into a schema registry, change it, and move what it holds.

    It may be any registry that speaks Confluent's REST API. TALLY_REGISTRY names it, or --registry does; several URLs of
    one registry have commas between them. User and password stand in the URL, or TALLY_REGISTRY_TOKEN has a token;
    for the second registry of a command, it is TALLY_OTHER_TOKEN.

    \b
    tally registry list                                 what is there
    tally registry get commerce.order-placed.v1-value   its newest schema
    tally registry config                               levels and modes
    tally registry export backup.jsonl                  all of it, as a file
    """


for _one in (
    looking.list_subjects,
    looking.get,
    looking.config,
    looking.delete,
    moving.diff,
    moving.copy,
    moving.export,
    moving.import_,
):
    command.add_command(_one)
