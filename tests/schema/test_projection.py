"""A projection reads what a consumer named, and that is what the whole message has there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import avro, schemas, values

from tallystick.schema.projection import projected
from tallystick.schema.types import ArrayType, MapType, RecordType, Schema, Type, UnionType
from tallystick.values.avro_json import branch_of
from tallystick.wire.avro import compile_decoder, compile_encoder

LINE = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}, {"name": "n", "type": "int"}]}
ORDER = avro(
    {
        "type": "record",
        "name": "Order",
        "namespace": "shop",
        "fields": [
            {"name": "id", "type": "string"},
            {"name": "lines", "type": {"type": "array", "items": LINE}},
            {"name": "by_name", "type": {"type": "map", "values": ["null", "Line"]}},
            {"name": "parent", "type": ["null", "Order"]},
        ],
    }
)


def fields(schema: Schema | None, record: str) -> list[str]:
    assert schema is not None
    found = schema.named[record]
    assert isinstance(found, RecordType)
    return [field.name for field in found.fields]


def test_what_is_named_is_kept_in_the_order_of_the_schema() -> None:
    seen = projected(ORDER, ["lines.sku", "id"], "for/billing")

    assert ["id", "lines"] == fields(seen, "shop.Order")
    assert ["sku"] == fields(seen, "shop.Line")


def test_a_field_that_is_named_itself_is_kept_whole() -> None:
    seen = projected(ORDER, ["lines.sku", "by_name"], "for/billing")

    assert ["sku", "n"] == fields(seen, "shop.Line")


def test_a_record_within_itself_has_the_same_fields_at_each_depth() -> None:
    seen = projected(ORDER, ["parent.id"], "for/billing")

    assert ["id", "parent"] == fields(seen, "shop.Order")


@pytest.mark.parametrize("paths", [["id", "lines", "by_name", "parent"], ["parent"]])
def test_what_leaves_nothing_out_is_no_projection(paths: list[str]) -> None:
    assert projected(ORDER, paths, "for/billing") is None


def test_a_path_that_leads_nowhere_counts_for_nothing() -> None:
    assert ["id"] == fields(projected(ORDER, ["id", "total", "total.net"], "for/billing"), "shop.Order")
    assert projected(avro("int"), ["id"], "for/billing") is None


@given(schemas(record=True), st.data())
def test_a_decoder_gives_just_what_the_whole_message_has_there(schema: Schema, data: st.DataObject) -> None:
    paths = sorted(all_paths(schema.root, 3))
    chosen = data.draw(st.lists(st.sampled_from(paths), max_size=3)) if paths else []
    seen = projected(schema, chosen, "for/billing")
    if seen is None:
        return
    value = data.draw(values(schema))

    decoded = compile_decoder(schema, seen)(compile_encoder(schema)(value), 0)

    assert cut(schema.root, seen.root, value) == decoded


def all_paths(kind: Type, depth: int) -> set[str]:
    match kind:
        case ArrayType(items=inner) | MapType(values=inner):
            return all_paths(inner, depth)
        case UnionType(branches=branches):
            return {path for branch in branches for path in all_paths(branch, depth)}
        case RecordType(fields=fields) if depth:
            below = {f"{field.name}.{path}" for field in fields for path in all_paths(field.type, depth - 1)}
            return {field.name for field in fields} | below
    return set()


def cut(whole: Type, seen: Type, value: Any) -> Any:
    """Return a value with the fields alone that the projection has."""
    match whole, seen:
        case ArrayType(items=one), ArrayType(items=other):
            return [cut(one, other, item) for item in value]
        case MapType(values=one), MapType(values=other):
            return {key: cut(one, other, item) for key, item in value.items()}
        case UnionType(), UnionType():
            branch = branch_of(whole, value)
            return cut(branch, seen.branches[whole.branches.index(branch)], value)
        case RecordType(), RecordType():
            pairs = ((whole.by_name[field.name], field) for field in seen.fields)
            return {field.name: cut(old.type, field.type, value[field.name]) for old, field in pairs}
    return value
