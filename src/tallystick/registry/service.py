"""All the rules of a registry: what gets which version and id, and what is refused. Its only I/O is its store's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from tallystick import errors
from tallystick.compat.verdict import registry_messages
from tallystick.contract.model import AnySchema
from tallystick.contract.modes import Mode
from tallystick.registry.model import (
    Event,
    LevelSet,
    RegisteredSchema,
    SchemaReference,
    SchemaRegistered,
    SchemaRequest,
)
from tallystick.registry.reading import read_schema
from tallystick.registry.store import Store
from tallystick.schema.types import Format

PROTOC_SECONDS = 10.0
MAX_SCHEMA_BYTES = 1024 * 1024
MAX_TRIES = 20
_MAX_VERSION = 2**31 - 1
_NOT_GIVEN: tuple[object, ...] = (None, False, -1, [], {})  # what clients write for that; 0 equals False
# Contexts (`:.name:`) would need ids of their own, and `:*:` stands for all of them: refused rather than half kept.
_RESERVED = re.compile(r":[.*].*|__GLOBAL|__EMPTY", re.DOTALL)


_Identity: TypeAlias = tuple[str, str, tuple[SchemaReference, ...]]


class Registry:
    """A registry over a store, which other processes may write to as well. For one thread at a time."""

    def __init__(self, store: Store) -> None:
        """Read the whole log. UnknownEvent, StoreFailed: it can't be understood, or not be read."""
        self._store = store
        self._offset = 0
        self._subjects: dict[str, list[RegisteredSchema]] = {}
        self._schemas: dict[int, RegisteredSchema] = {}
        self._ids: dict[_Identity, int] = {}
        self._levels: dict[str | None, Mode] = {}
        self._parsed = lru_cache(2000)(lambda schema_id: self._read(self._schemas[schema_id]))
        self._refresh()

    def subjects(self) -> list[str]:
        """Return all subjects that have a version."""
        self._refresh()
        return sorted(self._subjects)

    def versions(self, subject: str) -> list[RegisteredSchema]:
        """Return all versions of a subject, oldest first."""
        self._refresh()
        if subject not in self._subjects:
            raise errors.SubjectNotFound(subject)
        return list(self._subjects[subject])

    def version(self, subject: str, version: int | str) -> RegisteredSchema:
        """Return a version of a subject: a number, or `latest`, or -1 for the same."""
        return _chosen(self.versions(subject), version)

    def schema(self, schema_id: int) -> RegisteredSchema:
        """Return the schema that an id stands for, as it was registered first."""
        self._refresh()
        if schema_id not in self._schemas:
            raise errors.SchemaNotFound(schema_id)
        return self._schemas[schema_id]

    def lookup(self, subject: str, request: SchemaRequest) -> RegisteredSchema:
        """Return the version of a subject that has the same canonical text, in the same language."""
        self._refresh()
        sent, _ = self._parse(request)
        found = next((known for known in self.versions(subject) if _identity(known) == _identity(sent)), None)
        if found is None:
            raise errors.SchemaNotFound
        return found

    def register(self, subject: str, request: SchemaRequest) -> RegisteredSchema:
        """Return the version of a subject that has this schema, after making it if there is none.

        The same text twice gives the same version, and is not checked again. The id is shared between subjects.
        """
        _check_subject(subject)
        self._refresh()
        sent, schema = self._parse(request)
        identity = _identity(sent)

        def decide() -> SchemaRegistered | None:
            known = self._subjects.get(subject, [])
            if any(_identity(old) == identity for old in known):
                return None
            if messages := self._messages(subject, schema, known):
                raise errors.IncompatibleSchema(subject, messages)
            schema_id = self._ids.get(identity) or max(self._schemas, default=0) + 1
            version = known[-1].version + 1 if known else 1
            return SchemaRegistered(subject, version, schema_id, sent.text, schema.format, sent.references)

        self._record(decide)
        return next(known for known in self._subjects[subject] if _identity(known) == identity)

    def incompatibilities(self, subject: str, request: SchemaRequest, version: int | str | None = None) -> list[str]:
        """Return why a schema may not follow the versions of a subject that its level asks about; empty if it may.

        With a version, only that one counts, at transitive levels too. `latest` of nothing forbids nothing.
        """
        self._refresh()
        _, schema = self._parse(request)
        known = self._subjects.get(subject, [])
        if version is not None and (known or _version_number(version)):
            known = [_chosen(known, version)]
        return self._messages(subject, schema, known)

    def level(self, subject: str | None = None, *, or_global: bool = False) -> Mode:
        """Return the global level, or a subject's own. `or_global` gives the one that holds for it."""
        self._refresh()
        if subject is not None and subject not in self._levels and not or_global:
            raise errors.LevelNotConfigured(subject)
        return self._level(subject)

    def set_level(self, subject: str | None, level: str) -> Mode:
        """Set the level of a subject, which need not exist yet, or the global one; return it."""
        if subject is not None:
            _check_subject(subject)
        if level.upper() not in list(Mode):
            raise errors.InvalidLevel
        mode = Mode(level.upper())
        self._record(lambda: None if self._levels.get(subject) is mode else LevelSet(subject, mode))
        return mode

    def delete_level(self, subject: str | None) -> Mode:
        """Forget the level of a subject, or the global one; return what it was."""
        self._refresh()
        if subject is not None and subject not in self._levels:
            raise errors.SubjectNotFound(subject)  # Confluent's answer; asking for the level gets LevelNotConfigured
        old = self._level(subject)
        self._record(lambda: LevelSet(subject, None) if subject in self._levels else None)
        return old

    def _refresh(self) -> None:
        """Take in what was written since, by this process or another. Events carry outcomes: they are believed."""
        for event in self._store.read(self._offset):
            match event:
                case SchemaRegistered(subject, version, schema_id, text, kind, references):
                    known = RegisteredSchema(subject, version, schema_id, text, schema_type=kind, references=references)
                    self._subjects.setdefault(subject, []).append(known)
                    self._schemas.setdefault(schema_id, known)
                    self._ids[_identity(known)] = schema_id
                case LevelSet(subject=name, level=None):
                    self._levels.pop(name, None)
                case LevelSet(subject=name, level=Mode() as level):
                    self._levels[name] = level
            self._offset += 1

    def _record(self, decide: Callable[[], Event | None]) -> None:
        """Write what `decide` says. Whenever someone else was faster, it decides again."""
        for _ in range(MAX_TRIES):
            self._refresh()
            event = decide()
            if event is None:
                return
            with suppress(errors.Conflict):
                self._store.append([event], expected=self._offset)
                self._refresh()
                return
        raise errors.StoreFailed(f"others wrote first, {MAX_TRIES} times in a row", fix="try again")

    def _level(self, subject: str | None) -> Mode:
        return self._levels.get(subject) or self._levels.get(None, Mode.BACKWARD)

    def _parse(self, request: SchemaRequest) -> tuple[RegisteredSchema, AnySchema]:
        """Return what a request would be kept as, and its schema. Whatever it asks for that would not be kept is refused."""
        for name, value in request.others.items():
            if value not in _NOT_GIVEN:
                raise errors.InvalidSchema(f"'{name}' is not supported yet: leave it out")
        if request.references and request.schema_type == Format.AVRO:
            raise errors.InvalidSchema("references of AVRO are not supported yet: send one text with all its types")
        if len(request.text.encode(errors="replace")) > MAX_SCHEMA_BYTES:
            raise errors.SchemaTooLarge(f"Schema is too large: this registry takes {MAX_SCHEMA_BYTES} bytes")
        references = tuple(replace(r, version=self._referred(r).version) for r in request.references)
        sent = RegisteredSchema("", 0, 0, request.text, schema_type=request.schema_type, references=references)
        schema = self._read(sent)
        return replace(sent, text=schema.canonical), schema

    def _read(self, kept: RegisteredSchema) -> AnySchema:
        needed: dict[str, RegisteredSchema] = {}
        waiting = list(kept.references)
        while waiting:
            reference = waiting.pop()
            if reference.name not in needed:
                needed[reference.name] = self._referred(reference)
                waiting += needed[reference.name].references
        try:
            return read_schema(kept, needed, deadline=PROTOC_SECONDS)
        except errors.InputError as error:
            raise errors.InvalidSchema(f"Invalid schema: {error}", fix=error.fix) from error

    def _referred(self, reference: SchemaReference) -> RegisteredSchema:
        try:
            return _chosen(self._subjects.get(reference.subject, []), reference.version)
        except errors.RegistryError:
            problem = (
                f"no version {reference.version} of subject '{reference.subject}' for reference '{reference.name}'"
            )
            raise errors.InvalidSchema(f"Invalid schema: {problem}") from None

    def _messages(self, subject: str, new: AnySchema, known: Sequence[RegisteredSchema]) -> list[str]:
        level = self._level(subject)
        counted = known if level.is_transitive else known[-1:]
        return registry_messages(new, [(old.version, self._parsed(old.id)) for old in counted], level)


def _identity(known: RegisteredSchema) -> _Identity:
    """Return what makes two schemas the same one, with one id."""
    return known.schema_type, known.text, known.references


def _check_subject(subject: str) -> None:
    if not subject or _RESERVED.fullmatch(subject) or any(unicodedata.category(c) in ("Cc", "Cs") for c in subject):
        raise errors.InvalidSubject(subject)


def _chosen(known: Sequence[RegisteredSchema], version: int | str) -> RegisteredSchema:
    number = _version_number(version)
    for schema in reversed(known):
        if number in (None, schema.version):
            return schema
    raise errors.VersionNotFound(version)


def _version_number(version: int | str) -> int | None:
    """Return the number that a version id stands for; None for the latest."""
    if str(version) in ("latest", "-1"):
        return None
    if not re.fullmatch("[0-9]{1,10}", str(version)) or not 1 <= int(version) <= _MAX_VERSION:
        raise errors.InvalidVersion(str(version))
    return int(version)
