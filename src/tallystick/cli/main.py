"""Find the command that was asked for, run it, and turn what goes wrong into a message and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise

import click

from tallystick import __version__
from tallystick.cli.complain import complain
from tallystick.errors import EXIT_FAILED, EXIT_OK, EXIT_USAGE, TallyError, UsageError

COMMANDS = (
    "check",
    "compat",
    "decode",
    "diff",
    "encode",
    "explain",
    "generate",
    "impact",
    "publish",
    "registry",
    "release",
    "serve",
)
EXIT_INTERRUPTED = 130


class _Commands(click.Group):
    """Imports a command's module when it is asked for: `tally check` does not pay for what `tally serve` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"tallystick.cli.{cmd_name}").command
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all good, 1 findings, 2 wrong usage, 3 something failed.",
)
@click.version_option(__version__, "-V", "--version", message="tally %(version)s")
def tally() -> None:
    """Data contracts for Apache Kafka: one schema, typed clients, and a gate that tells who breaks."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    try:
        code = tally.main(args=arguments, prog_name="tally", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        error.show()
        _answer(error, sys.argv[1:] if arguments is None else arguments)
        return EXIT_USAGE
    except TallyError as error:
        complain(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`tally check | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except Exception as error:  # noqa: BLE001  # the last line: a bug of ours is a message, too
        click.echo(f"error: this is a bug in tally: {type(error).__name__}: {error}", err=True)
        click.echo("  fix: report it with the output of the same command under TALLY_DEBUG=1", err=True)
        if os.environ.get("TALLY_DEBUG"):
            traceback.print_exc()
        return EXIT_FAILED
    return code if isinstance(code, int) else EXIT_OK


def _answer(error: click.ClickException, arguments: Sequence[str]) -> None:
    """Print what is wrong with a command line as its own `--output` asks for: whoever parses the answer is owed one."""
    from tallystick.gate.answers.failure import failure  # noqa: PLC0415  # for who asks for it alone

    words = " ".join(arguments).replace("--output=", "--output ").split()
    output = next((form for option, form in pairwise(words) if option == "--output"), "text")
    if answer := failure(UsageError(error.format_message()), output):
        click.echo(answer)
