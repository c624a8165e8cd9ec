"""tally registry diff, copy, export and import: between registries, and between a registry and a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tallystick.cli.registry_address import address, environment_option, other_access, progress, registry_option
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, UsageError, printable
from tallystick.registry.client import Access, RegistryClient
from tallystick.registry.transfer.copying import copy as copy_to
from tallystick.registry.transfer.differences import differences
from tallystick.registry.transfer.fetch import fetch, fetch_needed
from tallystick.registry.transfer.records import Holdings, lines, read_lines
from tallystick.registry.transfer.restore import restore


@click.command("diff", short_help="Say in what two registries differ.")
@click.argument("other", metavar="URL|FILE")
@registry_option
@environment_option
def diff(other: str, registry: str | None, environment: str | None) -> int:
    """Say in what a registry differs from another one, or from an export: versions, ids, settings and modes.

    \b
    tally registry diff backup.jsonl
    tally registry diff http://127.0.0.1:8082
    """
    ours = _fetched(address(registry, environment))
    theirs = _fetched(other, other_access()) if "://" in other else _read(other)
    found = list(differences(ours, theirs, ("the registry", "the other one")))
    for line in found:
        click.echo(printable(line))
    if found:
        return EXIT_FINDINGS
    click.echo(f"{_counted(ours)}: the same in both")
    return EXIT_OK


@click.command("copy", short_help="Register subjects in another registry.")
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT...")
@click.option("--to", "target", required=True, metavar="URL", help="The registry to register them in.")
@registry_option
@environment_option
def copy(subjects: Sequence[str], target: str, registry: str | None, environment: str | None) -> int:
    """Register all versions of subjects in another registry, with all that they refer to.

    They get ids there as any new schema does, and the other registry says whether they are compatible.
    What is there already keeps its version.

    \b
    tally registry copy commerce.order-placed.v1-value --to http://127.0.0.1:8082
    """
    with progress("reading") as show, RegistryClient(address(registry, environment)) as client:
        holdings = fetch_needed(client, subjects, show)
    with RegistryClient(target, other_access()) as client:
        for key, now, schema_id in copy_to(client, holdings):
            click.echo(printable(f"{key} is version {now.version} there, schema id {schema_id}"))
    return EXIT_OK


@click.command("export", short_help="Write all of a registry to a file.")
@click.argument("file", default="-")
@registry_option
@environment_option
def export(file: str, registry: str | None, environment: str | None) -> int:
    """Write all that a registry holds to a file: contexts, versions with their ids, deleted ones too, settings and modes.

    A file has one JSON object a line. Without FILE, they go to standard output.

    \b
    tally registry export backup.jsonl
    tally registry export
    """
    holdings = _fetched(address(registry, environment))
    text = "".join(f"{line}\n" for line in lines(holdings))
    if file == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    else:
        _write(Path(file), text)
    click.echo(f"exported {_counted(holdings)}", err=True)
    return EXIT_OK


@click.command("import", short_help="Bring what a registry held into another one.")
@click.argument("file", required=False)
@click.option("--from", "source", metavar="URL", help="Read from a running registry, in place of a file.")
@registry_option
@environment_option
def import_(file: str | None, source: str | None, registry: str | None, environment: str | None) -> int:
    """Bring all that a registry held into another one, from an export or while it runs.

    Ids, versions, deleted ones, contexts, settings and modes are kept, so that messages stay readable. What is there
    already is passed over: after a failure, run it again. Global settings are taken over where nothing else is held.
    Nothing is written if the registry holds another schema in some version's place.

    \b
    tally registry import backup.jsonl
    tally registry import --from http://127.0.0.1:8082
    """
    url = address(registry, environment)
    if (file is None) == (source is None):
        raise UsageError("import what?", fix="name a file (- for standard input), or a registry with --from")
    holdings = _fetched(source, other_access()) if source is not None else _read(str(file))
    with progress("importing") as show, RegistryClient(url) as client:
        done = restore(client, holdings, show)
    there = f", {done.there} were there" if done.there else ""
    click.echo(f"imported {done.registered} version{'' if done.registered == 1 else 's'}{there}")
    if not done.with_globals and (None in holdings.settings or None in holdings.modes):
        click.echo("the registry holds other subjects, too: its global settings and mode stay as they are")
    elif (mode := holdings.modes.get(None)) not in (None, "READWRITE"):
        click.echo(printable(f"its global mode is {mode} now, as it was: tally registry config --mode READWRITE"))
    return EXIT_OK


def _fetched(url: str, access: Access | None = None) -> Holdings:
    with progress("reading") as show, RegistryClient(url, access) as client:
        return fetch(client, show)


def _read(file: str) -> Holdings:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return read_lines(data.decode().split("\n")[:-1], file)
    except OSError as error:
        raise UsageError(
            f"{file} can't be read: {error.strerror}", fix="name an export, or the URL of a registry"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8", fix="name a file that `tally registry export` wrote") from error


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: half a backup must not stand in the place of one."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(
            f"{path} can't be written: {error.strerror}", fix="name a file in a folder to write to"
        ) from error


def _counted(holdings: Holdings) -> str:
    versions, subjects = len(holdings.versions), len(holdings.subjects())
    return f"{versions} {'version' if versions == 1 else 'versions'} of {subjects} {'subject' if subjects == 1 else 'subjects'}"
