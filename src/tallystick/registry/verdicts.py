"""Say why a schema may not follow others. The comparing itself is `compat.verdict`'s."""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.compat.verdict import registry_messages
from tallystick.contract.model import AnySchema
from tallystick.contract.modes import Mode
from tallystick.errors import NotPermitted
from tallystick.registry.extras import RESERVED_PROPERTY, properties
from tallystick.registry.model import RegisteredSchema
from tallystick.registry.parsing import Parsed, gather, parse
from tallystick.registry.settings import LEVEL, Settings
from tallystick.registry.state import State

_SHOWN = 10 * 1024  # Confluent's registry cuts what it shows of an earlier schema there


def incompatibilities(
    state: State, new: RegisteredSchema, parsed: Parsed, previous: Sequence[RegisteredSchema]
) -> list[str]:
    """Return why a schema may not follow `previous`, oldest first; empty if it may. The last two say what was asked.

    Raises:
        NotPermitted: nobody can say.
    """
    settings = state.settings_for(new.subject)
    validates = settings.get("validateFields") is True
    messages = _reserved(new, parsed, previous[-1:]) if validates else []
    messages += _messages(state, new, parsed, _peers(new, previous, settings), settings[LEVEL])
    asked = f"{{validateFields: '{str(validates).lower()}', compatibility: '{settings[LEVEL]}'}}"
    return [*messages, asked] if messages else []


def _peers(new: RegisteredSchema, previous: Sequence[RegisteredSchema], settings: Settings) -> list[RegisteredSchema]:
    """Return the versions that a schema is compared with: those of its compatibility group."""
    name = settings.get("compatibilityGroup")
    if name is None:
        return list(previous)
    group = properties(new.metadata).get(name)
    return [old for old in previous if properties(old.metadata).get(name) == group]


def _messages(
    state: State, new: RegisteredSchema, parsed: Parsed, previous: Sequence[RegisteredSchema], level: Mode
) -> list[str]:
    counted = [] if level is Mode.NONE else previous if level.is_transitive else previous[-1:]
    if any(old.schema_type != new.schema_type for old in counted):
        return [f"Incompatible because of different schema type: {new.schema_type}"]
    if counted and parsed.schema is None:
        raise NotPermitted(
            f"JSON schemas can't be compared yet, and the compatibility level of '{new.subject}' is {level}: "
            'set it to NONE to register another version (PUT /config/{subject} with {"compatibility": "NONE"})'
        )
    if parsed.schema is None:
        return []
    known = [(old, parse(gather(state, old.subject, old, deleted=True)).schema) for old in counted]
    compared = [(old.version, schema) for old, schema in known if schema is not None]
    messages = registry_messages(parsed.schema, compared, level)[:-1]  # what was asked, it says last; so do we
    return [*messages, *_old(parsed.schema, known, level)] if messages else []


def _old(new: AnySchema, known: Sequence[tuple[RegisteredSchema, AnySchema | None]], level: Mode) -> list[str]:
    """Return what Confluent's registry says of the newest version that does not fit: its number and its text."""
    for old, schema in reversed(known):
        if schema is not None and registry_messages(new, [(old.version, schema)], level):
            text = old.text if len(old.text) <= _SHOWN else f"{old.text[:_SHOWN]}..."
            return [f"{{oldSchemaVersion: {old.version}}}", f"{{oldSchema: '{text}'}}"]
    return []


def _reserved(new: RegisteredSchema, parsed: Parsed, previous: Sequence[RegisteredSchema]) -> list[str]:
    """Return what is wrong with the fields that metadata reserves: none may vanish from it, none may be used."""
    now, before = _names(new), [name for old in previous for name in _names(old)]
    gone = [
        f"The new schema has reserved field {name} removed from its metadata which is present in the old schema's metadata."
        for name in before
        if name not in now
    ]
    root = None if parsed.schema is None else parsed.schema.root
    fields = {field.name for field in getattr(root, "fields", ())}  # of a record or a message; nothing else has any
    used = [
        f"The new schema has field that conflicts with the reserved field {name}." for name in now if name in fields
    ]
    return gone + used


def _names(schema: RegisteredSchema) -> list[str]:
    listed = properties(schema.metadata).get(RESERVED_PROPERTY, "")
    return [name.strip() for name in listed.split(",") if name.strip()]
