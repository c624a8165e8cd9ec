"""Ask a registry for a schema, with all that it refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tallystick.contract.model import AnySchema
from tallystick.registry.model import RegisteredSchema
from tallystick.registry.reading import read_schema

if TYPE_CHECKING:
    from tallystick.registry.client import RegistryClient


def read_registered(client: RegistryClient, registered: RegisteredSchema, main: str | None = None) -> AnySchema:
    """Return the schema of a version. `main` names the message that a topic holds, among several of a .proto file.

    Raises:
        InputError: the text, or one that it refers to, can't be read.
        InvalidSchema: it is in a language that this version does not read.
        RegistryError, RegistryUnavailable: what it refers to is not there, or nobody answers.
    """
    needed: dict[str, RegisteredSchema] = {}
    waiting = list(registered.references)
    while waiting:
        reference = waiting.pop()
        if reference.name not in needed:
            needed[reference.name] = client.version(reference.subject, reference.version)
            waiting += needed[reference.name].references
    return read_schema(registered, needed, main=main)
