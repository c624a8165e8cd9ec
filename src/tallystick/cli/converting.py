"""What `tally encode` and `tally decode` share: their options, and what to do about a message that does not fit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from tallystick.cli.byte_forms import READ
from tallystick.cli.common import directory_option
from tallystick.cli.complain import complain
from tallystick.cli.registry_address import environment_option, registry_option
from tallystick.contract.model import AnySchema, Contract
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, CodecError, InputError, NotConverted, SchemaNotFound, UsageError
from tallystick.runtime.convert import Framing


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the options say."""

    file: BinaryIO
    framing: str
    form: str
    of_key: bool
    keep_going: bool
    registry: str | None
    environment: str | None
    directory: Path

    def schema_of(self, contract: Contract) -> AnySchema:
        """Return the schema of a contract's values, or of its keys.

        Raises:
            UsageError: its keys have none.
        """
        if not self.of_key:
            return contract.schema
        if contract.key.schema is None:
            raise UsageError(f"the keys of {contract.id} are plain strings, without a schema", fix="leave out --key")
        return contract.key.schema


_OPTIONS: tuple[Callable[[Callable[..., int]], Callable[..., int]], ...] = (
    click.option(
        "-f", "--file", type=click.File("rb"), default="-", help="Read from here, in place of standard input."
    ),
    click.option(
        "--framing",
        type=click.Choice([framing.value for framing in Framing]),
        default=Framing.REGISTRY.value,
        show_default=True,
        help="What stands before the payload: Confluent's header, Avro's fingerprint, or nothing.",
    ),
    click.option(
        "--as",
        "form",
        type=click.Choice(list(READ)),
        default=next(iter(READ)),
        show_default=True,
        help="How bytes are written: a line each; with four bytes of length in front; one message as it is.",
    ),
    click.option("--key", "of_key", is_flag=True, help="Keys, in place of values."),
    click.option("--keep-going", is_flag=True, help="Leave out what does not fit, say so, and exit with 1 at the end."),
    registry_option,
    environment_option,
    directory_option,
)


def with_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command these options, as an argument `wanted`."""

    @wraps(command)
    def run(**given: Any) -> int:
        own = {name: given.pop(name) for name in [*given] if name not in Wanted.__dataclass_fields__}
        return command(wanted=Wanted(**given), **own)

    made: Callable[..., int] = run
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


def convert_all(messages: Iterable[tuple[str, bytes]], convert: Callable[[bytes], bytes], *, keep_going: bool) -> int:
    """Write each message converted to standard output; return the exit code. Each has a name for what is said of it.

    Raises:
        NotConverted: one does not fit, and `keep_going` is not set. What stood before it was written.
    """
    code, out = EXIT_OK, sys.stdout.buffer
    for name, message in messages:
        try:
            out.write(convert(message))
        except (CodecError, InputError, SchemaNotFound) as error:
            said = NotConverted(name, str(error), fix=error.fix)
            if not keep_going:
                out.flush()
                raise said from None
            complain(said)
            code = EXIT_FINDINGS
    out.flush()
    return code
