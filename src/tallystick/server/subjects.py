"""Subjects and their versions over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tallystick.errors import InvalidSchema
from tallystick.registry.extras import read_metadata, read_rules
from tallystick.registry.identity import guid
from tallystick.registry.model import RegisteredSchema, SchemaRequest
from tallystick.registry.registering import RuleEdits
from tallystick.registry.service import Registry
from tallystick.server.call import Call, check_members
from tallystick.server.endpoint import NUMBER, TEXT, Endpoint, Raw, described, listed, named, registered

_TAG_MEMBERS = ("newVersion", "tagsToAdd", "tagsToRemove", "metadata", "ruleSet", "rulesToMerge", "rulesToRemove")


def _subjects(registry: Registry, call: Call) -> Any:
    if call.asks("configured"):
        return call.page(registry.configuration.scopes())
    found = registry.subjects(call.prefix, deleted=call.asks("deleted"), deleted_only=call.asks("deletedOnly"))
    return call.page(found)


def _lookup(registry: Registry, call: Call) -> Any:
    deleted = call.asks("deleted") or call.asks("lookupDeletedSchema")
    found = registry.lookup(call.subject, call.schema(), normalize=call.asks("normalize"), deleted=deleted)
    return _formatted(registry, call, found)


def _register(registry: Registry, call: Call) -> Any:
    request = call.schema()
    found = registry.register(call.subject, request, normalize=call.asks("normalize"), force=call.asks("force"))
    return _answer(registry, call, request, found)


def _answer(registry: Registry, call: Call, request: SchemaRequest, found: RegisteredSchema) -> Any:
    # What the registry added to a schema is told to all. What was sent is not repeated: Confluent's Python client would
    # take a text for the descriptor that it sent. Older clients refuse members that they do not know.
    new = {"version": found.version, "guid": guid(found)}
    if request.text and (request.metadata or {}, request.rule_set or {}) == (found.metadata, found.rule_set):
        return {"id": found.id, **(new if call.knows_new_members else {})}
    return {"id": found.id, **new, **described(found, registry.formatted(found, call.query.get("format", "")))}


def _latest_with_metadata(registry: Registry, call: Call) -> Any:
    keys, values = call.query.getlist("key"), call.query.getlist("value")
    wanted = dict(zip(keys, values, strict=False))
    return _formatted(registry, call, registry.latest_with(call.subject, wanted, deleted=call.asks("deleted")))


def _versions(registry: Registry, call: Call) -> Any:
    negative, only = call.asks("deletedAsNegative"), call.asks("deletedOnly")
    found = registry.versions(call.subject, deleted=call.asks("deleted") or negative or only)
    kept = [one for one in found if one.deleted or not only]
    return call.page([-one.version if one.deleted and negative else one.version for one in kept])


def _version(registry: Registry, call: Call) -> Any:
    return _formatted(registry, call, _asked(registry, call))


def _version_schema(registry: Registry, call: Call) -> Any:
    return Raw(registry.formatted(_asked(registry, call), call.query.get("format", "")))


def _asked(registry: Registry, call: Call) -> RegisteredSchema:
    return registry.version(call.subject, call.path["version"], deleted=call.asks("deleted"))


def _formatted(registry: Registry, call: Call, found: RegisteredSchema) -> Any:
    text = registry.formatted(found, call.query.get("format", ""))
    tags = call.query.getlist("findTags")
    return registered(found, call, text) | ({"schemaTags": registry.tags(found, tags)} if tags else {})


def _referenced_by(registry: Registry, call: Call) -> Any:
    return call.page(registry.referrers(call.subject, call.path["version"], deleted=call.asks("deleted")))


def _retag(registry: Registry, call: Call) -> Any:
    body = call.body
    check_members(body, _TAG_MEMBERS)
    version, remove = body.get("newVersion"), body.get("rulesToRemove") or []
    if isinstance(version, bool) or not isinstance(version, int | None):
        raise InvalidSchema("'newVersion' is the number that the new version gets")
    if not isinstance(remove, list):
        raise InvalidSchema("'rulesToRemove' is a list of names of rules")
    request = SchemaRequest(
        "",
        metadata=read_metadata(body.get("metadata")),
        rule_set=read_rules(body.get("ruleSet")),
        version=-1 if version is None else version,
        add_tags=call.tags("tagsToAdd"),
        remove_tags=call.tags("tagsToRemove"),
    )
    edits = RuleEdits(read_rules(body.get("rulesToMerge")), remove)
    found = registry.retag(call.subject, call.path["version"], request, edits)
    return _answer(registry, call, replace(request, text=found.text, metadata=found.metadata), found)


def _delete_subject(registry: Registry, call: Call) -> Any:
    return registry.delete_subject(call.subject, permanent=call.asks("permanent"))


def _delete_version(registry: Registry, call: Call) -> Any:
    return registry.delete_version(call.subject, call.path["version"], permanent=call.asks("permanent"))


_SUBJECT, _VERSIONS, _ONE = (
    "/subjects/{subject}",
    "/subjects/{subject}/versions",
    "/subjects/{subject}/versions/{version}",
)
_PAGE = ("offset", "limit")
_BODY, _VERSION = named("SchemaRequest"), named("Version")

ENDPOINTS = (
    Endpoint(
        "GET", "/subjects", "List subjects", _subjects,
        query=("subjectPrefix", "deleted", "deletedOnly", "configured", *_PAGE), returns=listed(TEXT),
    ),
    Endpoint(
        "POST", _SUBJECT, "Find the version of a subject that is this schema", _lookup,
        query=("normalize", "format", "deleted"), body=_BODY, returns=_VERSION, errors=(40401, 40403, 42201, 42209, 42210),
    ),
    Endpoint(
        "DELETE", _SUBJECT, "Delete a subject: first it is hidden, then it may go for good", _delete_subject,
        query=("permanent",), returns=listed(NUMBER), errors=(40401, 40404, 40405, 42205, 42206),
    ),
    Endpoint(
        "GET", f"{_SUBJECT}/metadata", "Get the newest version whose metadata has these properties",
        _latest_with_metadata, query=("key", "value", "format", "deleted"), returns=_VERSION, errors=(40401, 40403),
    ),
    Endpoint(
        "GET", _VERSIONS, "List the versions of a subject", _versions,
        query=("deleted", "deletedOnly", "deletedAsNegative", *_PAGE), returns=listed(NUMBER), errors=(40401,),
    ),
    Endpoint(
        "POST", _VERSIONS, "Register a schema", _register,
        query=("normalize", "format", "force"), body=_BODY, returns=named("Registered"),
        errors=(409, 42201, 42205, 42207, 42208, 42209, 42210),
    ),
    Endpoint(
        "GET", _ONE, "Get a version", _version,
        query=("format", "deleted", "findTags"), returns=_VERSION, errors=(40401, 40402, 42202),
    ),
    Endpoint(
        "DELETE", _ONE, "Delete a version: first it is hidden, then it may go for good", _delete_version,
        query=("permanent",), returns=NUMBER, errors=(40401, 40402, 40406, 40407, 42202, 42205, 42206),
    ),
    Endpoint(
        "GET", f"{_ONE}/schema", "Get the text of a version", _version_schema,
        query=("format", "deleted"), returns={}, errors=(40401, 40402, 42202),
    ),
    Endpoint(
        "GET", f"{_ONE}/referencedby", "List the ids of the schemas that refer to a version", _referenced_by,
        query=("deleted", *_PAGE), returns=listed(NUMBER), errors=(40401, 40402, 42202),
    ),
    Endpoint(
        "POST", f"{_ONE}/tags", "Register a version again with other tags, metadata or rules", _retag,
        body=named("TagRequest"), returns=named("Registered"),
        errors=(409, 40401, 40402, 42201, 42202, 42205, 42208, 42209, 42210),
    ),
)  # fmt: skip
