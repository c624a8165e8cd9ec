"""Decide what registering does: which version and id a schema gets, and with which metadata and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tallystick import errors
from tallystick.registry import extras
from tallystick.registry.deleting import check_writable
from tallystick.registry.identity import identity
from tallystick.registry.model import Event, RegisteredSchema, SchemaRegistered, SchemaRequest, VersionsDeleted
from tallystick.registry.names import context_of
from tallystick.registry.parsing import EMPTY, Parsed, Unparsed, gather, parse, written_out
from tallystick.registry.state import State
from tallystick.registry.tags import places, tags_in, with_tags
from tallystick.registry.verdicts import incompatibilities
from tallystick.schema.types import Format


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent: as it would be kept, but for version and id, and as it was parsed."""

    schema: RegisteredSchema
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class RuleEdits:
    """What is to become of a version's rules: some are merged in, and some go by name."""

    merge: Mapping[str, Any] | None = None
    remove: Sequence[str] = ()


def register(
    state: State, subject: str, request: SchemaRequest, *, normalize: bool, force: bool
) -> tuple[list[Event], RegisteredSchema]:
    """Return the events of registering a schema, and the version that has it then."""
    check_mode(state, subject, request)
    imports = state.mode_for(subject).is_import
    known = state.versions(subject)
    next_version = max((old.version for old in state.versions(subject, deleted=True)), default=0) + 1
    full = request if imports else populated(state, subject, request, next_version)
    sent = read(state, subject, full, normalize=normalize, is_new=not imports)
    same = _same(state, sent, known, exactly=imports) if not request.version else None
    if same is not None and request.id in (None, same.id):
        return [], same
    if not imports and not force and (messages := incompatibilities(state, sent.schema, sent.parsed, known)):
        raise errors.IncompatibleSchema(subject, messages)
    version = _version(request, next_version, imports=imports)
    new = replace(sent.schema, version=version, id=_id(state, sent.schema, request.id))
    return _events(state, new), new


def populated(state: State, subject: str, request: SchemaRequest, next_version: int | None = None) -> SchemaRequest:
    """Return a request with what it leaves open: from the version before, and from the subject's settings.

    Raises:
        InvalidSchema: it has no text, and there is no version before.
    """
    previous = next(reversed(state.versions(subject)), None)
    if not request.text.strip():
        if previous is None:
            raise errors.InvalidSchema(EMPTY)
        kept = previous.text, previous.schema_type, previous.references
        request = replace(request, text=kept[0], schema_type=kept[1], references=kept[2])
    settings = state.settings_for(subject)
    metadata, rules = request.metadata, request.rule_set
    if previous is not None:
        metadata = (previous.metadata or None) if metadata is None else metadata
        rules = (previous.rule_set or None) if rules is None else rules
    metadata = extras.merged_metadata(settings.get("defaultMetadata"), metadata, settings.get("overrideMetadata"))
    rules = extras.merged_rules(settings.get("defaultRuleSet"), rules, settings.get("overrideRuleSet"))
    says_version = extras.VERSION_PROPERTY in extras.properties(metadata or {})
    if next_version is not None and (request.version or says_version):
        metadata = extras.with_version(metadata, next_version)
    return replace(request, metadata=metadata, rule_set=rules)


def read(state: State, subject: str, request: SchemaRequest, *, normalize: bool, is_new: bool = True) -> Sent:
    """Return a request as it would be kept. What is new refers to nothing that is deleted.

    Raises:
        InvalidSchema, SchemaTooLarge: it would not be kept.
    """
    given = gather(state, subject, request, deleted=not is_new)
    normalize = normalize or state.settings_for(subject).get("normalize") is True
    parsed = parse(given, normalize=normalize)
    add, remove = {**_inherited(state, subject, request, parsed), **request.add_tags}, request.remove_tags
    if add or remove:
        given = replace(given, text=with_tags(replace(given, text=parsed.text), add, remove))
        parsed = parse(given, normalize=normalize)
    return Sent(_kept(subject, given, parsed, request), parsed)


def _inherited(state: State, subject: str, request: SchemaRequest, parsed: Parsed) -> dict[str, list[str]]:
    """Return the tags of the version before that a request asks to keep, where its places are there still."""
    previous = state.versions(subject)[-1:] if request.propagate_tags else []
    there = places(parsed) if previous else ()
    kept = [parse(gather(state, old.subject, old, deleted=True)) for old in previous]
    tagged = [entity for old in kept for entity in tags_in(old, ["*"])]
    return {path: one["tags"] for one in tagged if (path := one["schemaEntity"]["entityPath"]) in there}


def found(state: State, subject: str, sent: Sent, *, deleted: bool) -> RegisteredSchema | None:
    """Return the version of a subject that is what was sent; the newest, where several are."""
    return _same(state, sent, state.versions(subject, deleted=deleted))


def _kept(subject: str, given: Unparsed, parsed: Parsed, request: SchemaRequest) -> RegisteredSchema:
    return RegisteredSchema(
        subject=subject,
        version=0,
        id=0,
        text=parsed.text,
        metadata=request.metadata or {},
        schema_type=given.schema_type,
        references=given.references,
        rule_set=request.rule_set or {},
    )


def check_mode(state: State, subject: str, request: SchemaRequest) -> None:
    """Raise NotPermitted where the mode of a subject forbids to register: anything, or what comes with or without an id."""
    check_writable(state, subject)
    mode = state.mode_for(subject)
    where = f"Subject {subject} in context {context_of(subject)}"
    if request.id is not None and not mode.is_import:
        raise errors.NotPermitted(f"{where} is not in import mode")
    if request.id is None and mode.is_import:
        raise errors.NotPermitted(f"{where} is not in read-write mode")


def _same(
    state: State, sent: Sent, known: Sequence[RegisteredSchema], *, exactly: bool = False
) -> RegisteredSchema | None:
    """Return the newest of `known` that is what was sent.

    Not exactly: nobody need know a version's number, and a text with all its types stands for one with references.
    """
    wanted = identity(sent.schema)
    same = [old for old in known if identity(old) == wanted]
    if not same and not exactly:
        same = [old for old in known if _stands_for(state, sent, old)]
    return same[-1] if same else None


def _stands_for(state: State, sent: Sent, old: RegisteredSchema) -> bool:
    new = sent.schema
    plain, old_plain = (replace(one, metadata=extras.without_version(one.metadata)) for one in (new, old))
    if identity(plain) == identity(old_plain):
        return True
    if new.references or not old.references or {new.schema_type, old.schema_type} != {Format.AVRO}:
        return False
    full = written_out(parse(gather(state, old.subject, old, deleted=True)))
    return identity(replace(plain, text=written_out(sent.parsed))) == identity(
        replace(old_plain, text=full, references=())
    )


def _version(request: SchemaRequest, next_version: int, *, imports: bool) -> int:
    asked = request.version or 0
    if asked <= 0:
        return next_version
    if asked != next_version and not imports:
        raise errors.InvalidSchema("Version is not one more than previous version")
    return asked


def _id(state: State, new: RegisteredSchema, asked: int | None) -> int:
    context = context_of(new.subject)
    ids = state.ids(context)
    if asked is None:
        return ids.known.get(identity(new)) or ids.highest + 1
    if any(identity(other) != identity(new) for other in state.by_id(context, asked)):
        raise errors.NotPermitted(f"Overwrite new schema with id {asked} in context {context} is not permitted.")
    return asked


def _events(state: State, new: RegisteredSchema) -> list[Event]:
    """Return the events that bring a version: deleted ones with the same id go, unless something refers to them."""
    old = state.choose(new.subject, new.version, deleted=True)
    if old is not None and identity(old) != identity(new):
        raise errors.NotPermitted(f"Version {new.version} of subject {new.subject} is another schema already")
    if old is not None and old.id != new.id:
        raise errors.IdDoesNotMatch(f"Schema already registered with id {old.id} instead of input id {new.id}")
    gone = [
        other.version
        for other in state.versions(new.subject, deleted=True)
        if other.deleted and other.id == new.id and other.version < new.version
        if not state.referrers(new.subject, other.version, deleted=True)
    ]
    deleted = [VersionsDeleted(new.subject, tuple(gone), permanent=True)] if gone else []
    registered = SchemaRegistered(
        new.subject, new.version, new.id, new.text, new.schema_type, new.references, new.metadata, new.rule_set
    )
    return [*deleted, registered]
