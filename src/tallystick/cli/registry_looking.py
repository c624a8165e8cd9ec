"""tally registry list, get, config and delete: one registry, a few subjects."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from tallystick.cli.registry_address import address, environment_option, registry_option
from tallystick.contract.modes import Mode
from tallystick.errors import EXIT_OK, RegistryError, SubjectNotFound, UsageError, printable
from tallystick.registry.client import RegistryClient
from tallystick.registry.model import RegisteredSchema

MODES = ("READWRITE", "READONLY", "IMPORT")
_NOT_FOUND = 404


@click.command("list", short_help="List subjects.")
@click.argument("prefix", default="")
@click.option("--long", "-l", is_flag=True, help="Say which versions there are, and the newest one's id.")
@click.option("--deleted", is_flag=True, help="List deleted ones, too.")
@registry_option
@environment_option
def list_subjects(prefix: str, registry: str | None, environment: str | None, *, long: bool, deleted: bool) -> int:
    """List the subjects of a registry: all of them, or those that begin with PREFIX.

    \b
    tally registry list
    tally registry list commerce. --long
    """
    with RegistryClient(address(registry, environment)) as client:
        for subject in client.subjects(deleted=deleted):
            if subject.startswith(prefix):
                click.echo(printable(_long(client, subject) if long else subject))
    return EXIT_OK


def _long(client: RegistryClient, subject: str) -> str:
    try:
        newest = client.version(subject, "latest")
    except SubjectNotFound:
        return f"{subject}  deleted"
    versions = ", ".join(map(str, client.versions(subject)))
    return f"{subject}  version {versions}  id {newest.id}  {newest.schema_type}"


@click.command("get", short_help="Print a schema.")
@click.argument("subject", required=False)
@click.argument("version", default="latest")
@click.option("--id", "schema_id", type=click.IntRange(1), help="Print the schema of this id, in place of a subject's.")
@click.option("--all", "everything", is_flag=True, help="Print all that the registry says about it, as JSON.")
@registry_option
@environment_option
def get(
    subject: str | None,
    version: str,
    schema_id: int | None,
    registry: str | None,
    environment: str | None,
    *,
    everything: bool,
) -> int:
    """Print a schema as the registry has it: the newest of a subject, one of its versions, or the one of an id.

    \b
    tally registry get commerce.order-placed.v1-value
    tally registry get commerce.order-placed.v1-value 1 --all
    tally registry get --id 1
    """
    if (subject is None) == (schema_id is None):
        raise UsageError("which schema?", fix="name a subject, or an id with --id")
    with RegistryClient(address(registry, environment)) as client:
        found = client.version(str(subject), version) if schema_id is None else client.schema(schema_id)
        if everything:
            known = _known(client, found)
            click.echo(json.dumps(known, ensure_ascii=False, indent=2))
        else:
            click.echo(found.text)
    return EXIT_OK


def _known(client: RegistryClient, found: RegisteredSchema) -> Mapping[str, Any]:
    if found.version:
        return client.described(found.subject, found.version)
    answer = client.get(f"/schemas/ids/{found.id}", detail=found.id)
    return {"id": found.id, **answer}


@click.command("config", short_help="Show or change levels and modes.")
@click.argument("subject", required=False)
@click.option(
    "--level", type=click.Choice([mode.value for mode in Mode], case_sensitive=False), help="What must read what."
)
@click.option("--group", metavar="PROPERTY", help="The metadata property that groups versions.")
@click.option("--normalize/--no-normalize", default=None, help="Compare schemas in their normal form.")
@click.option("--mode", type=click.Choice(MODES, case_sensitive=False), help="Who may write.")
@click.option("--reset", is_flag=True, help="Forget the subject's own settings and mode.")
@registry_option
@environment_option
def config(subject: str | None, registry: str | None, environment: str | None, *, reset: bool, **changes: Any) -> int:
    """Show the settings and the mode of a subject, or the global ones; with options, change them before.

    \b
    tally registry config
    tally registry config commerce.order-placed.v1-value
    tally registry config commerce.order-placed.v1-value --level FULL
    tally registry config commerce.order-placed.v1-value --reset
    """
    wanted = {name: value for name, value in changes.items() if value is not None}
    if reset and (wanted or subject is None):
        raise UsageError("--reset takes a subject and no other option", fix="tally registry config SUBJECT --reset")
    with RegistryClient(address(registry, environment)) as client:
        if reset:
            _unless_missing(lambda: client.delete_mode(str(subject)))  # first: it may forbid the rest
            _unless_missing(lambda: client.delete_config(subject))
        _change(client, subject, wanted)
        _show(client, subject)
    return EXIT_OK


def _change(client: RegistryClient, subject: str | None, wanted: Mapping[str, Any]) -> None:
    names = {"level": "compatibility", "group": "compatibilityGroup", "normalize": "normalize"}
    settings = {names[name]: value for name, value in wanted.items() if name in names}
    mode = wanted.get("mode", "").upper()
    if mode and mode != "READONLY":
        client.set_mode(subject, mode)
    if settings:
        client.set_config(subject, settings)
    if mode == "READONLY":
        client.set_mode(subject, mode)


def _show(client: RegistryClient, subject: str | None) -> None:
    everywhere = client.config()
    own = everywhere if subject is None else _unless_missing(lambda: client.config(subject)) or {}
    mode = _unless_missing(lambda: client.mode(subject))
    shared = _unless_missing(client.mode) if mode is None else None
    for name, value in {**everywhere, **own}.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        click.echo(printable(f"{name}  {text}{'' if name in own else '  (global)'}"))
    if mode is not None or shared is not None:
        click.echo(printable(f"mode  {mode or shared}{'' if mode else '  (global)'}"))


def _unless_missing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except RegistryError as error:
        if error.status != _NOT_FOUND:
            raise
        return None


@click.command("delete", short_help="Delete a subject or a version.")
@click.argument("subject")
@click.argument("version", required=False)
@click.option(
    "--permanent", is_flag=True, help="For good, once it was deleted without this. Its number may come again."
)
@registry_option
@environment_option
def delete(subject: str, version: str | None, registry: str | None, environment: str | None, *, permanent: bool) -> int:
    """Delete all versions of a subject, or one. Messages stay readable: a schema's id can be asked for until
    it is deleted permanently, in a second command.

    \b
    tally registry delete commerce.order-placed.v1-value                 all versions
    tally registry delete commerce.order-placed.v1-value 1 --permanent   and one of them for good
    """  # noqa: D205  # one paragraph: click breaks its lines
    with RegistryClient(address(registry, environment)) as client:
        if version is None:
            gone = client.delete_subject(subject, permanent=permanent)
        else:
            gone = [client.delete_version(subject, version, permanent=permanent)]
    numbers = ", ".join(map(str, gone))
    click.echo(printable(f"deleted {'for good: ' if permanent else ''}'{subject}' version {numbers}"))
    return EXIT_OK
