"""tally serve."""

from __future__ import annotations

from pathlib import Path

import click

from tallystick.errors import EXIT_OK


@click.command("serve", short_help="Run a schema registry.")
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("registry.db"),
    show_default=True,
    help="The SQLite file that keeps everything.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="0 takes a free one.")
def command(store: Path, host: str, port: int) -> int:
    """Run a schema registry that speaks Confluent's REST API, until it is interrupted.

    \b
    tally serve
    tally serve --store /var/lib/tally/registry.db --port 8082
    """
    # Here and not above: a web server is no part of the other commands' start.
    from tallystick.server.run import serve  # noqa: PLC0415

    serve(store, host, port, on_ready=lambda url: click.echo(f"registry on {url}, kept in {store}"))
    return EXIT_OK
