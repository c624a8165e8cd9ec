"""tally decode."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import click

from tallystick.cli.byte_forms import LINES, READ
from tallystick.cli.common import load_sound, one, registry_address
from tallystick.cli.converting import Wanted, convert_all, with_options
from tallystick.cli.registry_address import address
from tallystick.contract.model import AnySchema, Contract
from tallystick.contract.workspace import Workspace
from tallystick.registry.client import RegistryClient
from tallystick.registry.whole import read_registered
from tallystick.runtime.convert import Decoder, Framing


@click.command("decode", short_help="Turn messages' bytes into JSON lines.")
@click.argument("contract", required=False)
@with_options
def command(*, contract: str | None, wanted: Wanted) -> int:
    """Turn messages' bytes into JSON, a message a line: as CONTRACT has them, else each as its writer had it.

    The registry tells what wrote a message. JSON is Avro's own encoding, or Protobuf's mapping.

    \b
    tally decode commerce.order-placed --registry http://127.0.0.1:8081 --file orders.base64
    tally decode --registry http://127.0.0.1:8081 --as raw --file order.bin
    kcat -C -b localhost -t orders.v1 -e -f '%R%s' | tally decode --as sized
    """
    workspace: Workspace | None = None
    own: tuple[AnySchema, ...] = ()
    if contract is not None:
        root, workspace = load_sound(wanted.directory)
        own = (*_schemas(workspace, one(root, workspace, contract), wanted),)
    with ExitStack() as stack:
        opened: list[RegistryClient] = []

        def by_id(schema_id: int) -> AnySchema:
            if not opened:
                opened.append(stack.enter_context(RegistryClient(_registry(workspace, wanted))))
            return read_registered(opened[0], opened[0].schema(schema_id))

        decode = Decoder(Framing(wanted.framing), own[0] if own else None, by_id, own)
        messages = READ[wanted.form](wanted.file)
        if wanted.form in LINES and wanted.framing != Framing.BARE.value:
            # An empty line is a message only where nothing stands before a payload.
            messages = (message for message in messages if message[1])
        return convert_all(messages, lambda data: _line(decode(data)), keep_going=wanted.keep_going)


def _schemas(workspace: Workspace, contract: Contract, wanted: Wanted) -> Iterator[AnySchema]:
    """Yield the schema of a contract, then those of its releases."""
    yield wanted.schema_of(contract)
    for release in workspace.released(contract.id):
        if release.contract.key.schema or not wanted.of_key:
            yield wanted.schema_of(release.contract)


def _registry(workspace: Workspace | None, wanted: Wanted) -> str:
    if workspace is None:
        return address(wanted.registry, wanted.environment)
    return registry_address(workspace, wanted.registry, wanted.environment)


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
