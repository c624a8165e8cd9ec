"""Register subjects of one registry in another one, with new ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.errors import NotPublished
from tallystick.registry.client import RegistryClient
from tallystick.registry.transfer.records import Holdings, Key, beside
from tallystick.registry.transfer.restore import as_request, order


def copy(client: RegistryClient, holdings: Holdings) -> Iterator[tuple[Key, Key, int]]:
    """Yield each version, where it is now, and its id there. The target's own level decides; deleted ones are left out.

    A subject's settings follow its last version, as with `tally publish`.

    Raises:
        IncompatibleSchema, RegistryError: the target refuses one. What came before it is there.
    """
    moved: dict[Key, Key] = {}
    live = {key: kept for key, kept in holdings.versions.items() if not kept.deleted}
    for step in order(live):
        for key in step:
            body = _redirected(live[key].body, key.subject, moved)
            schema_id, number = client.send(key.subject, body)
            moved[key] = Key(key.subject, number)
            yield key, moved[key], schema_id
    for subject in sorted({key.subject for key in live}):
        if subject in holdings.settings:
            client.set_config(subject, as_request(holdings.settings[subject]))


def _redirected(body: Mapping[str, Any], subject: str, moved: Mapping[Key, Key]) -> dict[str, Any]:
    """Return a schema that refers to what its references became."""
    if not body.get("references"):
        return dict(body)
    references = []
    for one in body["references"]:
        now = moved.get(Key(beside(subject, one["subject"]), one["version"]))
        if now is None:
            problem = f"'{subject}' refers to version {one['version']} of '{one['subject']}', which was deleted"
            raise NotPublished(problem, fix="`tally registry import --from` brings deleted versions, too")
        references.append({**one, "version": now.version})
    return {**body, "references": references}
