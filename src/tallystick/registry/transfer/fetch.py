"""Read all that a registry holds: any that speaks Confluent's REST API, with what it has of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from tallystick.errors import NotPublished, RegistryError, SubjectNotFound
from tallystick.registry.client import RegistryClient
from tallystick.registry.transfer.records import MEMBERS, Holdings, Kept, Key, beside
from tallystick.registry.transfer.together import Progress, together

T = TypeVar("T")
_NOT_FOUND = 404
_UNKNOWN = (400, _NOT_FOUND, 422)


def fetch(client: RegistryClient, progress: Progress = lambda _done, _all: None) -> Holdings:
    """Return all contexts, versions (deleted ones too), settings and modes.

    Raises:
        RegistryUnavailable, RegistryError: it can't be read, or it refuses.
    """
    contexts = [f":{name}:" for name in _if_known(client.contexts) if name != "."]
    listed = together(lambda prefix: client.subjects(prefix=prefix, deleted=True), ["", *contexts])
    subjects = {subject for some in listed for subject in some}
    # Aliases, and subjects whose schemas are still to come. Only our registry tells; from others these stay behind.
    configured = set(_if_known(lambda: client.subjects(configured=True))) - subjects
    return _of(client, subjects, [*sorted(configured.union(contexts)), None], progress)


def fetch_some(client: RegistryClient, like: Holdings) -> Holdings:
    """Return what a registry has in the places of some holdings: the same subjects and contexts, and the global settings."""
    subjects = like.subjects()
    scopes = {*like.settings, *like.modes} - set(subjects)
    return _of(client, subjects, scopes, lambda _done, _all: None)


def fetch_needed(client: RegistryClient, subjects: Collection[str], progress: Progress) -> Holdings:
    """Return some subjects that must be there, and those that they refer to, all the way down.

    Raises:
        SubjectNotFound: the registry does not have one.
    """
    found = _of(client, subjects, (), progress)
    for subject in subjects:
        if not any(key.subject == subject for key in found.versions):
            raise SubjectNotFound(subject)
    while True:
        known = set(found.subjects())
        referred = {
            beside(key.subject, one.subject) for key, kept in found.versions.items() for one in kept.references()
        }
        if referred <= known:
            return found
        more = _of(client, referred - known, (), progress)
        if not more.versions:
            missing = min(referred - known)
            raise NotPublished(
                f"a schema refers to '{missing}', which the registry does not have", fix="publish it first"
            )
        found = Holdings({**found.versions, **more.versions}, {**found.settings, **more.settings}, found.modes)


def _of(
    client: RegistryClient, subjects: Collection[str], scopes: Collection[str | None], progress: Progress
) -> Holdings:
    def one(subject: str) -> Mapping[Key, Kept]:
        return _versions(client, subject)

    def settings_of(scope: str | None) -> tuple[str | None, Mapping[str, Any] | None, str | None]:
        return scope, _if_there(client.config, scope), _if_there(client.mode, scope)

    found = together(one, sorted(subjects), progress)
    # A subject may be called nothing at all; its settings would be asked for where the global ones are.
    own = together(settings_of, [*filter(None, subjects), *scopes], progress)
    return Holdings(
        {key: kept for some in found for key, kept in some.items()},
        {scope: settings for scope, settings, _ in own if settings is not None},
        {scope: mode for scope, _, mode in own if mode is not None},
    )


def _versions(client: RegistryClient, subject: str) -> Mapping[Key, Kept]:
    every = _numbers(client, subject, deleted=True)
    live = _numbers(client, subject, deleted=False)
    found = {}
    for number in every:
        answer = client.described(subject, number)
        body = {name: answer[name] for name in MEMBERS if answer.get(name) not in (None, [], {})}
        found[Key(subject, number)] = Kept(int(answer["id"]), body, number not in live)
    return found


def _numbers(client: RegistryClient, subject: str, *, deleted: bool) -> list[int]:
    try:
        return client.versions(subject, deleted=deleted)
    except SubjectNotFound:
        return []


def _if_known(call: Callable[[], list[str]]) -> list[str]:
    """Return a list; an empty one, where a registry does not know what it is asked for."""
    try:
        return call()
    except RegistryError as error:
        if error.status not in _UNKNOWN:
            raise
        return []


def _if_there(call: Callable[[str | None], T], scope: str | None) -> T | None:
    try:
        return call(scope)
    except RegistryError as error:
        if error.status != _NOT_FOUND:
            raise
        return None
