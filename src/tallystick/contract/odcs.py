"""Check YAML against schemas: the Open Data Contract Standard's own, and the stricter ones of our keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs

from tallystick.contract.model import Status
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
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\Z")
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
        InvalidContract: the first thing that is wrong; its `others` are those that have nothing to do with it.
    """
    # What is no contract at all has no parts to look at.
    _raise(_misfits(_odcs(), value, document, InvalidContract))
    _raise([*_unsupported(value, document), *_vendors(value, document), *_identity(value, document)])


def check_identity(value: Mapping[str, Any], document: Document) -> None:
    """Check the id, the version and the status of a contract that is otherwise known to be one.

    Raises:
        InvalidContract: see `check_contract`.
    """
    _raise([*_identity(value, document)])


def _raise(problems: Sequence[InputError]) -> None:
    if problems:
        first, *others = problems
        first.others = tuple(others)
        raise first


def _identity(value: Mapping[str, Any], document: Document) -> Iterator[InputError]:
    """Yield what is wrong with the id, the version and the status."""
    id_, version, status = value["id"], value["version"], value.get("status")
    if not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", id_):
        problem = f"'{id_}' is not '<domain>.<name>' in lower-case letters, digits and -"
        yield _at(
            document, "/id", problem, InvalidContract, "write the names of its two folders, as commerce.order-placed"
        )
    if not _VERSION.match(str(version)):
        problem, fix = f"'{version}' is not a version", "use major.minor.patch, such as 1.0.0"
        yield _at(document, "/version", problem, InvalidContract, fix)
    if status is None:
        yield _at(document, "", "'status' is missing", InvalidContract, f"add 'status', one of {', '.join(Status)}")
    elif status not in list(Status):
        yield _at(document, "/status", f"'{status}' is no status", InvalidContract, f"one of {', '.join(Status)}")


def _vendors(value: Mapping[str, Any], document: Document) -> Iterator[InputError]:
    """Yield what is wrong with the entries of our vendors, and with vendors that are nearly one of these."""
    for pointer, entry in vendor_entries(value):
        schema = VENDOR_VALUES.get((entry.get("vendor", ""), entry.get("property", "")))
        if entry.get("vendor") not in _OUR_VENDORS:
            yield from _near_vendor(document, pointer, entry)
        elif schema is None:
            yield _unknown_property(document, pointer, entry)
        else:
            yield from _misfits(schema, entry.get("value"), document, InvalidContract, f"{pointer}/value")


def _unknown_property(document: Document, pointer: str, entry: Mapping[str, Any]) -> InputError:
    names = [name for vendor, name in VENDOR_VALUES if vendor == entry["vendor"]]
    near = get_close_matches(str(entry.get("property")), names, n=1)
    fix = f"write {near[0]}" if near else f"write one of {', '.join(names)}; or name the vendor whose property it is"
    problem = f"'{entry['vendor']}/{entry.get('property')}' is not something that this version knows"
    return _at(document, f"{pointer}/property", problem, InvalidContract, fix=fix)


def _near_vendor(document: Document, pointer: str, entry: Mapping[str, Any]) -> Iterator[InputError]:
    """Refuse a vendor that is nearly one of ours. What other tools write is theirs, and is kept."""
    near = get_close_matches(str(entry.get("vendor") or ""), _OUR_VENDORS, n=1, cutoff=0.75)
    if near:
        problem = f"vendor '{entry['vendor']}' is nobody's: its settings would do nothing"
        yield _at(document, f"{pointer}/vendor", problem, InvalidContract, fix=f"write {near[0]}")


def _unsupported(value: Mapping[str, Any], document: Document) -> Iterator[InputError]:
    """Yield what the standard allows and this version would pass over in silence."""
    if not value["apiVersion"].startswith("v3."):
        problem = f"{value['apiVersion']} is an older standard, with another structure"
        yield _at(document, "/apiVersion", problem, InvalidContract, "write the contract in v3.2.0")
    if len(value.get("schema") or []) > 1:
        problem = "a contract is about one schema here"
        yield _at(document, "/schema/1", problem, InvalidContract, "make it two contracts")
    names: set[str] = set()
    for pointer, rule in registry_rules(value):
        name = rule.get("id")
        if name is None or name in names:
            problem = "a rule for the registry needs an 'id'" if name is None else f"there are two rules '{name}'"
            fix = "give each rule an id of its own: the registry's name"
            yield _at(document, pointer, problem, InvalidContract, fix)
        names.add(str(name))
        yield from _misfits(RULE, rule.get("implementation"), document, InvalidContract, f"{pointer}/implementation")


def registry_rules(value: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return each rule of a contract that is the registry's, too, with its JSON pointer."""
    first = (value.get("schema") or [{}])[0]
    rules = enumerate(first.get("quality") or [])
    return [(f"/schema/0/quality/{i}", rule) for i, rule in rules if rule.get("engine") == "confluent-cel"]


def check_workspace(value: Any, document: Document) -> None:
    """Check a workspace file.

    Raises:
        InvalidWorkspace: the first thing that is wrong; its `others` are those that have nothing to do with it.
    """
    _raise(_misfits(WORKSPACE, value, document, InvalidWorkspace))


def vendor_entries(value: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return each entry of `customProperties`, the contract's and its first schema's, with its JSON pointer."""
    first = (value.get("schema") or [{}])[0]
    return [
        *((f"/customProperties/{i}", entry) for i, entry in enumerate(value.get("customProperties") or [])),
        *((f"/schema/0/customProperties/{i}", entry) for i, entry in enumerate(first.get("customProperties") or [])),
    ]


def _misfits(
    schema: Mapping[str, Any], value: Any, document: Document, kind: type[InputError], base: str = ""
) -> list[InputError]:
    """Return what a JSON Schema has against a value."""
    validator = _odcs_validator() if schema is _odcs() else jsonschema_rs.validator_for(dict(schema))
    errors = list(validator.iter_errors(value))
    if not errors:
        return []
    from tallystick.contract.wording import complaints  # noqa: PLC0415  # most files have nothing wrong

    found = []
    for one in complaints(schema, errors):
        pointer = base + "".join(f"/{escape(str(step))}" for step in one.steps)
        problem = f"the file {one.problem}" if not pointer and one.problem.startswith("must") else one.problem
        found.append(_at(document, pointer, problem, kind, fix=one.fix or None))
    return found


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
