"""What the commands of `tally registry` share: which registry they mean, and how far they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tallystick.cli.common import load, registry_address
from tallystick.errors import UsageError
from tallystick.registry.client import Access
from tallystick.registry.transfer.together import Progress

OTHER = "TALLY_OTHER_"

registry_option = click.option(
    "--registry", metavar="URL", help="The schema registry. Default: the environment's, or TALLY_REGISTRY."
)
environment_option = click.option(
    "--env", "environment", metavar="NAME", help="An environment of contracts/tally.yaml."
)


def address(registry: str | None, environment: str | None) -> str:
    """Return the URL of the registry that was meant; contracts are only looked for where an environment is named.

    Raises:
        UsageError: none was.
    """
    if registry is None and environment is not None:
        return registry_address(load(Path())[1], None, environment)
    url = registry or os.environ.get("TALLY_REGISTRY")
    if not url:
        raise UsageError("which registry?", fix="set TALLY_REGISTRY, or name one with --registry or --env")
    return url


def other_access() -> Access:
    """Return how to log in to the second registry of a command: what TALLY_OTHER_TOKEN and its like say."""
    return Access.from_environment(OTHER)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """Show on a terminal how far we are, and leave no trace of it."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return

    def show(done: int, every: int) -> None:
        click.echo(f"\r\x1b[K{label} {done} of {every}", nl=False, err=True)

    try:
        yield show
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)
