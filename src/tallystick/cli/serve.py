"""tally serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tallystick.errors import EXIT_OK


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
def command(config: Path | None, **flags: Any) -> int:
    """Run a schema registry that speaks Confluent's REST API, until it is interrupted.

    A setting comes from an option here, or else from the environment (TALLY_SERVE_PORT, TALLY_SERVE_TLS_KEY, ...), or
    else from the file of --config. docs/registry.md names all of them.

    \b
    tally serve
    tally serve --store /var/lib/tally/registry.db --port 8082
    tally serve --store postgresql://tally:password@db.example.org/registry --host 0.0.0.0
    tally serve --config registry.yaml
    """
    # Here and not above: a web server is no part of the other commands' start.
    from tallystick.server.configure import load_settings  # noqa: PLC0415
    from tallystick.server.logs import log_to_stderr  # noqa: PLC0415
    from tallystick.server.run import serve  # noqa: PLC0415

    settings = load_settings(config, flags)
    log_to_stderr(settings.log)
    serve(settings, on_ready=lambda url, place: click.echo(f"registry on {url}, kept in {place}"))
    return EXIT_OK
