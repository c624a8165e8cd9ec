"""Check YAML against schemas: the Open Data Contract Standard's own, and the stricter ones of our keys."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs

from tallystick.contract.modes import Mode
from tallystick.errors import InputError, InvalidContract, InvalidWorkspace
from tallystick.schema.json_text import escape, read_json, unescape
from tallystick.schema.locate import locate
from tallystick.schema.types import Document, Place

_LEVEL = {"enum": [str(mode) for mode in Mode]}
_TOPIC = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "partitions": {"type": "integer", "minimum": 1},
        "replicationFactor": {"type": "integer", "minimum": 1},
        "configs": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_NAMES = {"type": "array", "items": {"type": "string"}}

# https://docs.confluent.io/platform/current/schema-registry/fundamentals/data-contracts.html#rules
RULE: Mapping[str, Any] = {
    "type": "object",
    "required": ["kind", "mode", "type", "expr"],
    "additionalProperties": False,
    "properties": {
        "kind": {"enum": ["CONDITION", "TRANSFORM"]},
        "mode": {"enum": ["READ", "WRITE", "WRITEREAD", "UPGRADE", "DOWNGRADE", "UPDOWN"]},
        "type": {"type": "string"},
        "expr": {"type": "string"},
        "tags": _NAMES,
        "params": {"type": "object", "additionalProperties": {"type": "string"}},
        "onSuccess": {"type": "string"},
        "onFailure": {"type": "string"},
        "disabled": {"type": "boolean"},
    },
}
_RULES = {"type": "array", "items": {"type": "object", "required": ["name", "kind", "mode", "type"]}}

# (vendor, property) -> schema of the value. A vendor of ours with another property is an error:
# a misspelt key would be a setting that silently does nothing.
VENDOR_VALUES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("confluent", "subject"): {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "compatibility": _LEVEL,
            "compatibilityGroup": {"type": "string"},
            "strategy": {"const": "TopicName"},
        },
    },
    ("confluent", "metadata"): {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "properties": {"type": "object", "additionalProperties": {"type": "string"}},
            "tags": {"type": "object", "additionalProperties": _NAMES},
            "sensitive": _NAMES,
        },
    },
    ("confluent", "migrationRules"): _RULES,
    ("confluent", "encodingRules"): _RULES,
    ("kafka", "topic"): _TOPIC,
    ("tallystick", "consumers"): {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string"},
                "groups": _NAMES,
                "fields": _NAMES,
                "team": {"type": "string"},
            },
        },
    },
}
_OUR_VENDORS = {vendor for vendor, _ in VENDOR_VALUES}

WORKSPACE: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "environments": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"registry": {"type": "string"}, "bootstrap": {"type": "string"}},
            },
        },
        "defaults": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"compatibility": _LEVEL, "topic": _TOPIC},
        },
        "policy": {"type": "object", "additionalProperties": {"enum": ["error", "warning", "off"]}},
        "generate": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["target", "package", "out"],
                "additionalProperties": False,
                "properties": {
                    "target": {"const": "python"},
                    "package": {"type": "string", "pattern": "^[a-z_][a-z0-9_]*$"},
                    "out": {"type": "string"},
                },
            },
        },
    },
}


def check_contract(value: Any, document: Document) -> None:
    """Check a contract against ODCS v3.2 and our vendor values.

    Raises:
        InvalidContract: with the place of the deepest thing that is wrong.
    """
    _check(_odcs(), value, document, InvalidContract)
    _check_supported(value, document)
    for pointer, entry in vendor_entries(value):
        if entry.get("vendor") not in _OUR_VENDORS:
            _check_vendor(document, pointer, entry)
            continue
        schema = VENDOR_VALUES.get((entry["vendor"], entry.get("property", "")))
        if schema is None:
            names = [name for vendor, name in VENDOR_VALUES if vendor == entry["vendor"]]
            near = get_close_matches(str(entry.get("property")), names, n=1)
            fix = (
                f"write {near[0]}"
                if near
                else f"write one of {', '.join(names)}; or name the vendor whose property it is"
            )
            problem = f"'{entry['vendor']}/{entry.get('property')}' is not something that this version knows"
            raise _at(document, f"{pointer}/property", problem, InvalidContract, fix=fix)
        _check(schema, entry.get("value"), document, InvalidContract, f"{pointer}/value")


def _check_vendor(document: Document, pointer: str, entry: Mapping[str, Any]) -> None:
    """Refuse a vendor that is nearly one of ours. What other tools write is theirs, and is kept."""
    near = get_close_matches(str(entry.get("vendor") or ""), _OUR_VENDORS, n=1, cutoff=0.75)
    if near:
        problem = f"vendor '{entry['vendor']}' is nobody's: its settings would do nothing"
        raise _at(document, f"{pointer}/vendor", problem, InvalidContract, fix=f"write {near[0]}")


def _check_supported(value: Mapping[str, Any], document: Document) -> None:
    """Refuse what the standard allows and this version would pass over in silence."""
    if not value["apiVersion"].startswith("v3."):
        problem = f"{value['apiVersion']} is an older standard, with another structure"
        raise _at(document, "/apiVersion", problem, InvalidContract, "write the contract in v3.2.0")
    schemas = value.get("schema") or []
    if len(schemas) > 1:
        raise _at(
            document, "/schema/1", "a contract is about one schema here", InvalidContract, "make it two contracts"
        )
    names: set[str] = set()
    for pointer, rule in registry_rules(value):
        name = rule.get("id")
        if name is None or name in names:
            problem = "a rule for the registry needs an 'id'" if name is None else f"there are two rules '{name}'"
            raise _at(
                document, pointer, problem, InvalidContract, "give each rule an id of its own: the registry's name"
            )
        names.add(name)
        _check(RULE, rule.get("implementation"), document, InvalidContract, f"{pointer}/implementation")


def registry_rules(value: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return each rule of a contract that is the registry's, too, with its JSON pointer."""
    first = (value.get("schema") or [{}])[0]
    rules = enumerate(first.get("quality") or [])
    return [(f"/schema/0/quality/{i}", rule) for i, rule in rules if rule.get("engine") == "confluent-cel"]


def check_workspace(value: Any, document: Document) -> None:
    """Check a workspace file.

    Raises:
        InvalidWorkspace: with the place of the deepest thing that is wrong.
    """
    _check(WORKSPACE, value, document, InvalidWorkspace)


def vendor_entries(value: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return each entry of `customProperties`, the contract's and its first schema's, with its JSON pointer."""
    first = (value.get("schema") or [{}])[0]
    return [
        *((f"/customProperties/{i}", entry) for i, entry in enumerate(value.get("customProperties") or [])),
        *((f"/schema/0/customProperties/{i}", entry) for i, entry in enumerate(first.get("customProperties") or [])),
    ]


def _check(schema: Mapping[str, Any], value: Any, document: Document, kind: type[InputError], base: str = "") -> None:
    validator = _odcs_validator() if schema is _odcs() else jsonschema_rs.validator_for(dict(schema))
    errors = list(validator.iter_errors(value))
    found = None
    if errors:
        from tallystick.contract.wording import complaint  # noqa: PLC0415  # most files have nothing wrong

        found = complaint(schema, errors)
    if found is not None:
        pointer = base + "".join(f"/{escape(str(step))}" for step in found.steps)
        problem = f"the file {found.problem}" if not pointer and found.problem.startswith("must") else found.problem
        raise _at(document, pointer, problem, kind, fix=found.fix or None)


def _at(document: Document, pointer: str, problem: str, kind: type[InputError], fix: str | None = None) -> InputError:
    span = locate(Place(document, pointer))
    steps = [int(step) if step.isdecimal() else unescape(step) for step in pointer.split("/")[1:]]
    from tallystick.contract.wording import dotted  # noqa: PLC0415  # as above

    message = f"{dotted(steps)}: {problem}" if steps else problem
    return kind(message, file=span.file, line=span.line, column=span.column, fix=fix)


@cache
def _odcs() -> dict[str, Any]:
    # Found without importing the package: importing it would load pydantic, which costs more than the whole check.
    spec = find_spec("open_data_contract_standard")
    if spec is None or spec.origin is None:
        msg = "the package open-data-contract-standard is not installed"
        raise ModuleNotFoundError(msg)
    path = Path(spec.origin).with_name("schema.json")
    schema: dict[str, Any] = read_json(path.read_text(encoding="utf-8"), str(path))
    return schema


@cache
def _odcs_validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_odcs())
