"""Tags inside of an Avro schema: `confluent:tags` of records and fields, found, added and taken away."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from tallystick.errors import InvalidSchema
from tallystick.registry.model import RegisteredSchema
from tallystick.schema.types import Format

_TAGS = "confluent:tags"


def tags_in(schema: RegisteredSchema, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Return where a schema has tags, in the API's words; of those that are wanted, `*` is all."""
    if schema.schema_type != Format.AVRO:
        return []
    return [
        {"schemaEntity": {"entityPath": path, "entityType": kind}, "tags": node[_TAGS]}
        for path, kind, node in _entities(json.loads(schema.text), "")
        if isinstance(node.get(_TAGS), list) and ("*" in wanted or {*node[_TAGS]} & {*wanted})
    ]


def with_tags(text: str, add: Mapping[str, Sequence[str]], remove: Mapping[str, Sequence[str]]) -> str:
    """Return an Avro schema's text with tags added and removed: by record, or by record and field (`com.shop.Order.id`).

    Raises:
        InvalidSchema: nothing has that path.
    """
    value = json.loads(text)
    found = _places(value)
    for path in dict.fromkeys([*add, *remove]):
        if path not in found:
            raise InvalidSchema(f"the schema has no record or field '{path}' to tag; there are {', '.join(found)}")
        node = found[path]
        tags = [tag for tag in node.pop(_TAGS, []) if tag not in remove.get(path, ())]
        tags += [tag for tag in add.get(path, ()) if tag not in tags]
        if tags:
            node[_TAGS] = tags
    return json.dumps(value, ensure_ascii=False)


def places(text: str) -> Collection[str]:
    """Return the paths of all records and fields in an Avro schema's text."""
    return _places(json.loads(text)).keys()


def _places(value: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path, _, node in _entities(value, ""):
        found.setdefault(path, node)
    return found


def _entities(value: Any, namespace: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each record and field with its path, in the order of the text."""
    waiting = [(value, namespace)]
    while waiting:
        node, space = waiting.pop()
        if isinstance(node, list):
            waiting += [(branch, space) for branch in reversed(node)]
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("type"), dict | list):
            waiting.append((node["type"], space))
        waiting += [(node[name], space) for name in ("items", "values") if name in node]
        if isinstance(node.get("fields"), list):
            own = (
                node["name"]
                if "." in node["name"]
                else ".".join(filter(None, [node.get("namespace", space), node["name"]]))
            )
            yield own, "sr_record", node
            for field in node["fields"]:
                yield f"{own}.{field['name']}", "sr_field", field
            waiting += [(field["type"], own.rpartition(".")[0]) for field in reversed(node["fields"])]
