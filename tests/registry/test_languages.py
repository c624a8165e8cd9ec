"""What a registry keeps of a schema, in each language: the same thing, however it is written."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proto_strategies import Proto, proto_files
from tests.strategies import schemas

from tallystick.registry.model import SchemaReference, SchemaRequest
from tallystick.registry.service import Registry
from tallystick.registry.store.memory import MemoryStore
from tallystick.schema.types import Format, RecordType, Schema

JSON_SCHEMAS = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer", "minimum": 0}, {"const": "é"}, {"multipleOf": 0.5}]),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, min_size=1).map(
        lambda found: {"type": "object", "properties": found, "required": sorted(found)}
    ),
    max_leaves=5,
)


@given(schema=schemas(), normalize=st.booleans())
def test_avro_that_was_kept_is_kept_as_it_is(schema: Schema, *, normalize: bool) -> None:
    """One text, one id: the kept text sent again is the same schema, and so is that with all written out."""
    registry = Registry(MemoryStore())
    kept = registry.register("s", SchemaRequest(schema.document.text), normalize=normalize)

    assert kept == registry.register("s", SchemaRequest(kept.text), normalize=normalize)
    assert kept == registry.lookup("s", SchemaRequest(registry.formatted(kept, "resolved")), normalize=normalize)


@given(schema=schemas(record=True))
def test_a_type_of_another_subject_is_as_good_as_one_in_the_text(schema: Schema) -> None:
    """The text names it and does not repeat it; written out, both are the same to who reads them."""
    assert isinstance(schema.root, RecordType)
    name = schema.root.name
    registry = Registry(MemoryStore())
    registry.register("type", SchemaRequest(schema.canonical))
    reference = SchemaReference(name, "type", 1)
    kept = registry.register("s", SchemaRequest(json.dumps({"type": "array", "items": name}), references=(reference,)))
    full = registry.formatted(kept, "resolved")

    assert {"type": "array", "items": json.loads(schema.canonical)} == json.loads(full)
    assert kept == registry.register("s", SchemaRequest(full))
    assert [] == registry.incompatibilities("s", SchemaRequest(full))


@settings(max_examples=10)
@given(file=proto_files())
def test_a_descriptor_is_the_same_schema_as_its_text(file: Proto) -> None:
    """Some clients send the one, and others the other."""
    registry = Registry(MemoryStore())
    kept = registry.register("s", SchemaRequest(file.text, Format.PROTOBUF))
    serialized = registry.formatted(kept, "serialized")

    assert kept == registry.register("s", SchemaRequest(serialized, Format.PROTOBUF))
    assert kept == registry.register("s", SchemaRequest(kept.text, Format.PROTOBUF))


@given(schema=JSON_SCHEMAS, indent=st.sampled_from([None, 2]))
def test_json_is_kept_without_white_space(schema: dict[str, Any], indent: int | None) -> None:
    """And in the order that it came in, unless it is to be normalized."""
    registry = Registry(MemoryStore())
    kept = registry.register("s", SchemaRequest(json.dumps(schema, indent=indent), "JSON"))
    turned = SchemaRequest(json.dumps(dict(reversed(schema.items()))), "JSON")

    assert schema == json.loads(kept.text)
    assert " " not in kept.text
    assert kept == registry.register("s", SchemaRequest(kept.text, "JSON"))
    assert registry.register("t", turned, normalize=True).text == json.dumps(
        schema, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
