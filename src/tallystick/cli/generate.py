"""tally generate."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from tallystick.cli.common import directory_option, load_sound
from tallystick.cli.complain import complain
from tallystick.contract.load import find_root
from tallystick.contract.workspace import GenerateTarget, Workspace
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, TallyError, UsageError
from tallystick.gate.diff import changelog, history
from tallystick_codegen.python.package import names_twice, render_package
from tallystick_codegen.python.project import project_version, render_project
from tallystick_codegen.write import EDITED, LEFT_OVER, check_package, write_package

_PAUSE = 0.3  # seconds; to look at a thousand contracts takes 15 ms


@click.command("generate", short_help="Write typed Python clients.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not what it should be.")
@click.option("--package", metavar="NAME", help="The package to write, instead of those of contracts/tally.yaml.")
@click.option("--out", metavar="DIR", default="src", show_default=True, help="With --package: where it goes.")
@click.option("--dist", metavar="DIR", help="Write a project that can be built and published, into this folder.")
@click.option(
    "--repeat",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="With --dist: the same contracts were published N times before, as by an older tally.",
)
@click.option("--watch", is_flag=True, help="Go on: write again when a contract changes, until Ctrl-C.")
@directory_option
def command(
    *, check: bool, package: str | None, out: str, dist: str | None, repeat: int, watch: bool, directory: Path
) -> int:
    """Write typed Python clients from the contracts. Only files that change are written.

    \b
    tally generate
    tally generate --check
    tally generate --package shop_events --out lib
    tally generate --dist build/shop-events --package shop_events
    """
    if repeat and dist is None:
        raise UsageError("--repeat is about a project's version", fix="use it with --dist DIR")
    if dist is not None and not watch:
        return _project(directory, package, Path(dist), repeat, check=check)
    if not watch:
        return _generate(directory, package, out, check=check)
    if check or dist is not None:
        which = "--check" if check else "--dist"
        raise UsageError(f"{which} is done once, so there is nothing to watch for", fix="leave out one of the two")
    _watch(directory, package, out)
    return EXIT_OK


def _project(directory: Path, package: str | None, folder: Path, repeat: int, *, check: bool) -> int:
    root, workspace = load_sound(directory)
    if folder.resolve().is_relative_to((root / "contracts").resolve()):
        raise UsageError(f"{folder} is in contracts/, which holds what people write", fix="choose another folder")
    targets = _targets(workspace, package, "")
    if len(targets) > 1:
        names = ", ".join(target.package for target in targets)
        raise UsageError(f"a project has one package, and there are {names}", fix="choose one with --package NAME")
    name = targets[0].package
    steps = {contract.id: list(history(workspace, contract)) for contract in workspace.contracts}
    unreleased = [id_ for id_, several in steps.items() if not several[0].is_released]
    version = project_version(workspace, unreleased, repeat)
    changes = {id_: list(changelog(several)) for id_, several in steps.items()}
    files = {f"src/{path}": text for path, text in render_package(workspace.contracts, name).items()}
    files |= render_project(workspace.contracts, name, version, changes)
    target = GenerateTarget(f"src/{name}", str(folder))
    done = (_check if check else _write)(Path(), target, files, f"{name.replace('_', '-')} {version}")
    return EXIT_OK if done else EXIT_FINDINGS


def _generate(directory: Path, package: str | None, out: str, *, check: bool) -> int:
    root, workspace = load_sound(directory)
    targets = _targets(workspace, package, out)
    for target in targets:
        if not (root / target.out).resolve().is_relative_to(root):
            raise UsageError(f"'{target.out}' is outside of {root}", fix="let 'out' stay inside the repository")
    # A list, so that each target has its say.
    sound = [
        (_check if check else _write)(root, target, render_package(workspace.contracts, target.package), target.package)
        for target in targets
    ]
    return EXIT_OK if all(sound) else EXIT_FINDINGS


def _targets(workspace: Workspace, package: str | None, out: str) -> Sequence[GenerateTarget]:
    targets = workspace.settings.generate if package is None else (GenerateTarget(package, out),)
    if not targets:
        problem, fix = "what should be generated?", "add 'generate' to contracts/tally.yaml, or use --package NAME"
        raise UsageError(problem, fix=fix)
    return targets


def _check(root: Path, target: GenerateTarget, files: Mapping[str, str], name: str) -> bool:
    differences = check_package(files, root / target.out, target.package)
    for difference in differences:
        click.echo(f"{target.out}/{difference.path}: {difference.reason}")
    click.echo(f"{name}: {len(files)} files, {len(differences)} not as they should be")
    return not differences


def _write(root: Path, target: GenerateTarget, files: Mapping[str, str], name: str) -> bool:
    before = check_package(files, root / target.out, target.package)
    changes = write_package(files, root / target.out, target.package)
    for difference in before:
        if difference.reason in (EDITED, LEFT_OVER):
            what = "was edited by hand, and is written anew" if difference.reason == EDITED else "is removed"
            click.echo(f"{target.out}/{difference.path} {what}")
    for path in changes.written:
        if path.endswith("/__init__.py") and (names := names_twice(files[path])):
            domain = path.removesuffix("/__init__.py").replace("/", ".")
            click.echo(f"note: two modules of {domain} have the names {names}: import these from the modules")
    counts = f"{len(changes.written)} written, {len(changes.removed)} removed, {len(changes.unchanged)} as they were"
    click.echo(f"{name}: {counts}")
    return True


def _watch(directory: Path, package: str | None, out: str) -> None:
    seen = None
    with suppress(KeyboardInterrupt):
        while True:
            # Looked at before the work: what changes meanwhile is seen the next time.
            now = _state(directory)
            if now != seen:
                try:
                    _generate(directory, package, out, check=False)
                except TallyError as error:  # a file that is half written, say: the next change may mend it
                    complain(error)
                sys.stdout.flush()
                seen = now
            time.sleep(_PAUSE)


def _state(directory: Path) -> frozenset[tuple[str, int, int]]:
    """Return what tells one state of the contracts from another: each file's path, time and size."""
    found = set()
    try:
        contracts = find_root(directory) / "contracts"
    except TallyError:  # gone for a moment, as when git changes branches
        return frozenset()
    for path in contracts.rglob("*"):
        with suppress(FileNotFoundError):  # gone since it was listed
            stat = path.stat()
            found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
