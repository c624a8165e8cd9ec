"""tally serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tallystick.errors import EXIT_OK, UsageError


@click.command("serve", short_help="Run a schema registry.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="A YAML file of settings.")
@click.option(
    "--store",
    metavar="FILE|URL",
    help="What keeps everything: a SQLite file, or postgresql://user@host/database for several nodes.  "
    "[default: registry.db]",
)
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes a free one.  [default: 8081]")
@click.option(
    "--read-only", is_flag=True, default=None, help="Answer questions, and refuse whatever changes something."
)
@click.option("--hash-password", is_flag=True, help="Ask for a password, print its hash for 'auth.users', and end.")
@click.option("--new-token", is_flag=True, help="Print a new token and its hash for 'auth.tokens', and end.")
def command(config: Path | None, *, hash_password: bool, new_token: bool, **flags: Any) -> int:
    """Run a schema registry that speaks Confluent's REST API, until it is interrupted.

    A setting comes from an option here, or else from the environment (TALLY_SERVE_PORT, TALLY_SERVE_TLS_KEY, ...), or
    else from the file of --config. docs/registry.md names all of them.

    \b
    tally serve
    tally serve --store /var/lib/tally/registry.db --port 8082
    tally serve --store postgresql://tally:password@db.example.org/registry --host 0.0.0.0
    tally serve --config registry.yaml
    """
    if hash_password or new_token:
        _print_secret(is_token=new_token)
        return EXIT_OK
    # Here and not above: a web server is no part of the other commands' start.
    from tallystick.server.configure import load_settings  # noqa: PLC0415
    from tallystick.server.logs import log_to_stderr  # noqa: PLC0415
    from tallystick.server.run import serve  # noqa: PLC0415

    settings = load_settings(config, flags)
    log_to_stderr(settings.log)
    serve(
        settings,
        on_ready=lambda url, place: click.echo(f"registry on {url}, kept in {place}"),
        reread=lambda: load_settings(config, flags),
    )
    return EXIT_OK


def _print_secret(*, is_token: bool) -> None:
    from tallystick.server import hashes  # noqa: PLC0415  # for who asks for it alone

    if is_token:
        token = hashes.new_token()
        click.echo(f"token: {token}\nhash: {hashes.token_hash(token)}")
        return
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("an empty password would let everyone in", fix="write it to standard input")
    click.echo(f"hash: {hashes.password_hash(password)}")
