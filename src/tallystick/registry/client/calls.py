"""Every call that a client makes, as an exchange: what to ask for, and what its answer means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import httpx

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.client.exchange import Exchange, Request
from tallystick.registry.client.refusals import no_registry
from tallystick.registry.client.session import Reading, Session, ask
from tallystick.registry.model import RegisteredSchema, SchemaReference
from tallystick.schema.types import Format


def schema(session: Session, key: int | UUID) -> Exchange[RegisteredSchema]:
    """Return the schema of an id, or of a guid: its id is 0 then.

    It has the subject and version that the registry names, if it names any.
    """
    if key not in session.schemas:
        kind, schema_id = ("ids", key) if isinstance(key, int) else ("guids", 0)
        try:
            reading = yield from ask(session, Request("GET", f"/schemas/{kind}/{key}"), detail=str(key))
        except errors.RequestRefused as error:
            if kind == "guids" and error.code == httpx.codes.NOT_FOUND:
                error.fix = "this registry may be older than guids (Confluent's 8.0): let messages carry ids"
            raise
        subject, version = reading.get("subject"), reading.get("version")
        session.schemas[key] = _schema(
            reading, subject if isinstance(subject, str) else "", version if isinstance(version, int) else 0, schema_id
        )
    return session.schemas[key]


def schema_text(session: Session, schema_id: int) -> Exchange[str]:
    """Return the text of an id."""
    found = yield from schema(session, schema_id)
    return found.text


def lookup(
    session: Session,
    subject: str,
    text: str,
    *,
    schema_type: Format = Format.AVRO,
    references: Sequence[SchemaReference] = (),
) -> Exchange[RegisteredSchema]:
    """Return the version of a subject that has this schema. It is asked for once."""
    key = (subject, text, schema_type, tuple(references))
    if key not in session.lookups:
        found = yield from _lookup(session, subject, _sent(text, schema_type, references))
        session.lookups[key] = found
    return session.lookups[key]


def register(
    session: Session,
    subject: str,
    text: str,
    metadata: Mapping[str, Any] | None = None,
    *,
    rule_set: Mapping[str, Any] | None = None,
    schema_type: Format = Format.AVRO,
    references: Sequence[SchemaReference] = (),
) -> Exchange[RegisteredSchema]:
    """Return the version of a subject that has this schema, after making it if there is none.

    Raises:
        NotPublished: the registry took the schema and dropped its metadata or its rules, as many do.
    """
    extras = {name: value for name, value in (("metadata", metadata), ("ruleSet", rule_set)) if value}
    body = _sent(text, schema_type, references) | extras
    reading = yield from ask(session, Request("POST", f"/subjects/{_step(subject)}/versions", body), subject=subject)
    if isinstance(reading.value, dict) and reading.value.keys() >= {"version", "schema"}:
        registered = _registered(Reading({**reading.value, "subject": subject}, reading.url))
    else:
        registered = yield from _lookup(session, subject, body)
    if (metadata and not registered.metadata) or (rule_set and not registered.rule_set):
        registered = yield from version(session, subject, registered.version)
    kept = {"metadata": (registered.metadata, metadata), "rules": (registered.rule_set, rule_set)}
    for what, (found, sent) in kept.items():
        if not _keeps(found, sent or {}):
            problem = f"the registry took version {registered.version} of '{subject}' and did not keep its {what}"
            fix = f"use a registry that keeps {what}, or take {what} out of the contract"
            raise errors.NotPublished(problem, fix=fix)
    return registered


def incompatibilities(
    session: Session,
    subject: str,
    text: str,
    *,
    schema_type: Format = Format.AVRO,
    references: Sequence[SchemaReference] = (),
) -> Exchange[list[str]]:
    """Return why a schema may not follow the versions of a subject; empty if it may."""
    request = Request(
        "POST", f"/compatibility/subjects/{_step(subject)}/versions?verbose=true", _sent(text, schema_type, references)
    )
    reading = yield from ask(session, request, subject=subject)
    if reading.take("is_compatible", bool):
        return []
    return Reading(reading.get("messages") or ["the registry gives no reason"], reading.url).items(str)


def subjects(
    session: Session, *, prefix: str = "", deleted: bool = False, configured: bool = False
) -> Exchange[list[str]]:
    """Return all subjects, or those that begin with a prefix; `deleted` adds the ones that were deleted softly.

    `configured` asks our registry for all that has settings or a mode of its own instead; others take no notice of it.
    """
    query = _query(subjectPrefix=prefix, deleted=deleted, configured=configured)
    reading = yield from ask(session, Request("GET", f"/subjects{query}"))
    return reading.items(str)


def versions(session: Session, subject: str, *, deleted: bool = False) -> Exchange[list[int]]:
    """Return the version numbers of a subject."""
    path = f"/subjects/{_step(subject)}/versions{_query(deleted=deleted)}"
    reading = yield from ask(session, Request("GET", path), subject=subject)
    return reading.items(int)


def version(session: Session, subject: str, version: int | str) -> Exchange[RegisteredSchema]:
    """Return a version of a subject: a number, or `latest`, which is kept for a moment."""
    is_latest = str(version) in ("latest", "-1")
    known = session.latest(subject) if is_latest else None
    if known is not None:
        return known
    path = f"/subjects/{_step(subject)}/versions/{_step(str(version))}"
    reading = yield from ask(session, Request("GET", path), subject=subject, detail=version)
    found = _registered(reading)
    if is_latest:
        session.keep_latest(subject, found)
    return found


def described(session: Session, subject: str, version: int) -> Exchange[Mapping[str, Any]]:
    """Return all that a registry says about a version, a deleted one too."""
    path = f"/subjects/{_step(subject)}/versions/{version}?deleted=true"
    reading = yield from ask(session, Request("GET", path), subject=subject, detail=version)
    return reading.members()


def find(session: Session, subject: str, body: Mapping[str, Any]) -> Exchange[tuple[int, int]]:
    """Return the id and the version of what a body says, deleted or not."""
    request = Request("POST", f"/subjects/{_step(subject)}?deleted=true", dict(body))
    reading = yield from ask(session, request, subject=subject)
    return reading.take("id", int), reading.take("version", int)


def send(session: Session, subject: str, body: Mapping[str, Any]) -> Exchange[tuple[int, int]]:
    """Register what a body says, as it is; return its id and version."""
    request = Request("POST", f"/subjects/{_step(subject)}/versions", dict(body))
    reading = yield from ask(session, request, subject=subject)
    if isinstance(reading.get("version"), int):
        return reading.take("id", int), reading.take("version", int)
    _, number = yield from find(session, subject, {name: body[name] for name in body.keys() - {"id", "version"}})
    return reading.take("id", int), number


def delete_subject(session: Session, subject: str, *, permanent: bool = False) -> Exchange[list[int]]:
    """Delete all versions of a subject, softly, or for good after that; return their numbers."""
    request = Request("DELETE", f"/subjects/{_step(subject)}{_query(permanent=permanent)}", repeatable=False)
    reading = yield from ask(session, request, subject=subject)
    return reading.items(int)


def delete_version(session: Session, subject: str, version: int | str, *, permanent: bool = False) -> Exchange[int]:
    """Delete a version of a subject, softly, or for good after that; return its number."""
    path = f"/subjects/{_step(subject)}/versions/{_step(str(version))}{_query(permanent=permanent)}"
    reading = yield from ask(session, Request("DELETE", path, repeatable=False), subject=subject, detail=version)
    return Reading([reading.value], reading.url).items(int)[0]


def level(session: Session, subject: str) -> Exchange[Mode]:
    """Return the compatibility level that holds for a subject: its own, or else the global one."""
    reading = yield from _effective(session, subject)
    name = reading.take("compatibilityLevel", str)
    if name not in list(Mode):
        raise no_registry(reading.url, f"it names a compatibility level '{name}'")
    return Mode(name)


def group(session: Session, subject: str) -> Exchange[str | None]:
    """Return the metadata property that groups a subject's versions, if there is one."""
    reading = yield from _effective(session, subject)
    name = reading.get("compatibilityGroup")
    return name if isinstance(name, str) else None


def set_level(session: Session, subject: str | None, level: Mode, group: str | None = None) -> Exchange[None]:
    """Set the compatibility level of a subject, which need not exist yet, and the property that groups its versions."""
    body = {"compatibility": str(level)} | ({"compatibilityGroup": group} if group else {})
    yield from set_config(session, subject, body)


def config(session: Session, subject: str | None = None) -> Exchange[Mapping[str, Any]]:
    """Return a subject's own settings, or the global ones. LevelNotConfigured: it has none."""
    reading = yield from ask(session, Request("GET", _of("config", subject)), subject=subject or "")
    return reading.members()


def set_config(session: Session, subject: str | None, body: Mapping[str, Any]) -> Exchange[None]:
    """Change settings of a subject, or the global ones. Confluent writes the level as `compatibility` here."""
    yield from ask(session, Request("PUT", _of("config", subject), dict(body)), subject=subject or "")


def delete_config(session: Session, subject: str | None = None) -> Exchange[None]:
    """Forget the settings of a subject, or the global ones."""
    yield from ask(
        session, Request("DELETE", _of("config", subject), repeatable=False), subject=subject or ""
    )  # fmt: skip


def mode(session: Session, subject: str | None = None) -> Exchange[str]:
    """Return a subject's own mode, or the global one: READWRITE, READONLY or IMPORT. ModeNotConfigured: it has none."""
    reading = yield from ask(session, Request("GET", _of("mode", subject)), subject=subject or "")
    return reading.take("mode", str)


def set_mode(session: Session, subject: str | None, mode: str, *, force: bool = False) -> Exchange[None]:
    """Set the mode of a subject, or the global one."""
    path = f"{_of('mode', subject)}{_query(force=force)}"
    yield from ask(session, Request("PUT", path, {"mode": mode}), subject=subject or "")


def delete_mode(session: Session, subject: str) -> Exchange[None]:
    """Forget the mode of a subject."""
    yield from ask(session, Request("DELETE", _of("mode", subject), repeatable=False), subject=subject)


def contexts(session: Session) -> Exchange[list[str]]:
    """Return the names of all contexts; the default one is `.`."""
    reading = yield from ask(session, Request("GET", "/contexts"))
    return reading.items(str)


def get(session: Session, path: str, *, subject: str = "", detail: Any = None) -> Exchange[Any]:
    """Return what the registry answers at a path, as it is."""
    reading = yield from ask(session, Request("GET", path), subject=subject, detail=detail)
    return reading.value


def _lookup(session: Session, subject: str, body: Mapping[str, Any]) -> Exchange[RegisteredSchema]:
    reading = yield from ask(session, Request("POST", f"/subjects/{_step(subject)}", body), subject=subject)
    return _registered(reading)


def _effective(session: Session, subject: str) -> Exchange[Reading]:
    try:
        path = f"/config/{_step(subject)}?defaultToGlobal=true"
        return (yield from ask(session, Request("GET", path), subject=subject))
    except (errors.LevelNotConfigured, errors.SubjectNotFound):  # older servers do not know the parameter
        return (yield from ask(session, Request("GET", "/config")))


def _sent(text: str, schema_type: Format, references: Sequence[SchemaReference]) -> dict[str, Any]:
    """Return the body of a request about a schema. What is usual is left out: older registries do not know all of it."""
    kind = {} if schema_type is Format.AVRO else {"schemaType": str(schema_type)}
    return {"schema": text} | kind | ({"references": [asdict(one) for one in references]} if references else {})


def _registered(reading: Reading) -> RegisteredSchema:
    return _schema(reading, reading.take("subject", str), reading.take("version", int), reading.take("id", int))


def _schema(reading: Reading, subject: str, version: int, schema_id: int) -> RegisteredSchema:
    metadata, rules = reading.get("metadata"), reading.get("ruleSet")
    return RegisteredSchema(
        subject=subject,
        version=version,
        id=schema_id,
        text=reading.take("schema", str),
        metadata=metadata if isinstance(metadata, dict) else {},
        schema_type=str(reading.get("schemaType") or Format.AVRO),
        references=tuple(_reference(Reading(one, reading.url)) for one in reading.get("references") or ()),
        rule_set=rules if isinstance(rules, dict) else {},
        deleted=reading.get("deleted") is True,
    )


def _reference(reading: Reading) -> SchemaReference:
    return SchemaReference(reading.take("name", str), reading.take("subject", str), reading.take("version", int))


def _keeps(kept: Any, sent: Any) -> bool:
    """Say whether all that was sent is there. A registry may add to it: defaults, and a version of its own."""
    match sent:
        case dict():
            held = kept if isinstance(kept, dict) else {}
            return all(_keeps(held.get(name), value) for name, value in sent.items())
        case list() if sent and isinstance(kept, list):
            return len(kept) == len(sent) and all(map(_keeps, kept, sent))
    return not sent or kept == sent


def _of(kind: str, subject: str | None) -> str:
    return f"/{kind}" if subject is None else f"/{kind}/{_step(subject)}"


def _step(text: str) -> str:
    """Return a text as one step of a path."""
    return quote(text, safe="")


def _query(**parameters: str | bool) -> str:
    given = {name: "true" if value is True else value for name, value in parameters.items() if value}
    return f"?{urlencode(given)}" if given else ""
