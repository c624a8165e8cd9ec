"""tally serve."""

from __future__ import annotations

import click

from tallystick.errors import EXIT_OK


@click.command("serve", short_help="Run a schema registry.")
@click.option(
    "--store",
    metavar="FILE|URL",
    default="registry.db",
    show_default=True,
    help="What keeps everything: a SQLite file, or postgresql://user@host/database for several nodes.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="0 takes a free one.")
def command(store: str, host: str, port: int) -> int:
    """Run a schema registry that speaks Confluent's REST API, until it is interrupted.

    \b
    tally serve
    tally serve --store /var/lib/tally/registry.db --port 8082
    tally serve --store postgresql://tally:password@db.example.org/registry --host 0.0.0.0
    """
    # Here and not above: a web server is no part of the other commands' start.
    from tallystick.server.run import serve  # noqa: PLC0415

    serve(store, host, port, on_ready=lambda url, place: click.echo(f"registry on {url}, kept in {place}"))
    return EXIT_OK
