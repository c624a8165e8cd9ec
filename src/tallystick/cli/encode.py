"""tally encode."""

from __future__ import annotations

from typing import Any

import click

from tallystick.cli.byte_forms import WRITE
from tallystick.cli.common import load_sound, one, registry_address
from tallystick.cli.converting import Wanted, convert_all, with_options
from tallystick.errors import EncodeError, InvalidJson, NotPublished, SchemaNotFound, SubjectNotFound
from tallystick.registry.client import RegistryClient
from tallystick.registry.whole import lookup_schema
from tallystick.runtime.convert import Framing, encoder
from tallystick.schema.json_text import read_json


@click.command("encode", short_help="Turn JSON lines into messages' bytes.")
@click.argument("contract")
@click.option(
    "--id", "schema_id", type=click.IntRange(0, 2**31 - 1), help="The schema's id, without asking a registry."
)
@click.option("--rules/--no-rules", default=True, show_default=True, help="Ask the contract's rules of each message.")
@with_options
def command(*, contract: str, schema_id: int | None, rules: bool, wanted: Wanted) -> int:
    """Turn JSON, a message a line, into the bytes of messages of the contract.

    JSON is Avro's own encoding, or Protobuf's mapping. A line that does not fit, or that breaks a rule, ends the work.

    \b
    tally encode commerce.order-placed --registry http://127.0.0.1:8081 --file orders.jsonl
    tally encode commerce.order-placed --id 7 --file orders.jsonl
    tally encode commerce.order-placed --framing bare --as hex --file orders.jsonl
    jq -c '.[]' orders.json | tally encode commerce.order-placed --id 7
    """
    root, workspace = load_sound(wanted.directory)
    found = one(root, workspace, contract)
    schema = wanted.schema_of(found)
    subject = found.key_subject if wanted.of_key else found.subject

    def known_id() -> int:
        if schema_id is not None:
            return schema_id
        with RegistryClient(registry_address(workspace, wanted.registry, wanted.environment)) as client:
            try:
                return lookup_schema(client, subject, schema).id
            except (SubjectNotFound, SchemaNotFound) as error:
                missing = f"the registry does not have {found.id} {found.version} under '{subject}'"
                raise NotPublished(missing, fix=f"run tally publish {found.id}, or say --id") from error

    asked = [rule for rule in found.client_rules if rule.stops("WRITE")] if rules and not wanted.of_key else []
    encode, write = encoder(schema, Framing(wanted.framing), known_id, asked), WRITE[wanted.form]
    lines = ((f"line {number}", line) for number, line in enumerate(wanted.file, start=1) if line.strip())
    return convert_all(lines, lambda line: write(encode(_json(line))), keep_going=wanted.keep_going)


def _json(line: bytes) -> Any:
    try:
        return read_json(line.decode().strip(), "JSON")
    except UnicodeDecodeError as error:
        raise EncodeError("", f"byte {error.start + 1} is not UTF-8") from None
    except InvalidJson as error:
        raise EncodeError("", f"column {error.column}: {error.message}", fix=error.fix) from None
