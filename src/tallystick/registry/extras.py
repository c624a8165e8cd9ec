"""What goes with a schema beside its text: metadata and rules, checked, in one order, and merged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tallystick.errors import InvalidRuleSet, InvalidSchema

VERSION_PROPERTY = "confluent:version"
RESERVED_PROPERTY = "confluent:reserved"
_KINDS = ("CONDITION", "TRANSFORM")
_MIGRATION = ("UPGRADE", "DOWNGRADE", "UPDOWN")
_DOMAIN = ("WRITE", "READ", "WRITEREAD")
_MODES = {"migrationRules": _MIGRATION, "domainRules": _DOMAIN, "encodingRules": _DOMAIN}
_TEXTS = ("name", "doc", "type", "expr", "onSuccess", "onFailure")
_ORDER = ("name", "doc", "kind", "mode", "type", "tags", "params", "expr", "onSuccess", "onFailure", "disabled")


def read_metadata(value: Any) -> dict[str, Any] | None:
    """Return metadata as it is kept: names sorted, lists without twins, nothing empty nor of other names. None stays None.

    Raises:
        InvalidSchema: it is no metadata.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise InvalidSchema("'metadata' has 'tags', 'properties' and 'sensitive'")
    tags = {
        path: _texts(found, f"metadata.tags.{path}") for path, found in _members(value.get("tags"), "metadata.tags")
    }
    properties = {
        name: _text(v, f"metadata.properties.{name}")
        for name, v in _members(value.get("properties"), "metadata.properties")
    }
    sensitive = _texts(value.get("sensitive"), "metadata.sensitive")
    found = {"tags": dict(sorted(tags.items())), "properties": dict(sorted(properties.items())), "sensitive": sensitive}
    return {name: part for name, part in found.items() if part}


def read_rules(value: Any) -> dict[str, Any] | None:
    """Return a rule set as it is kept: with what each rule leaves open filled in, nothing empty. None stays None.

    Raises:
        InvalidRuleSet: it is no rule set.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not value.keys() <= {*_MODES, "enableAt"}:
        raise InvalidRuleSet(f"a rule set has {', '.join(_MODES)} and enableAt, and no other members")
    found = {name: _rules(name, value.get(name), modes) for name, modes in _MODES.items()}
    at = {"enableAt": str(value["enableAt"])} if value.get("enableAt") else {}
    return {name: rules for name, rules in found.items() if rules} | at


def _rules(part: str, value: Any, modes: Sequence[str]) -> list[dict[str, Any]]:
    if value is not None and not isinstance(value, list):
        raise InvalidRuleSet(f"'{part}' is a list of rules")
    rules = [_rule(part, one, modes) for one in value or ()]
    names = [rule["name"] for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRuleSet(f"Found rule with duplicate name '{name}'")
    return rules


def _rule(part: str, value: Any, modes: Sequence[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= set(_ORDER):
        raise InvalidRuleSet(f"a rule in '{part}' is an object with members of {', '.join(_ORDER)}")
    name = value.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[^\W\d][\w]*", name):
        raise InvalidRuleSet(
            f"a rule's name is letters, digits and underscores, and begins with no digit; got {name!r}"
        )
    for member in _TEXTS:
        if not isinstance(value.get(member), str | None):
            raise InvalidRuleSet(f"'{member}' of rule '{name}' is a text")
    if not value.get("type"):
        raise InvalidRuleSet(f"Missing rule type: rule '{name}' says no 'type', such as CEL")
    rule = {"kind": "TRANSFORM", "mode": "WRITEREAD"} | {k: v for k, v in value.items() if v is not None}
    if rule["kind"] not in _KINDS:
        raise InvalidRuleSet(f"rule '{name}' is of kind {rule['kind']!r}: there are {' and '.join(_KINDS)}")
    if rule["mode"] not in modes:
        raise InvalidRuleSet(f"rule '{name}' has mode {rule['mode']!r}: in {part} there are {', '.join(modes)}")
    rule["tags"] = _texts(value.get("tags"), f"tags of rule '{name}'", InvalidRuleSet)
    params = _members(value.get("params"), f"params of rule '{name}'", InvalidRuleSet)
    rule["params"] = {k: _text(v, f"param '{k}' of rule '{name}'", InvalidRuleSet) for k, v in sorted(params)}
    rule["disabled"] = value.get("disabled") is True
    return {k: rule[k] for k in _ORDER if k == "disabled" or rule.get(k)}


def merged_metadata(*layers: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return metadata in which a later layer's names count more. None: there was none at all."""
    found = [layer for layer in layers if layer is not None]
    if not found:
        return None
    sensitive = sorted({name for layer in found for name in layer.get("sensitive", ())})
    return read_metadata(
        {"tags": _united(found, "tags"), "properties": _united(found, "properties"), "sensitive": sensitive}
    )


def merged_rules(*layers: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return rules in which one of a later layer takes the place of those of its name. None: there were none at all."""
    found = [layer for layer in layers if layer is not None]
    if not found:
        return None
    result: dict[str, Any] = {}
    for part in _MODES:
        rules: list[Any] = []
        for layer in found:
            new = layer.get(part, [])
            names = {rule["name"] for rule in new}
            rules = [rule for rule in rules if rule["name"] not in names] + new
        if rules:
            result[part] = rules
    at = [layer["enableAt"] for layer in found if "enableAt" in layer]
    return result | ({"enableAt": at[-1]} if at else {})


def without_rules(rules: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return a rule set without the rules of some names."""
    gone = set(names)
    kept = {part: [rule for rule in rules.get(part, []) if rule["name"] not in gone] for part in _MODES}
    return {name: part for name, part in rules.items() if name not in _MODES} | {k: v for k, v in kept.items() if v}


def properties(metadata: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the properties of metadata."""
    found: Mapping[str, str] = metadata.get("properties", {})
    return found


def with_version(metadata: Mapping[str, Any] | None, version: int) -> dict[str, Any]:
    """Return metadata that says which version it is of."""
    return merged_metadata(metadata, {"properties": {VERSION_PROPERTY: str(version)}}) or {}


def without_version(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata that does not say which version it is of."""
    kept = {name: value for name, value in properties(metadata).items() if name != VERSION_PROPERTY}
    return {**{k: v for k, v in metadata.items() if k != "properties"}, **({"properties": kept} if kept else {})}


def _united(layers: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    return {key: value for layer in layers for key, value in layer.get(name, {}).items()}


def _members(
    value: Any, where: str, error: type[InvalidSchema | InvalidRuleSet] = InvalidSchema
) -> list[tuple[str, Any]]:
    if value is not None and not isinstance(value, dict):
        raise error(f"'{where}' is an object")
    return list((value or {}).items())


def _texts(value: Any, where: str, error: type[InvalidSchema | InvalidRuleSet] = InvalidSchema) -> list[str]:
    if value is not None and (not isinstance(value, list) or not all(isinstance(one, str) for one in value)):
        raise error(f"'{where}' is a list of texts")
    return sorted(set(value or ()))


def _text(value: Any, where: str, error: type[InvalidSchema | InvalidRuleSet] = InvalidSchema) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, bool | int | float):
        raise error(f"'{where}' is a text")
    return json.dumps(value)  # as Confluent's registry reads a number where it wants a text
