"""Compare the Avro codec with fastavro and confluent-kafka: `python benchmarks/codec.py` prints a table in Markdown.

All runs are interleaved, and the fastest of each is kept: what slows the machine down slows all of them.
"""

from __future__ import annotations

import io
import json
import timeit
from collections.abc import Callable, Mapping
from dataclasses import make_dataclass
from datetime import UTC, datetime
from typing import Any

import fastavro
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document
from tallystick.wire.avro import compile_decoder, compile_encoder
from tallystick.wire.frame import HEADER_SIZE, header

ROUNDS, CALLS = 40, 200
Runs = dict[str, Callable[[], Any]]

LINE = {"sku": "string", "quantity": "int", "price": "double"}
ORDER = {
    "order_id": "string",
    "customer": "string",
    "placed_at": {"type": "long", "logicalType": "timestamp-micros"},
    "note": ["null", "string"],
    "currency": "string",
    "total": "double",
    "paid": "boolean",
}
COLUMNS = {"string": "some text", "long": 1_234_567, "int": 42, "double": 3.25, "boolean": True, "float": 1.5}


def record(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declaration of a record."""
    return {"type": "record", "name": name, "fields": [{"name": n, "type": kind} for n, kind in fields.items()]}


def order() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a flat order with three nested lines."""
    lines = [{"sku": f"sku-{n}", "quantity": n, "price": 19.99} for n in range(1, 4)]
    head = ["o-17", "c-4711", datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "leave it at the door", "EUR", 59.97, True]
    schema = record("Order", ORDER | {"lines": {"type": "array", "items": record("Line", LINE)}})
    return schema, dict(zip(ORDER, head, strict=True)) | {"lines": lines}


def wide() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a record of 100 columns; two in five may be null."""
    kinds = [*COLUMNS, ["null", "string"], ["null", "long"], "string", "long"]
    values = [*COLUMNS.values(), None, 99, "another", 7]
    fields = {f"column_{n}": kinds[n % 10] for n in range(100)}
    return record("Wide", fields), {f"column_{n}": values[n % 10] for n in range(100)}


def typed(declared: Mapping[str, Any], value: dict[str, Any], classes: dict[str, type]) -> Any:
    """Return a record as an instance of a slots dataclass like a generated one."""
    name = declared["name"]
    if name not in classes:
        classes[name] = make_dataclass(name, [f["name"] for f in declared["fields"]], slots=True, kw_only=True)
    lists = {f["name"]: f["type"]["items"] for f in declared["fields"] if "items" in f["type"]}
    return classes[name](**value | {n: [typed(kind, item, classes) for item in value[n]] for n, kind in lists.items()})


def runs(declared: dict[str, Any], value: Any) -> tuple[Runs, Runs]:
    """Return what encodes the value and what decodes it, framed, by the name of who does it."""
    classes: dict[str, type] = {}
    schema, theirs = parse_avro(Document("bench.avsc", json.dumps(declared))), fastavro.parse_schema(declared)
    instance = typed(declared, value, classes)
    encode, encode_typed = (compile_encoder(schema, c, prefix=header(1)) for c in ({}, classes))
    decode, decode_typed = (compile_decoder(schema, None, c) for c in ({}, classes))
    client = SchemaRegistryClient.new_client({"url": "mock://"})
    context = SerializationContext("bench", MessageField.VALUE)
    serialize, deserialize = (
        AvroSerializer(client, json.dumps(declared)),
        AvroDeserializer(client, json.dumps(declared)),
    )
    data, registered = encode(value), serialize(value, context)

    def write() -> bytes:
        out = io.BytesIO()
        out.write(header(1))
        fastavro.schemaless_writer(out, theirs, value)
        return out.getvalue()

    assert write() == data == encode_typed(instance)  # noqa: S101  # what is compared must be the same
    return (
        {"fastavro": write, "confluent-kafka": lambda: serialize(value, context),
         "tallystick, dicts": lambda: encode(value), "tallystick, classes": lambda: encode_typed(instance)},
        {"fastavro": lambda: fastavro.schemaless_reader(io.BytesIO(data[HEADER_SIZE:]), theirs, None),
         "confluent-kafka": lambda: deserialize(registered, context),
         "tallystick, dicts": lambda: decode(data, HEADER_SIZE), "tallystick, classes": lambda: decode_typed(data, HEADER_SIZE)},
    )  # fmt: skip


def main() -> None:
    """Measure all, print one table."""
    print("| value | direction | codec | µs | times fastavro |\n|---|---|---|---:|---:|")
    for make in (order, wide):
        for direction, codecs in zip(("encode", "decode"), runs(*make()), strict=True):
            best = dict.fromkeys(codecs, float("inf"))
            for _ in range(ROUNDS):
                for name, run in codecs.items():
                    best[name] = min(best[name], timeit.timeit(run, number=CALLS) / CALLS * 1e6)
            for name, micros in best.items():
                print(f"| {make.__name__} | {direction} | {name} | {micros:.2f} | {best['fastavro'] / micros:.2f} |")


if __name__ == "__main__":
    main()
