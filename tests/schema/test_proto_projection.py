"""A projection of Protobuf reads what a consumer named, and that is what the whole message has there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codegen.protos import NASTY
from tests.codegen.test_protobuf import contracts

from tallystick.contract.model import Contract
from tallystick.schema.proto_projection import projected_proto
from tallystick.schema.protobuf_types import ProtoFile, ProtoMessage, ProtoSchema
from tallystick.testing.build_proto import ProtoBuilder
from tallystick.testing.strategies import drawn

CONTRACTS = {contract.id: contract for contract in contracts()}


def schema_of(contract: Contract) -> ProtoSchema:
    assert isinstance(contract.schema, ProtoSchema)
    return contract.schema


def paths_of(message: ProtoMessage, depth: int = 3) -> Iterator[str]:
    """Yield the dotted paths of a message's fields, maps' values included."""
    for field in message.fields:
        yield field.name
        inner = field.entry[1].message if field.entry is not None else field.message
        if inner is not None and depth:
            yield from (f"{field.name}.{path}" for path in paths_of(inner, depth - 1))


def facts_of(message: ProtoMessage) -> set[Any]:
    """Return what each field of a message is on the wire and in JSON."""
    return {
        (f.number, f.name, f.json_name, f.kind, f.presence, f.oneof, f.is_packed, f.default) for f in message.fields
    }


def pool_of(*files: ProtoFile) -> Any:
    """Return a pool that has files, and all that they import."""
    pool = descriptor_pool.DescriptorPool()
    known: set[str] = set()

    def add(file: ProtoFile) -> None:
        if file.name not in known:
            known.add(file.name)
            for one in file.imports:
                add(one.file)
            pool.AddSerializedFile(file.described.descriptor.SerializeToString())

    for file in files:
        add(file)
    return pool


def values_at(message: Any, steps: list[str]) -> list[Any]:
    """Return what stands at a path: nothing where a field is not set, each of the items of a list or a map."""
    field = message.DESCRIPTOR.fields_by_name[steps[0]]
    if field.has_presence and not message.HasField(field.name):
        return []
    value = getattr(message, field.name)
    if field.is_repeated:
        found = [value[key] for key in sorted(value)] if hasattr(value, "keys") else list(value)
    else:
        found = [value]
    if not steps[1:]:
        return [one.SerializeToString(deterministic=True) if isinstance(one, Message) else one for one in found]
    return [item for one in found for item in values_at(one, steps[1:])]


@pytest.mark.parametrize("id_", [id_ for id_ in NASTY if id_ != "nasty.descriptor-field"])
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_read_is_what_the_whole_message_has(id_: str, data: st.DataObject) -> None:
    schema = schema_of(CONTRACTS[id_])
    known = list(islice(paths_of(schema.root), 200))
    paths = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=4)) if known else []
    seen = projected_proto(schema, paths, "ForMe", "for/me.proto")
    if seen is None:
        return
    pool = pool_of(schema.file, seen.file)
    value = data.draw(st.composite(lambda draw: ProtoBuilder(drawn(draw), pool, {}).value(schema.root))())
    cls = message_factory.GetMessageClass(pool.FindMessageTypeByName(seen.root.name))
    part = cls.FromString(value.SerializePartialToString())
    part.DiscardUnknownFields()

    assert {path.partition(".")[0] for path in paths} <= set(seen.root.by_name)
    whole = [
        facts_of(kind) for file in schema.file.closure() for kind in file.types() if isinstance(kind, ProtoMessage)
    ]
    for message in seen.file.messages:
        assert any(facts_of(message) <= known for known in whole)
    for path in paths:
        assert repr(values_at(value, path.split("."))) == repr(values_at(part, path.split("."))), path


@pytest.mark.parametrize("paths", [["again"], ["in", "again"], ["again.again.in", "again.again.again", "in"]])
def test_where_all_is_read_there_is_no_projection(paths: list[str]) -> None:
    schema = schema_of(CONTRACTS["nasty.keywords"])

    assert None is projected_proto(schema, paths, "ForMe", "for/me.proto")
