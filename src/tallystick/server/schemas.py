"""Schemas by id and guid over HTTP, and the list of all."""

from __future__ import annotations

from typing import Any

from tallystick.registry.identity import guid
from tallystick.registry.model import TYPES, RegisteredSchema
from tallystick.registry.names import context_of
from tallystick.registry.service import Registry
from tallystick.server.call import PAGE, Call
from tallystick.server.endpoint import TEXT, Endpoint, Raw, described, listed, named, registered


def _by_id(registry: Registry, call: Call) -> Any:
    found = registry.schema(call.id, call.context_subject)
    answer = _string(registry, call, found)
    if call.asks("fetchMaxId"):
        answer["maxId"] = registry.highest_id(found.subject)
    return answer


def _string(registry: Registry, call: Call, found: RegisteredSchema) -> dict[str, Any]:
    answer = described(found, registry.formatted(found, call.query.get("format", "")))
    answer.pop("deleted", None)  # an id outlives the deletion of its versions
    if call.knows_new_members:
        answer |= {"guid": guid(found)}
    tags = call.query.getlist("findTags")
    return answer | ({"schemaTags": registry.tags(found, tags)} if tags else {})


def _text(registry: Registry, call: Call) -> Any:
    found = registry.schema(call.id, call.context_subject)
    return Raw(registry.formatted(found, call.query.get("format", "")))


def _places(registry: Registry, call: Call) -> list[RegisteredSchema]:
    return registry.places(call.id, call.context_subject, deleted=call.asks("deleted"))


def _id_subjects(registry: Registry, call: Call) -> Any:
    return call.page(list(dict.fromkeys(one.subject for one in _places(registry, call))))


def _id_versions(registry: Registry, call: Call) -> Any:
    return call.page([{"subject": one.subject, "version": one.version} for one in _places(registry, call)])


def _all(registry: Registry, call: Call) -> Any:
    if any(call.query.get(name) for name in ("resourceType", "associationType", "lifecycle")):
        return []  # they ask for schemas that are associated with something, and this registry has none
    found = registry.all_versions(
        call.prefix,
        aliases=call.asks("aliases"),
        deleted=call.asks("deleted"),
        latest_only=call.asks("latestOnly"),
    )
    wanted = call.query.get("ruleType")
    kept = [one for one in found if not wanted or wanted in _rule_types(one[0])]
    return [registered(one, call) | ({"aliases": aliases} if aliases else {}) for one, aliases in call.page(kept, PAGE)]


def _rule_types(schema: RegisteredSchema) -> set[str]:
    return {rule["type"] for part in schema.rule_set.values() if isinstance(part, list) for rule in part}


def _by_guid(registry: Registry, call: Call) -> Any:
    found = registry.by_guid(call.path["guid"])[0]
    return _string(registry, call, found) | {"guid": guid(found)}


def _guid_ids(registry: Registry, call: Call) -> Any:
    return [{"context": context_of(one.subject), "id": one.id} for one in registry.by_guid(call.path["guid"])]


_PAGING = ("offset", "limit")
_STRING = named("SchemaString")

ENDPOINTS = (
    Endpoint("GET", "/schemas/types", "List the schema languages", lambda *_: list(TYPES), returns=listed(TEXT)),
    Endpoint(
        "GET", "/schemas", "List schemas, a thousand at most", _all,
        query=("subjectPrefix", "aliases", "deleted", "latestOnly", "ruleType", *_PAGING),
        returns=listed(named("Version")),
    ),
    Endpoint(
        "GET", "/schemas/ids/{id}", "Get the schema of an id", _by_id,
        query=("subject", "format", "findTags", "fetchMaxId"), returns=_STRING, errors=(40403,),
    ),
    Endpoint(
        "GET", "/schemas/ids/{id}/schema", "Get the text of an id", _text,
        query=("subject", "format"), returns={}, errors=(40403,),
    ),
    Endpoint(
        "GET", "/schemas/ids/{id}/subjects", "List the subjects that have an id", _id_subjects,
        query=("subject", "deleted", *_PAGING), returns=listed(TEXT), errors=(40403,),
    ),
    Endpoint(
        "GET", "/schemas/ids/{id}/versions", "List the versions that have an id", _id_versions,
        query=("subject", "deleted", *_PAGING), returns=listed(named("SubjectVersion")), errors=(40403,),
    ),
    Endpoint(
        "GET", "/schemas/guids/{guid}", "Get a schema by the name that it has in every registry", _by_guid,
        query=("format", "findTags"), returns=_STRING, errors=(40403,),
    ),
    Endpoint(
        "GET", "/schemas/guids/{guid}/ids", "List the ids that a schema has, by context", _guid_ids,
        returns=listed(named("ContextId")), errors=(40403,),
    ),
)  # fmt: skip
