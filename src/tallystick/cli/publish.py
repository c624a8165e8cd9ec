"""tally publish."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import click

from tallystick.cli.common import address, chosen, contracts_argument, directory_option, load_sound, registry_address
from tallystick.cli.complain import complain
from tallystick.contract.model import Contract, Status
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, RegistryError, TallyError, Unavailable
from tallystick.registry.client import RegistryClient
from tallystick.registry.model import RegisteredSchema
from tallystick.registry.whole import Extras, register_schema

PUBLISHED = (Status.ACTIVE, Status.DEPRECATED)
# Registries quote the whole earlier schema in the middle of what is wrong.
_OLD_SCHEMA = re.compile(r", \{oldSchema: '.*?'\}(?=, \{|\])", re.DOTALL)
_ABOUT_THE_SCHEMA = (409, 422)


@click.command("publish", short_help="Register schemas and create missing topics.")
@contracts_argument
@click.option("--registry", metavar="URL", help="The schema registry. Default: the environment's, or TALLY_REGISTRY.")
@click.option(
    "--bootstrap", metavar="HOST:PORT", help="The Kafka cluster. Default: the environment's, or TALLY_BOOTSTRAP."
)
@click.option("--env", "environment", metavar="NAME", help="An environment of contracts/tally.yaml.")
@directory_option
def command(
    contracts: Sequence[str], registry: str | None, bootstrap: str | None, environment: str | None, directory: Path
) -> int:
    """Register schemas with their compatibility level and, where a cluster is named, create missing topics.

    What is there already stays as it is. Contracts that are proposed, draft or retired are passed over.
    One that the registry refuses does not keep the others back: exit code 1, and its name stands in the last line.

    \b
    tally publish --registry http://127.0.0.1:8081
    tally publish commerce.order-placed --env dev
    """
    root, workspace = load_sound(directory)
    url = registry_address(workspace, registry, environment)
    cluster = address(workspace, "bootstrap", bootstrap, environment)
    wanted = chosen(root, workspace, contracts)
    for contract in wanted:
        if contract.status not in PUBLISHED:
            click.echo(f"{contract.id} {contract.version}: passed over, it is {contract.status}")
    waiting = deque(contract for contract in wanted if contract.status in PUBLISHED)
    refused: dict[str, int] = {}
    with RegistryClient(url) as client:
        while waiting:
            contract = waiting[0]
            try:
                _publish(client, contract, cluster)
            except Unavailable:
                # Nobody else would get an answer, either.
                _say_left([*refused, *(one.id for one in waiting)])
                raise
            except _Refused as error:
                complain(error)
                refused[contract.id] = error.exit_code
            waiting.popleft()
    if refused:
        _say_left(list(refused))
    return max(refused.values(), default=EXIT_OK)


class _Refused(TallyError):
    """Someone said no to one contract. The others can be published all the same."""

    def __init__(self, contract: Contract, file: str, error: TallyError) -> None:
        is_about_it = isinstance(error, RegistryError) and error.status in _ABOUT_THE_SCHEMA
        self.exit_code = EXIT_FINDINGS if is_about_it else error.exit_code  # type: ignore[misc]  # here it is this error's own
        said = _OLD_SCHEMA.sub("", str(error))
        super().__init__(f"{contract.id} {contract.version} ({file}) was refused: {said}", fix=error.fix)


def _publish(client: RegistryClient, contract: Contract, cluster: str | None) -> None:
    file = contract.document.path
    try:
        # The level last: a schema that is refused must not leave the subject with a weaker one.
        if contract.key.schema is not None:
            file = contract.key.schema.document.path
            key = register_schema(client, contract.key_subject, contract.key.schema)
            client.set_level(contract.key_subject, contract.compatibility)
            _say_registered(contract, key)
        file = contract.schema.document.path
        extras = Extras(contract.metadata, contract.rule_set)
        registered = register_schema(client, contract.subject, contract.schema, extras)
        client.set_level(contract.subject, contract.compatibility, contract.compatibility_group)
        _say_registered(contract, registered)
        file = contract.document.path
        if cluster is not None:
            _create_topic(cluster, client.url, contract)
    except Unavailable:
        raise
    except TallyError as error:
        raise _Refused(contract, file, error) from None


def _say_left(contracts: Sequence[str]) -> None:
    counted = "1 contract is" if len(contracts) == 1 else f"{len(contracts)} contracts are"
    click.echo(f"{counted} not published: {', '.join(contracts)}", err=True)


def _say_registered(contract: Contract, registered: RegisteredSchema) -> None:
    click.echo(
        f"{contract.id} {contract.version}: subject {registered.subject} version {registered.version}, "
        f"schema id {registered.id}, {contract.compatibility}"
    )


def _create_topic(cluster: str, url: str, contract: Contract) -> None:
    # Here and not above: librdkafka is a large library, and publishing schemas alone does not need it.
    from tallystick.kafka.admin import ensure_topic  # noqa: PLC0415
    from tallystick.kafka.settings import Settings  # noqa: PLC0415

    # TLS and SASL come from the environment, as for producers and consumers.
    settings = Settings.from_environment({**os.environ, "TALLY_BOOTSTRAP": cluster, "TALLY_REGISTRY": url})
    created = ensure_topic(settings, contract.topic)
    state = f"created with {contract.topic.partitions} partitions" if created else "was there already"
    click.echo(f"{contract.id} {contract.version}: topic {contract.topic.name} {state}")
