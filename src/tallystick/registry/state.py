"""What a registry's log replays to: subjects and their versions, ids, settings, modes and contexts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.identity import Identity, guid, identity
from tallystick.registry.model import (
    Access,
    ContextDeleted,
    Event,
    LevelSet,
    ModeSet,
    RegisteredSchema,
    SchemaRegistered,
    SettingsSet,
    VersionsDeleted,
)
from tallystick.registry.names import (
    DEFAULT_CONTEXT,
    EVERYWHERE,
    beside,
    context_of,
    qualified,
    scopes,
    split,
    version_number,
)
from tallystick.registry.settings import LEVEL, NOTHING, Settings

_Place: TypeAlias = tuple[str, int]
_Key = TypeVar("_Key")


@dataclass(slots=True)
class _Ids:
    """The ids of one context. An id that was given is never given to another schema, whatever is deleted."""

    highest: int = 0
    places: dict[int, dict[_Place, None]] = field(default_factory=dict)
    known: dict[Identity, int] = field(default_factory=dict)
    guids: dict[str, int] = field(default_factory=dict)


class State:
    """Subjects are named as they are kept. Versions that are deleted, and not for good, are there and say so."""

    def __init__(self) -> None:
        self.subjects: dict[str, dict[int, RegisteredSchema]] = {}
        self.settings: dict[str | None, Settings] = {}
        self.modes: dict[str | None, Access] = {}
        self.contexts: dict[str, _Ids] = {DEFAULT_CONTEXT: _Ids()}
        self._listed: set[str] = set()
        self._referrers: dict[_Place, set[_Place]] = {}

    def apply(self, event: Event) -> None:
        """Take in what was decided. Events carry outcomes: they are believed."""
        match event:
            case SchemaRegistered():
                self._register(event)
            case VersionsDeleted(subject, versions, permanent):
                for version in versions:
                    self._delete(subject, version, permanent=permanent)
            case SettingsSet(subject, settings):
                _put(self.settings, subject, settings)
            case LevelSet(subject, level):
                _put(self.settings, subject, None if level is None else {LEVEL: level})
            case ModeSet(subject, mode):
                _put(self.modes, subject, mode)
            case ContextDeleted(context):
                self._listed.discard(context)

    def _register(self, event: SchemaRegistered) -> None:
        self._forget(event.subject, event.version)
        kept = RegisteredSchema(
            subject=event.subject,
            version=event.version,
            id=event.id,
            text=event.text,
            metadata=event.metadata,
            schema_type=event.schema_type,
            references=event.references,
            rule_set=event.rule_set,
        )
        versions = self.subjects.setdefault(event.subject, {})
        is_last = not versions or event.version > next(reversed(versions))
        versions[event.version] = kept
        if not is_last:
            self.subjects[event.subject] = dict(sorted(versions.items()))
        context = context_of(event.subject)
        self._listed.add(context)
        ids = self.contexts.setdefault(context, _Ids())
        ids.highest = max(ids.highest, event.id)
        ids.places.setdefault(event.id, {})[event.subject, event.version] = None
        ids.known[identity(kept)] = event.id
        ids.guids[guid(kept)] = event.id
        self._refer(kept)

    def _refer(self, kept: RegisteredSchema) -> None:
        for reference in kept.references:
            place = beside(kept.subject, reference.subject), reference.version
            self._referrers.setdefault(place, set()).add((kept.subject, kept.version))

    def _delete(self, subject: str, version: int, *, permanent: bool) -> None:
        if permanent:
            self._forget(subject, version)
        else:
            self.subjects[subject][version] = replace(self.subjects[subject][version], deleted=True)

    def _forget(self, subject: str, version: int) -> None:
        old = self.subjects.get(subject, {}).pop(version, None)
        if old is None:
            return
        if not self.subjects[subject]:
            del self.subjects[subject]
        for reference in old.references:
            self._referrers[beside(subject, reference.subject), reference.version].discard((subject, version))
        ids = self.contexts[context_of(subject)]
        del ids.places[old.id][subject, version]
        if not ids.places[old.id]:
            del ids.places[old.id]
            _drop(ids.known, identity(old), old.id)
            _drop(ids.guids, guid(old), old.id)

    def versions(self, subject: str, *, deleted: bool = False) -> list[RegisteredSchema]:
        """Return the versions of a subject, oldest first; `deleted` adds those that are deleted."""
        return [known for known in self.subjects.get(subject, {}).values() if deleted or not known.deleted]

    def choose(self, subject: str, version: int | str, *, deleted: bool = False) -> RegisteredSchema | None:
        """Return a version of a subject, if it is there. Nothing that is deleted is the latest."""
        number = version_number(version)
        if number is None:
            return next(reversed(self.versions(subject)), None)
        known = self.subjects.get(subject, {}).get(number)
        return known if known is not None and (deleted or not known.deleted) else None

    def ids(self, context: str) -> _Ids:
        """Return the ids of a context, which need not be there."""
        return self.contexts.get(context) or _Ids()

    def by_id(self, context: str, schema_id: int) -> list[RegisteredSchema]:
        """Return all versions that have an id."""
        places = self.ids(context).places.get(schema_id, {})
        return [self.subjects[subject][version] for subject, version in places]

    def referrers(self, subject: str, version: int, *, deleted: bool = False) -> list[RegisteredSchema]:
        """Return the versions that refer to one."""
        places = self._referrers.get((subject, version), set())
        found = [self.subjects[name][number] for name, number in sorted(places)]
        return [known for known in found if deleted or not known.deleted]

    def check_unreferenced(self, subject: str, versions: Iterable[int]) -> None:
        """Raise ReferenceExists where another version refers to one of these."""
        for version in versions:
            if self.referrers(subject, version):
                raise errors.ReferenceExists(subject, version)

    def all_contexts(self) -> list[str]:
        """Return the names of all contexts: the default one, then all that a schema was registered in."""
        return [DEFAULT_CONTEXT, *sorted(self._listed - {DEFAULT_CONTEXT})]

    def everywhere(self, subject: str) -> Iterator[str]:
        """Yield a subject; and if it names no context, then the same one in all others."""
        yield subject
        context, name = split(subject)
        if context == DEFAULT_CONTEXT:
            yield from (qualified(other, name) for other in self.all_contexts()[1:])

    def within(self, scope: str | None) -> list[str]:
        """Return the subjects that a scope of settings is about."""
        if scope == EVERYWHERE:
            return list(self.subjects)
        context, name = split(scope or "")
        return [known for known in self.subjects if (known == scope if name else context_of(known) == context)]

    def settings_for(self, subject: str | None) -> Settings:
        """Return the settings that hold for a subject: the nearest. A level that they leave open is the next one's."""
        found = [self.settings[scope] for scope in scopes(subject) if scope in self.settings]
        level = next((one[LEVEL] for one in found if LEVEL in one), NOTHING[LEVEL])
        return {**next(iter(found), {}), LEVEL: Mode(level)}  # in the log it is a text

    def mode_for(self, subject: str | None) -> Access:
        """Return the mode that a subject is in."""
        everywhere = (self.modes.get(None), self.modes.get(EVERYWHERE))
        if Access.READONLY_OVERRIDE in everywhere:
            return Access.READONLY_OVERRIDE
        return next((self.modes[scope] for scope in scopes(subject) if scope in self.modes), Access.READWRITE)

    def resolved(self, subject: str) -> str:
        """Return the subject that an alias stands for, or the subject itself."""
        alias = self.settings.get(subject, {}).get("alias")
        return beside(subject, alias) if alias else subject


def _drop(table: dict[_Key, int], key: _Key, schema_id: int) -> None:
    if table.get(key) == schema_id:  # another id may have the same schema: imports say which one counts
        del table[key]


def _put(table: dict[str | None, Any], key: str | None, value: Mapping[str, Any] | Access | None) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
