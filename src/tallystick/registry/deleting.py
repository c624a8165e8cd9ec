"""Decide what a deletion does: first a version is hidden, then it may be deleted for good."""

from __future__ import annotations

from collections.abc import Iterable

from tallystick import errors
from tallystick.registry.model import Event, ModeSet, SettingsSet, VersionsDeleted
from tallystick.registry.names import DEFAULT_CONTEXT, context_of, split
from tallystick.registry.state import State


def delete_subject(state: State, subject: str, *, permanent: bool) -> tuple[list[Event], list[int]]:
    """Return the events of deleting a subject, and the versions that go."""
    check_writable(state, subject)
    if not state.versions(subject, deleted=True):
        raise errors.SubjectNotFound(subject)
    known = state.versions(subject, deleted=permanent)
    if not known:
        raise errors.SubjectSoftDeleted(subject)
    versions = [one.version for one in known]
    state.check_unreferenced(subject, versions)
    if permanent and not all(one.deleted for one in known):
        raise errors.SubjectNotSoftDeleted(subject)
    return _deleted(state, subject, versions, permanent=permanent), versions


def delete_version(state: State, subject: str, version: int | str, *, permanent: bool) -> tuple[list[Event], int]:
    """Return the events of deleting a version, and its number."""
    check_writable(state, subject)
    known = state.choose(subject, version, deleted=True)
    if known is None:
        raise errors.VersionNotFound(version) if subject in state.subjects else errors.SubjectNotFound(subject)
    if known.deleted and not permanent:
        raise errors.VersionSoftDeleted(subject, known.version)
    state.check_unreferenced(subject, [known.version])
    if permanent and not known.deleted:
        raise errors.VersionNotSoftDeleted(subject, known.version)
    return _deleted(state, subject, [known.version], permanent=permanent), known.version


def purge(state: State, subjects: Iterable[str]) -> list[Event]:
    """Return the events after which nothing is left of subjects, all of whose versions are hidden."""
    events: list[Event] = []
    for subject in subjects:
        versions = [one.version for one in state.versions(subject, deleted=True)]
        state.check_unreferenced(subject, versions)
        events.append(VersionsDeleted(subject, tuple(versions), permanent=True))
    return events


def check_context_empty(state: State, context: str) -> None:
    """Raise ContextNotEmpty where a context has subjects, deleted ones too; NotPermitted if it can't be deleted."""
    if context == DEFAULT_CONTEXT:
        raise errors.NotPermitted("The default context can't be deleted")
    if any(context_of(subject) == context for subject in state.subjects):
        raise errors.ContextNotEmpty(context)


def check_writable(state: State, scope: str | None) -> None:
    """Raise NotPermitted where nothing may be written: to a subject, a context, or (None) the default one."""
    if state.mode_for(scope).is_readonly:
        context, name = split(scope or "")
        what = f"Subject {scope} in context {context}" if name else f"Context {context}"
        raise errors.NotPermitted(f"{what} is in read-only mode")


def _deleted(state: State, subject: str, versions: list[int], *, permanent: bool) -> list[Event]:
    events: list[Event] = [VersionsDeleted(subject, tuple(versions), permanent)]
    if permanent and len(versions) == len(state.subjects[subject]):
        events += [SettingsSet(subject, None)] if subject in state.settings else []
        events += [ModeSet(subject, None)] if subject in state.modes else []
    return events
