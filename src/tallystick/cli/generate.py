"""tally generate."""

from __future__ import annotations

from pathlib import Path

import click

from tallystick.cli.common import directory_option, load_sound
from tallystick.contract.workspace import GenerateTarget
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from tallystick.schema.types import Format
from tallystick_codegen.python.package import render_package
from tallystick_codegen.write import check_package, write_package


@click.command("generate", short_help="Write typed Python clients.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not what it should be.")
@click.option("--package", metavar="NAME", help="The package to write, instead of those of contracts/tally.yaml.")
@click.option("--out", metavar="DIR", default="src", show_default=True, help="With --package: where it goes.")
@directory_option
def command(*, check: bool, package: str | None, out: str, directory: Path) -> int:
    """Write typed Python clients from the contracts. Only files that change are written.

    \b
    tally generate
    tally generate --check
    tally generate --package shop_events --out lib
    """
    root, workspace = load_sound(directory)
    targets = workspace.settings.generate if package is None else (GenerateTarget(package, out),)
    if not targets:
        raise UsageError(
            "what should be generated?", fix="add 'generate' to contracts/tally.yaml, or use --package NAME"
        )
    for contract in workspace.contracts:
        if contract.schema.format is Format.PROTOBUF:
            click.echo(f"{contract.id}: passed over, this version makes clients for Avro only")
    code = EXIT_OK
    for target in targets:
        if not (root / target.out).resolve().is_relative_to(root):
            raise UsageError(f"'{target.out}' is outside of {root}", fix="let 'out' stay inside the repository")
        files = render_package(workspace.contracts, target.package)
        if check:
            differences = check_package(files, root / target.out, target.package)
            for difference in differences:
                click.echo(f"{target.out}/{difference.path}: {difference.reason}")
            click.echo(f"{target.package}: {len(files)} files, {len(differences)} not as they should be")
            code = EXIT_FINDINGS if differences else code
        else:
            changes = write_package(files, root / target.out, target.package)
            counts = (
                f"{len(changes.written)} written, {len(changes.removed)} removed, {len(changes.unchanged)} as they were"
            )
            click.echo(f"{target.package}: {counts}")
    return code
