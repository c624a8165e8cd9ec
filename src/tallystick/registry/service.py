"""All that a registry does with subjects, versions and ids. Its only I/O is its store's.

A subject that has an alias is the one that the alias names, here and everywhere but in its own settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from tallystick import errors
from tallystick.registry import deleting, registering
from tallystick.registry.configuration import Configuration
from tallystick.registry.extras import merged_rules, properties, with_version, without_rules
from tallystick.registry.log import Log
from tallystick.registry.model import ContextDeleted, Event, RegisteredSchema, SchemaRequest
from tallystick.registry.names import (
    ALL_CONTEXTS,
    DEFAULT_CONTEXT,
    check_subject,
    context_of,
    normal,
    split,
    version_number,
    whole,
)
from tallystick.registry.parsing import MAX_SCHEMA_BYTES, Unparsed, formatted, gather, parse
from tallystick.registry.settings import LEVEL
from tallystick.registry.state import State
from tallystick.registry.store import Store
from tallystick.registry.tags import tags_in
from tallystick.registry.verdicts import incompatibilities

__all__ = ["MAX_SCHEMA_BYTES", "Registry"]


class Registry:
    """A registry over a store, which other processes may write to as well. Any number of threads may use it."""

    def __init__(self, store: Store) -> None:
        """Read the whole log. UnknownEvent, StoreFailed: it can't be understood, or not be read."""
        self._log = Log(store)
        self.configuration = Configuration(self._log)

    def contexts(self) -> list[str]:
        """Return all contexts, the default one first."""
        with self._log.current() as state:
            return state.all_contexts()

    def delete_context(self, context: str) -> None:
        """List a context no more. ContextNotEmpty: it has subjects."""

        def decide(state: State) -> tuple[list[ContextDeleted], None]:
            deleting.check_writable(state, whole(context))
            deleting.check_context_empty(state, context)
            return [ContextDeleted(context)] if context in state.all_contexts() else [], None

        self._log.record(decide)

    def subjects(self, prefix: str = ALL_CONTEXTS, *, deleted: bool = False, deleted_only: bool = False) -> list[str]:
        """Return all subjects whose name begins so, in every context with `:*:` before it."""
        with self._log.current() as state:
            named = [subject for subject in state.subjects if _begins(subject, prefix)]
            if deleted_only:
                return sorted(subject for subject in named if not state.versions(subject))
            return sorted(subject for subject in named if state.versions(subject, deleted=deleted))

    def versions(self, subject: str, *, deleted: bool = False) -> list[RegisteredSchema]:
        """Return all versions of a subject, oldest first. SubjectNotFound: it has none."""
        with self._reading(subject) as (state, name):
            found = state.versions(name, deleted=deleted)
            if not found:
                raise errors.SubjectNotFound(name)
            return found

    def version(self, subject: str, version: int | str, *, deleted: bool = False) -> RegisteredSchema:
        """Return a version of a subject: a number, or `latest`, or -1 for the same.

        A subject without a context that is not there may be in another one.
        """
        version_number(version)
        with self._reading(subject) as (state, name):
            places = list(state.everywhere(name))
            found = (state.choose(place, version, deleted=deleted) for place in places)
            for known in found:
                if known is not None:
                    return known
            if any(state.versions(place, deleted=deleted) for place in places):
                raise errors.VersionNotFound(version)
            raise errors.SubjectNotFound(name)

    def schema(self, schema_id: int, subject: str = "") -> RegisteredSchema:
        """Return the schema of an id, as it was registered first. Ids are those of the subject's context.

        An id never stands for another schema: while the store is away, what this process has seen is the answer.
        """
        try:
            with self._log.current() as state:
                return _by_id(state, schema_id, subject)[0]
        except errors.StoreFailed:
            with self._log.remembered() as state, suppress(errors.SchemaNotFound):
                return _by_id(state, schema_id, subject)[0]
            raise

    def known_schema(self, schema_id: int) -> RegisteredSchema | None:
        """Return the schema of an id of the default context, if this process has seen it: no store is asked."""
        state = self._log.state
        try:
            subject, version = next(iter(state.ids(DEFAULT_CONTEXT).places[schema_id]))
            return state.subjects[subject][version]
        except (KeyError, RuntimeError):  # it is not there; or is going, in another thread, just now
            return None

    def highest_id(self, subject: str = "") -> int:
        """Return the highest id that was given in a subject's context."""
        with self._log.current() as state:
            return state.ids(context_of(subject)).highest

    def places(self, schema_id: int, subject: str = "", *, deleted: bool = False) -> list[RegisteredSchema]:
        """Return the versions that have an id."""
        with self._log.current() as state:
            found = _by_id(state, schema_id, subject)
            return sorted(
                (one for one in found if deleted or not one.deleted), key=lambda one: (one.subject, one.version)
            )

    def by_guid(self, guid: str) -> list[RegisteredSchema]:
        """Return a schema of that guid from each context that has it. SchemaNotFound: none has."""
        with self._log.current() as state:
            ids = {context: state.ids(context).guids.get(guid) for context in state.all_contexts()}
            found = [state.by_id(context, one)[0] for context, one in ids.items() if one is not None]
            if not found:
                raise errors.SchemaNotFound(guid)
            return found

    def all_versions(
        self, prefix: str = "", *, aliases: bool = False, deleted: bool = False, latest_only: bool = False
    ) -> list[tuple[RegisteredSchema, list[str]]]:
        """Return the versions of all subjects whose name begins so, each with the aliases of its subject."""
        with self._log.current() as state:
            named = self.configuration.aliases(state) if aliases else {}
            wanted = {subject for subject in state.subjects if _begins(subject, prefix)}
            wanted |= {subject for subject, others in named.items() if any(_begins(one, prefix) for one in others)}
            found = []
            for subject in sorted(wanted):
                versions = state.versions(subject, deleted=deleted)
                found += [(one, named.get(subject, [])) for one in (versions[-1:] if latest_only else versions)]
            return found

    def latest_with(self, subject: str, wanted: Mapping[str, str], *, deleted: bool = False) -> RegisteredSchema:
        """Return the newest version whose metadata has all these properties. SchemaNotFound: none has."""
        for known in reversed(self.versions(subject, deleted=deleted)):
            if properties(known.metadata).items() >= wanted.items():
                return known
        raise errors.SchemaNotFound

    def referrers(self, subject: str, version: int | str, *, deleted: bool = False) -> list[int]:
        """Return the ids of the schemas that refer to a version."""
        known = self.version(subject, version, deleted=True)
        with self._log.current() as state:
            return sorted({one.id for one in state.referrers(known.subject, known.version, deleted=deleted)})

    def formatted(self, known: RegisteredSchema, form: str) -> str:
        """Return a version's text in a form that its language has, or else as it is kept."""
        return formatted(self._given(known), form) if form else known.text

    def tags(self, known: RegisteredSchema, wanted: Sequence[str]) -> list[dict[str, Any]]:
        """Return where a version's text has tags, in the API's words; of those that are wanted, `*` is all."""
        return tags_in(parse(self._given(known)), wanted)

    def lookup(
        self, subject: str, request: SchemaRequest, *, normalize: bool = False, deleted: bool = False
    ) -> RegisteredSchema:
        """Return the version of a subject that is this schema.

        Metadata and rules that the request leaves open may be those that registering would give it.
        """
        self._prepare(subject, request, normalize=normalize, compares=False)
        with self._reading(subject) as (state, name):
            places = [place for place in state.everywhere(name) if state.versions(place, deleted=deleted)]
            if not places:
                raise errors.SubjectNotFound(name)
            for place in places:
                for one in (request, registering.populated(state, place, request)):
                    sent = registering.read(state, place, one, normalize=normalize, is_new=False)
                    found = registering.found(state, place, sent, deleted=deleted)
                    if found is not None:
                        return found
            raise errors.SchemaNotFound

    def register(
        self, subject: str, request: SchemaRequest, *, normalize: bool = False, force: bool = False
    ) -> RegisteredSchema:
        """Return the version of a subject that has this schema, after making it if there is none.

        The same schema twice gives the same version, and is not checked again; nor is any with `force`. The id is
        shared between all subjects of a context.
        """
        check_subject(subject)
        with self._reading(subject) as (state, name):
            registering.check_mode(state, name, request)
        self._prepare(subject, request, normalize=normalize, compares=True)

        def decide(state: State) -> tuple[Sequence[Event], RegisteredSchema]:
            name = check_subject(state.resolved(normal(subject)))
            return registering.register(state, name, request, normalize=normalize, force=force)

        return self._log.record(decide)

    def retag(
        self, subject: str, version: int | str, request: SchemaRequest, rules: registering.RuleEdits
    ) -> RegisteredSchema:
        """Register a version again with other tags, metadata or rules; the request says which version it becomes."""
        known = self.version(subject, version)
        if rules.merge is not None or rules.remove:
            edited = merged_rules(known.rule_set, rules.merge) or {}
            request = replace(request, rule_set=without_rules(edited, rules.remove))
        metadata = with_version(known.metadata if request.metadata is None else request.metadata, request.version or 0)
        kept = replace(request, text=known.text, schema_type=known.schema_type, references=known.references)
        return self.register(subject, replace(kept, metadata=metadata))

    def incompatibilities(
        self, subject: str, request: SchemaRequest, version: int | str | None = None, *, normalize: bool = False
    ) -> list[str]:
        """Return why a schema may not follow the versions of a subject that its level asks about; empty if it may.

        With a version, only that one counts, at transitive levels too. `latest` of nothing forbids nothing.
        """
        self._prepare(subject, request, normalize=normalize, compares=True)
        with self._reading(subject) as (state, name):
            sent = registering.read(state, name, request, normalize=normalize)
            known = state.versions(name)
            if version is not None and (known or version_number(version)):
                chosen = state.choose(name, version)
                if chosen is None:
                    raise errors.VersionNotFound(version)
                known = [chosen]
            return incompatibilities(state, sent.schema, sent.parsed, known)

    def delete_subject(self, subject: str, *, permanent: bool = False) -> list[int]:
        """Hide a subject, or delete a hidden one for good; return the versions that this was about."""
        return self._log.record(
            lambda state: deleting.delete_subject(state, state.resolved(normal(subject)), permanent=permanent)
        )

    def delete_version(self, subject: str, version: int | str, *, permanent: bool = False) -> int:
        """Hide a version, or delete a hidden one for good; return its number."""
        version_number(version)
        return self._log.record(
            lambda state: deleting.delete_version(state, state.resolved(normal(subject)), version, permanent=permanent)
        )

    def _given(self, known: RegisteredSchema) -> Unparsed:
        with self._log.current() as state:
            return gather(state, known.subject, known, deleted=True)

    def set_level(self, subject: str | None, level: str) -> None:
        """Set the compatibility level of a subject, or (None) the global one."""
        self.configuration.change(subject, {"compatibility": level})

    @contextmanager
    def _reading(self, subject: str) -> Iterator[tuple[State, str]]:
        with self._log.current() as state:
            yield state, state.resolved(normal(subject))

    def _prepare(self, subject: str, request: SchemaRequest, *, normalize: bool, compares: bool) -> None:
        """Parse what was sent, and what it will be compared with, while nobody waits: it is remembered for a while."""
        with self._reading(subject) as (state, name):
            settings, known = state.settings_for(name), state.versions(name)
            given = [gather(state, name, request, deleted=True)] if request.text.strip() else []
            counted = (known if settings[LEVEL].is_transitive else known[-1:]) if compares else []
            old = [gather(state, name, one, deleted=True) for one in counted]
        for one in given:
            parse(one, normalize=normalize or settings.get("normalize") is True)
        for one in old:
            parse(one)


def _by_id(state: State, schema_id: int, subject: str) -> list[RegisteredSchema]:
    """Return the versions that have an id where a subject is: in its context, or in one that has such a subject."""
    name = state.resolved(normal(subject))
    for place in state.everywhere(name) if split(name)[1] else ():
        found = state.by_id(context_of(place), schema_id)
        if any(one.subject == place for one in found):
            return found
    found = state.by_id(context_of(name), schema_id)
    if not found:
        raise errors.SchemaNotFound(schema_id)
    return found


def _begins(subject: str, prefix: str) -> bool:
    if prefix.startswith(ALL_CONTEXTS):
        return split(subject)[1].startswith(prefix.removeprefix(ALL_CONTEXTS))
    return context_of(subject) == context_of(prefix) and subject.startswith(
        normal(prefix) if prefix.startswith(":.") else prefix
    )
