"""What several commands share: the workspace, the environment, and how contracts are chosen."""

from __future__ import annotations

import gc
import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from tallystick.cli.complain import complain
from tallystick.contract.load import find_root, load_workspace
from tallystick.contract.model import Contract
from tallystick.contract.tree import Folder
from tallystick.contract.workspace import Workspace
from tallystick.errors import InvalidContract, NoContracts, UsageError

directory_option = click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Look for contracts/ here and above, instead of in the current folder.",
)
contracts_argument = click.argument("contracts", nargs=-1, metavar="[CONTRACT]...")


def load(directory: Path) -> tuple[Path, Workspace]:
    """Return the folder that holds `contracts/`, and what is in it."""
    root = find_root(directory)
    return root, load_workspace(Folder(root))


def load_sound(directory: Path) -> tuple[Path, Workspace]:
    """Return the same, for commands that need every contract.

    Raises:
        InvalidContract: a file can't be read; all such files are shown.
        NoContracts: there is none.
    """
    root, workspace = load(directory)
    if workspace.problems:
        *others, last = workspace.problems
        for problem in others:
            complain(problem)
        raise last
    if not workspace.contracts:
        raise NoContracts("contracts/ has no contract in it", fix=f"see tally explain {InvalidContract.code}")
    return root, workspace


def chosen(root: Path, workspace: Workspace, wanted: Sequence[str]) -> tuple[Contract, ...]:
    """Return the contracts of some ids or paths; all for none."""
    return tuple(one(root, workspace, name) for name in wanted) if wanted else workspace.contracts


def one(root: Path, workspace: Workspace, name: str) -> Contract:
    """Return the contract of an id, or of a path that leads to it or into it: from its root, or from where we are.

    Raises:
        UnknownContract: there is none.
    """
    paths = [posixpath.normpath(name.replace(os.sep, "/"))]
    here = Path(name).resolve()
    if here.is_relative_to(root):
        paths.append(here.relative_to(root).as_posix())
    found = (c for path in paths for c in workspace.contracts if f"{path}/".startswith(f"{c.folder}/"))
    return next(found, None) or workspace.contract(name)


def address(workspace: Workspace, kind: str, given: str | None, environment: str | None) -> str | None:
    """Return the address of a `registry` or `bootstrap`: as given, else the environment's, else TALLY_REGISTRY's.

    Raises:
        UsageError: there is no environment of that name, or it needs a variable that is not set.
    """
    if given is not None:
        return given
    if environment is None:
        return os.environ.get(f"TALLY_{kind.upper()}")
    known = workspace.settings.environments
    if environment not in known:
        raise UsageError(f"no environment '{environment}'", fix=f"known in contracts/tally.yaml: {', '.join(known)}")
    value: str | None = getattr(known[environment], kind)
    return None if value is None else _expanded(value, os.environ)


def registry_address(workspace: Workspace, given: str | None, environment: str | None) -> str:
    """Return a registry's address, found as `address` finds it.

    Raises:
        UsageError: nobody named one.
    """
    url = address(workspace, "registry", given, environment)
    if url is None:
        raise UsageError(
            "which registry?", fix="set TALLY_REGISTRY, or name an environment of contracts/tally.yaml that has one"
        )
    return url


@contextmanager
def uncollected() -> Iterator[None]:
    """Do without garbage collection: a check builds one large graph, keeps all of it, and ends. Saves a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nothing of it is garbage: without this, the first collection would look at all of it
        if was_on:
            gc.enable()


def _expanded(value: str, variables: Mapping[str, str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        if match[1] not in variables:
            raise UsageError(f"the environment variable {match[1]} is not set", fix=f"export {match[1]}=…")
        return variables[match[1]]

    return re.sub(r"\$\{([A-Z_][A-Z0-9_]*)\}", replaced, value)
