"""Tags inside of a schema, found, added and taken away: `confluent:tags` in Avro, and Protobuf's options of that name."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tallystick.errors import InvalidSchema
from tallystick.registry.known_protos import META
from tallystick.registry.parsing import Parsed, Unparsed, parse
from tallystick.registry.protobuf_tags import OF_FIELD, OF_MESSAGE, entities, importing, retagged, tags_of
from tallystick.schema.protobuf_types import ProtoSchema

_TAGS = "confluent:tags"
_KINDS = {OF_MESSAGE: "sr_record", OF_FIELD: "sr_field"}


def tags_in(parsed: Parsed, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Return where a schema has tags, in the API's words; of those that are wanted, `*` is all."""
    found: list[tuple[str, str, Any]] = []
    if isinstance(parsed.schema, ProtoSchema):
        found = [(place[0], _KINDS[place[1]], tags_of(place)) for place in entities(_descriptor(parsed.schema))]
    elif parsed.schema is not None:
        found = [(path, kind, node.get(_TAGS)) for path, kind, node in _entities(json.loads(parsed.text), "")]
    return [
        {"schemaEntity": {"entityPath": path, "entityType": kind}, "tags": tags}
        for path, kind, tags in found
        if isinstance(tags, list) and tags and ("*" in wanted or {*tags} & {*wanted})
    ]


def with_tags(given: Unparsed, add: Mapping[str, Sequence[str]], remove: Mapping[str, Sequence[str]]) -> str:
    """Return a schema's text with tags added and removed: by record, or by record and field.

    A path is `com.shop.Order.id` in Avro, `.Order.id` in Protobuf.

    Raises:
        InvalidSchema: nothing has that path, or it is in a language without tags.
    """
    parsed = parse(given)
    if parsed.schema is None:
        raise InvalidSchema("tags can be changed in AVRO and PROTOBUF: write them into the schema's text")
    found = places(parsed)
    for path in dict.fromkeys([*add, *remove]):
        if path not in found:
            raise InvalidSchema(f"the schema has no record or field '{path}' to tag; there are {', '.join(found)}")
    if isinstance(parsed.schema, ProtoSchema):
        return _with_protobuf_tags(given, parsed.schema, add, remove)
    value = json.loads(parsed.text)
    for path, node in _places(value).items():
        tags = [tag for tag in node.get(_TAGS, []) if tag not in remove.get(path, ())]
        tags += [tag for tag in add.get(path, ()) if tag not in tags]
        if path in add or path in remove:
            node.pop(_TAGS, None)
            node.update({_TAGS: tags} if tags else {})
    return json.dumps(value, ensure_ascii=False)


def places(parsed: Parsed) -> Collection[str]:
    """Return the paths of all records and fields in a schema."""
    if isinstance(parsed.schema, ProtoSchema):
        return [path for path, _, _ in entities(_descriptor(parsed.schema))]
    return [] if parsed.schema is None else list(_places(json.loads(parsed.text)))


def _with_protobuf_tags(
    given: Unparsed, schema: ProtoSchema, add: Mapping[str, Sequence[str]], remove: Mapping[str, Sequence[str]]
) -> str:
    from tallystick.schema.protobuf_text import descriptor_text  # noqa: PLC0415  # only who has .proto files pays for it

    file = _descriptor(schema)
    if META not in file.dependency:
        imports = parse(replace(given, text=descriptor_text(importing(file)))).schema
        file = _descriptor(imports) if isinstance(imports, ProtoSchema) else file
    return descriptor_text(retagged(file, add, remove))


def _descriptor(schema: ProtoSchema) -> Any:
    return schema.file.described.descriptor


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
