"""What a registry is told about a subject, a context or everything: its level, and what its schemas are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.extras import read_metadata, read_rules

LEVEL = "compatibilityLevel"
Settings = Mapping[str, Any]
"""Settings by the names of the API. Only what was said is in it."""
NOTHING: Settings = {LEVEL: Mode.BACKWARD}
"""What holds where nobody said anything."""
_POLICIES = ("STRICT", "LENIENT", "LOGICAL")


def _level(value: Any, _: str) -> Mode:
    if not isinstance(value, str) or value.upper() not in list(Mode):
        raise errors.InvalidLevel
    return Mode(value.upper())


def _policy(value: Any, name: str) -> str:
    if not isinstance(value, str) or value.upper() not in _POLICIES:
        raise errors.RequestRefused(f"'{name}' is one of {', '.join(_POLICIES)}", status=422)
    return value.upper()


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise errors.RequestRefused(f"'{name}' is a text", status=422)
    return value


def _switch(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise errors.RequestRefused(f"'{name}' is true or false", status=422)
    return value


_MEMBERS: Mapping[str, Callable[[Any, str], Any]] = {
    "alias": _text,
    "normalize": _switch,
    "validateFields": _switch,
    "validateNames": _switch,
    "validateNewSchemas": _switch,
    "validateRules": _switch,
    LEVEL: _level,
    "compatibilityPolicy": _policy,
    "compatibilityGroup": _text,
    "defaultMetadata": lambda value, _: read_metadata(value),
    "overrideMetadata": lambda value, _: read_metadata(value),
    "defaultRuleSet": lambda value, _: read_rules(value),
    "overrideRuleSet": lambda value, _: read_rules(value),
    "aliasForDeks": _text,
}


def read_settings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request says about settings: None is one to be forgotten.

    Raises:
        InvalidLevel, InvalidSchema, InvalidRuleSet: a value is not what its name asks for.
        RequestRefused: the same, or there is no such setting.
    """
    found = {}
    for given, value in body.items():
        name = LEVEL if given == "compatibility" else given
        if name not in _MEMBERS:
            raise errors.RequestRefused(f"Unrecognized field: {given}", status=422)
        found[name] = None if value is None else _MEMBERS[name](value, given)
    return found


def changed(old: Settings | None, request: Settings) -> Settings | None:
    """Return settings after a request: what it does not name stays. None: nothing is left."""
    return {name: value for name, value in {**(old or {}), **request}.items() if value is not None} or None
