"""tally generate."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click

from tallystick.cli.common import directory_option, load_sound
from tallystick.cli.complain import complain
from tallystick.contract.load import find_root
from tallystick.contract.workspace import GenerateTarget
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, TallyError, UsageError
from tallystick_codegen.python.package import render_package
from tallystick_codegen.write import check_package, write_package

_PAUSE = 0.3  # seconds; to look at a thousand contracts takes 15 ms


@click.command("generate", short_help="Write typed Python clients.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not what it should be.")
@click.option("--package", metavar="NAME", help="The package to write, instead of those of contracts/tally.yaml.")
@click.option("--out", metavar="DIR", default="src", show_default=True, help="With --package: where it goes.")
@click.option("--watch", is_flag=True, help="Go on: write again when a contract changes, until Ctrl-C.")
@directory_option
def command(*, check: bool, package: str | None, out: str, watch: bool, directory: Path) -> int:
    """Write typed Python clients from the contracts. Only files that change are written.

    \b
    tally generate
    tally generate --check
    tally generate --package shop_events --out lib
    """
    if not watch:
        return _generate(directory, package, out, check=check)
    if check:
        raise UsageError("--check writes nothing, so there is nothing to watch for", fix="leave out one of the two")
    _watch(directory, package, out)
    return EXIT_OK


def _generate(directory: Path, package: str | None, out: str, *, check: bool) -> int:
    root, workspace = load_sound(directory)
    targets = workspace.settings.generate if package is None else (GenerateTarget(package, out),)
    if not targets:
        raise UsageError(
            "what should be generated?", fix="add 'generate' to contracts/tally.yaml, or use --package NAME"
        )
    for target in targets:
        if not (root / target.out).resolve().is_relative_to(root):
            raise UsageError(f"'{target.out}' is outside of {root}", fix="let 'out' stay inside the repository")
    # A list, so that each target has its say.
    sound = [
        (_check if check else _write)(root, target, render_package(workspace.contracts, target.package))
        for target in targets
    ]
    return EXIT_OK if all(sound) else EXIT_FINDINGS


def _check(root: Path, target: GenerateTarget, files: Mapping[str, str]) -> bool:
    differences = check_package(files, root / target.out, target.package)
    for difference in differences:
        click.echo(f"{target.out}/{difference.path}: {difference.reason}")
    click.echo(f"{target.package}: {len(files)} files, {len(differences)} not as they should be")
    return not differences


def _write(root: Path, target: GenerateTarget, files: Mapping[str, str]) -> bool:
    changes = write_package(files, root / target.out, target.package)
    counts = f"{len(changes.written)} written, {len(changes.removed)} removed, {len(changes.unchanged)} as they were"
    click.echo(f"{target.package}: {counts}")
    return True


def _watch(directory: Path, package: str | None, out: str) -> None:
    seen = None
    with suppress(KeyboardInterrupt):
        while True:
            # Looked at before the work: what changes meanwhile is seen the next time.
            now = _state(find_root(directory) / "contracts")
            if now != seen:
                try:
                    _generate(directory, package, out, check=False)
                except TallyError as error:  # a file that is half written: the next change may mend it
                    complain(error)
                sys.stdout.flush()
                seen = now
            time.sleep(_PAUSE)


def _state(contracts: Path) -> frozenset[tuple[str, int, int]]:
    """Return what tells one state of the contracts from another: each file's path, time and size."""
    found = set()
    for path in contracts.rglob("*"):
        with suppress(FileNotFoundError):  # gone since it was listed
            stat = path.stat()
            found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
