"""Bring all that a registry held into another one: with its ids, deleted versions, settings and modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tallystick.errors import NotPublished, RegistryError, SchemaNotFound, UsageError
from tallystick.registry.client import RegistryClient
from tallystick.registry.transfer.fetch import fetch_some
from tallystick.registry.transfer.records import Holdings, Kept, Key, beside, is_context
from tallystick.registry.transfer.together import Progress, together

IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class Restored:
    """How many versions came, how many were there, and whether the global settings were taken over."""

    registered: int
    there: int
    with_globals: bool


def restore(client: RegistryClient, holdings: Holdings, progress: Progress = lambda _done, _all: None) -> Restored:
    """Bring everything into a registry. What is there already is passed over, so that it can be run again.

    While a subject is brought, it is in mode IMPORT, and nobody else can write to it. Global settings and modes are only
    taken over by a registry that holds nothing else.

    Raises:
        NotPublished: the registry holds something else in a place, or gives another id. Nothing was written in the first case.
        RegistryError: it can't import, or refuses a schema.
    """
    steps = order(holdings.versions)
    alone = set(client.subjects(deleted=True)) <= set(holdings.subjects())
    before = fetch_some(client, holdings)
    together(lambda key: _check_same(client, key, holdings, before), sorted(holdings.versions))
    missing = holdings.versions.keys() - before.versions.keys()
    opened = {key.subject for key in missing}
    together(lambda subject: _open(client, subject, before), sorted(opened), progress)
    for step in steps:
        new = [key for key in step if key in missing]
        together(lambda key: _register(client, key, holdings.versions[key]), new, progress)
    for step in reversed(steps):
        gone = [key for key in step if holdings.versions[key].deleted and not _is_deleted(before, key)]
        together(lambda key: client.delete_version(key.subject, key.version), gone, progress)
    subjects, others = _scopes(holdings)
    together(lambda one: _settle(client, one, holdings, before, opened=one in opened), subjects, progress)
    for scope in others if alone else ():
        _settle(client, scope, holdings, before)
    return Restored(len(missing), len(holdings.versions) - len(missing), alone)


def _scopes(holdings: Holdings) -> tuple[list[str], list[str | None]]:
    """Return the subjects; and the contexts, with everything (None) as the last: its mode may forbid to write."""
    every = {*holdings.settings, *holdings.modes, *holdings.subjects()}
    subjects = sorted(scope for scope in every if scope is not None and not is_context(scope))
    return subjects, sorted(every - set(subjects), key=lambda scope: (scope is None, scope or ""))


def order(versions: Mapping[Key, Kept]) -> list[list[Key]]:
    """Return the versions in steps: each one after those that it refers to, and after the one before it.

    Raises:
        UsageError: some refer to each other in a circle.
    """
    sorter: TopologicalSorter[Key] = TopologicalSorter()
    last: dict[str, Key] = {}
    for key, kept in sorted(versions.items()):
        referred = (Key(beside(key.subject, one.subject), one.version) for one in kept.references())
        sorter.add(key, *(one for one in referred if one in versions))
        if key.subject in last:
            sorter.add(key, last[key.subject])
        last[key.subject] = key
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(str(key) for key in error.args[1])
        raise UsageError(f"schemas refer to each other in a circle: {circle}", fix="export it again") from error
    steps = []
    while sorter.is_active():
        steps.append(sorted(sorter.get_ready()))
        sorter.done(*steps[-1])
    return steps


def _check_same(client: RegistryClient, key: Key, holdings: Holdings, before: Holdings) -> None:
    """Refuse a version that is something else there. Another registry may write the same schema in other words."""
    wanted, there = holdings.versions[key], before.versions.get(key)
    if there is None or (there.id == wanted.id and there.body == wanted.body):
        return
    try:
        if (client.find(key.subject, wanted.body))[0] == wanted.id == there.id:
            return
    except SchemaNotFound:
        pass
    problem = f"{client.url} holds another schema as {key}: its id is {there.id}, not {wanted.id}"
    raise NotPublished(problem, fix="import into an empty registry, or under other subjects with `tally registry copy`")


def _open(client: RegistryClient, subject: str, before: Holdings) -> None:
    """Set a subject to mode IMPORT. With versions, that needs force; without force, deleted ones would go for good."""
    if before.modes.get(subject) == IMPORT:
        return
    there = any(key.subject == subject for key in before.versions)
    try:
        client.set_mode(subject, IMPORT, force=there)
    except RegistryError as error:
        fix = "ids can only be kept by a registry that has the mode IMPORT; `tally registry copy` does without"
        raise NotPublished(f"'{subject}' can't be imported: {error}", fix=fix) from error


def _register(client: RegistryClient, key: Key, kept: Kept) -> None:
    given = client.send(key.subject, {**kept.body, "version": key.version, "id": kept.id})
    if given != (kept.id, key.version):
        problem = f"{client.url} gave {key} the id {given[0]} and the version {given[1]}, instead of id {kept.id}"
        raise NotPublished(problem, fix="import into a registry that keeps ids: this one does not know the mode IMPORT")


def _settle(
    client: RegistryClient, scope: str | None, holdings: Holdings, before: Holdings, *, opened: bool = False
) -> None:
    """Give a subject its own settings and mode. The mode last: it may forbid to write."""
    settings, mode = holdings.settings.get(scope), holdings.modes.get(scope)
    had = IMPORT if opened else before.modes.get(scope)
    if settings is not None and settings != before.settings.get(scope):
        client.set_config(scope, as_request(settings))
    if mode is not None and mode != had:
        client.set_mode(scope, mode, force=mode == IMPORT)
    elif mode is None and had == IMPORT and scope is not None:
        client.delete_mode(scope)


def as_request(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as one sends them: Confluent gives the level another name there."""
    return {"compatibility" if name == "compatibilityLevel" else name: value for name, value in settings.items()}


def _is_deleted(before: Holdings, key: Key) -> bool:
    there = before.versions.get(key)
    return there is not None and there.deleted
