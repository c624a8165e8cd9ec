"""Describe the API in OpenAPI 3.1, from the endpoints themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from tallystick import __version__
from tallystick.contract.modes import Mode
from tallystick.registry.model import TYPES, Access
from tallystick.server.endpoint import NUMBER, TEXT, Endpoint, Schema, listed, named

_KIND = "application/vnd.schemaregistry.v1+json"
_SWITCH: Schema = {"type": "boolean"}
_TEXTS = listed(TEXT)
_QUERY: Mapping[str, tuple[Schema, str]] = {
    "aliases": (_SWITCH, "name the aliases of each subject, and look for subjects by these too"),
    "contextPrefix": (TEXT, "how the contexts begin"),
    "defaultToGlobal": (_SWITCH, "answer what holds for the subject where it has nothing of its own"),
    "deleted": (_SWITCH, "what is deleted, and not for good, too"),
    "deletedAsNegative": (_SWITCH, "versions that are deleted, too, as negative numbers"),
    "configured": (
        _SWITCH,
        "what has settings or a mode of its own instead, with versions or without; not in Confluent's",
    ),
    "deletedOnly": (_SWITCH, "only what is deleted, and not for good"),
    "fetchMaxId": (_SWITCH, "name the highest id that was given"),
    "findTags": (_TEXTS, "name the places in an Avro schema that have one of these tags; `*` is any"),
    "force": (_SWITCH, "register without a check; or switch to importing over what is there"),
    "format": (TEXT, "`resolved`: Avro with all that it refers to; `serialized`: Protobuf as base64 of its descriptor"),
    "key": (_TEXTS, "names of properties"),
    "latestOnly": (_SWITCH, "only the newest version of each subject"),
    "limit": (NUMBER, "how many at most; a number that is not above 0 is no limit"),
    "normalize": (_SWITCH, "order what the language leaves open before comparing"),
    "offset": (NUMBER, "how many to leave out first"),
    "permanent": (_SWITCH, "delete for good what was deleted before"),
    "recursive": (_SWITCH, "forget the modes of all subjects in it, too"),
    "ruleType": (TEXT, "only schemas with a rule of this type"),
    "subject": (TEXT, "the subject, or (`:.name:`) the context, that the id is of"),
    "subjectPrefix": (TEXT, "how the subjects begin; `:*:` before it stands for every context"),
    "value": (_TEXTS, "their values, in the same order"),
    "verbose": (_SWITCH, "say why"),
}
_PATH: Mapping[str, tuple[Schema, str]] = {
    "context": ({**TEXT, "minLength": 1}, "the name of a context, such as `.staging`"),
    "guid": ({**TEXT, "minLength": 1}, "the schema's name in every registry"),
    "id": ({**NUMBER, "minimum": 0, "maximum": 2**31 - 1}, "the schema's id"),
    "subject": ({**TEXT, "minLength": 1}, "the subject; `/` in it is written `%2F`"),
    "version": ({**TEXT, "minLength": 1}, "a version's number, or `latest`"),
}


def _object(required: Iterable[str] = (), **members: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": members, "additionalProperties": False}


def _open_object(required: Iterable[str], **members: Schema) -> Schema:
    """Return an object that may have other members, too: nobody reads these."""
    return {"type": "object", "required": list(required), "properties": members}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_ENTITY = {
    "schema": TEXT,
    "schemaType": {"type": "string", "enum": list(TYPES)},
    "references": listed(named("Reference")),
    "metadata": named("Metadata"),
    "ruleSet": named("RuleSet"),
    "schemaTags": listed(named("TaggedPlace")),
    "guid": TEXT,
}
_VERSION = {**_ENTITY, "subject": TEXT, "version": NUMBER, "id": NUMBER, "deleted": _SWITCH, "aliases": _TEXTS}
_RULE = {
    "name": {**TEXT, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
    "type": {**TEXT, "minLength": 1},
    **dict.fromkeys(("doc", "expr", "onSuccess", "onFailure"), TEXT),
    "kind": {"type": "string", "enum": ["CONDITION", "TRANSFORM"]},
    "mode": {"type": "string", "enum": ["UPGRADE", "DOWNGRADE", "UPDOWN", "WRITE", "READ", "WRITEREAD"]},
    "tags": _TEXTS,
    "params": {"type": "object", "additionalProperties": TEXT},
    "disabled": _SWITCH,
}
_SETTINGS = {
    **dict.fromkeys(("alias", "compatibilityGroup", "aliasForDeks"), TEXT),
    **dict.fromkeys(("normalize", "validateFields", "validateNames", "validateNewSchemas", "validateRules"), _SWITCH),
    "compatibilityPolicy": {"type": "string", "enum": ["STRICT", "LENIENT", "LOGICAL"]},
    **dict.fromkeys(("defaultMetadata", "overrideMetadata"), named("Metadata")),
    **dict.fromkeys(("defaultRuleSet", "overrideRuleSet"), named("RuleSet")),
}
_LEVEL = {"type": "string", "enum": list(Mode)}
_TAGGED = listed(named("TaggedPlace"))
_SCHEMAS: Mapping[str, Schema] = {
    "Error": _object(("error_code", "message"), error_code=NUMBER, message=TEXT),
    "Reference": _open_object(("name", "subject", "version"), name=TEXT, subject=TEXT, version=NUMBER),
    "Metadata": _open_object(
        (),
        tags={"type": "object", "additionalProperties": _TEXTS},
        properties={"type": "object", "additionalProperties": TEXT},
        sensitive=_TEXTS,
    ),
    "Rule": _object(("name", "type"), **_RULE),
    "RuleSet": _object(
        **dict.fromkeys(("migrationRules", "domainRules", "encodingRules"), listed(named("Rule"))), enableAt=TEXT
    ),
    "TaggedPlace": _open_object(
        ("schemaEntity", "tags"),
        schemaEntity=_open_object(("entityPath",), entityPath=TEXT, entityType=TEXT),
        tags=_TEXTS,
    ),
    "SchemaRequest": _open_object(
        ("schema",),
        schema=TEXT,
        schemaType=_or_null(_ENTITY["schemaType"]),
        references=_or_null(_ENTITY["references"]),
        metadata=_or_null(named("Metadata")),
        ruleSet=_or_null(named("RuleSet")),
        id=_or_null({**NUMBER, "minimum": -1, "maximum": 2**31 - 1}),
        version=_or_null({**NUMBER, "minimum": -1, "maximum": 2**31 - 1}),
        schemaTagsToAdd=_or_null(_TAGGED),
        schemaTagsToRemove=_or_null(_TAGGED),
        propagateSchemaTags=_or_null(_SWITCH),
    ),
    "TagRequest": _object(
        newVersion=_or_null(NUMBER),
        tagsToAdd=_or_null(_TAGGED),
        tagsToRemove=_or_null(_TAGGED),
        metadata=_or_null(named("Metadata")),
        ruleSet=_or_null(named("RuleSet")),
        rulesToMerge=_or_null(named("RuleSet")),
        rulesToRemove=_or_null(_TEXTS),
    ),
    "SchemaString": _object(("schema",), **_ENTITY, maxId=NUMBER),
    "Version": _object(("subject", "version", "id", "schema"), **_VERSION),
    "Registered": _object(("id",), **_ENTITY, version=NUMBER, id=NUMBER),
    "SubjectVersion": _object(("subject", "version"), subject=TEXT, version=NUMBER),
    "ContextId": _object(("context", "id"), context=TEXT, id=NUMBER),
    "Compatibility": _object(("is_compatible",), is_compatible=_SWITCH, messages=_TEXTS),
    "Config": _object(**_SETTINGS, compatibilityLevel=_LEVEL),
    "ConfigRequest": _object(
        **{name: _or_null(schema) for name, schema in _SETTINGS.items()}, compatibility=_or_null(_LEVEL)
    ),
    "Mode": _object(("mode",), mode={"type": "string", "enum": list(Access)}),
}


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the OpenAPI document of endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
        if endpoint.in_contexts:
            inside = f"/contexts/{{context}}{endpoint.path}"
            paths.setdefault(inside, {})[endpoint.method.lower()] = _operation(endpoint, inside)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tallystick schema registry", "version": __version__},
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


def _operation(endpoint: Endpoint, path: str | None = None) -> dict[str, Any]:
    path = path or endpoint.path
    in_path = re.findall(r"\{(\w+)\}", path)
    inside = " (in a context)" if path != endpoint.path else ""
    body = {} if endpoint.body is None else {"requestBody": {"required": True, "content": _content(endpoint.body)}}
    return {
        "summary": endpoint.summary + inside,
        "operationId": f"{endpoint.method.lower()} {path}",
        "parameters": [
            *(_parameter(name, "path", *_PATH[name]) for name in in_path),
            *(_parameter(name, "query", *_QUERY[name]) for name in endpoint.query),
        ],
        **body,
        "responses": _responses(endpoint, has_path=bool(in_path)),
    }


def _parameter(name: str, where: str, schema: Schema, description: str) -> dict[str, Any]:
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, "description": description, "schema": schema, **required}


def _responses(endpoint: Endpoint, *, has_path: bool) -> dict[str, Any]:
    """Return the answers by HTTP status: one that is good, and the errors."""
    done = {} if endpoint.returns is None else {"content": _content(endpoint.returns)}
    found: dict[str, Any] = {"204" if endpoint.returns is None else "200": {"description": "done", **done}}
    codes: dict[int, list[int]] = {}
    for code in endpoint.errors:
        codes.setdefault(int(str(code)[:3]), []).append(code)
    common = [406, 500, *([400, 404, 422] if has_path else []), *([400, 413, 415, 422] if endpoint.body else [])]
    for status in sorted({*codes, *common}):
        listed_codes = ", ".join(map(str, codes.get(status, []))) or str(status)
        found[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {listed_codes}",
            "content": _content(named("Error")),
        }
    return found


def _content(schema: Schema) -> dict[str, Any]:
    return {_KIND: {"schema": schema}}
