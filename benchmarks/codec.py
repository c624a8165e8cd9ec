"""Compare the codecs with their peers: `python benchmarks/codec.py` prints tables in Markdown.

All runs are interleaved, and the fastest of each is kept: what slows the machine down slows all of them.
"""

from __future__ import annotations

import io
import json
import sys
import timeit
from collections.abc import Callable, Mapping
from dataclasses import make_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any
from uuid import UUID

import cavro
import fastavro
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from dataclasses_avroschema import ModelGenerator, ModelType
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from meridian_events.payments import TRANSACTION_AUTHORIZED, Card, TransactionAuthorized
from meridian_events.shared.money_pb2 import Money
from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document
from tallystick.wire.avro import compile_decoder, compile_encoder
from tallystick.wire.frame import HEADER_SIZE, header

ROUNDS, CALLS = 40, 200
Runs = dict[str, Callable[[], Any]]

LINE = {
    "sku": "string",
    "quantity": "int",
    "price": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
}
ORDER = {
    "order_id": {"type": "string", "logicalType": "uuid"},
    "customer": "string",
    "placed_at": {"type": "long", "logicalType": "timestamp-micros"},
    "promised_on": {"type": "int", "logicalType": "date"},
    "note": ["null", "string"],
    "currency": "string",
    "total": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    "paid": "boolean",
}
COLUMNS = {"string": "some text", "long": 1_234_567, "int": 42, "double": 3.25, "boolean": True, "float": 1.5}


def record(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declaration of a record."""
    return {"type": "record", "name": name, "fields": [{"name": n, "type": kind} for n, kind in fields.items()]}


def flat() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a record of ten fields, without logical types."""
    kinds = [*COLUMNS, ["null", "string"], "string", "long", "int"]
    values = [*COLUMNS.values(), "maybe", "another", 7, 8]
    return record("Flat", {f"field_{n}": kind for n, kind in enumerate(kinds)}), {
        f"field_{n}": value for n, value in enumerate(values)
    }


def order() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an order with five lines, and with logical types."""
    lines = [{"sku": f"sku-{n}", "quantity": n, "price": Decimal("19.99")} for n in range(1, 6)]
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    head = [
        UUID(int=2**127 + 7),
        "c-4711",
        moment,
        date(2026, 1, 9),
        "leave it at the door",
        "EUR",
        Decimal("299.85"),
        True,
    ]
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


def generated(declared: Mapping[str, Any], value: dict[str, Any]) -> Any:
    """Return a record as an instance of the class that dataclasses-avroschema makes of a schema."""
    module = sys.modules[f"made_{declared['name']}"] = ModuleType(f"made_{declared['name']}")
    code = ModelGenerator().render(schema=declared, model_type=ModelType.DATACLASS.value)
    exec(compile(code, "model", "exec", dont_inherit=True), vars(module))  # noqa: S102  # of our own schema
    return vars(module)[declared["name"]].parse_obj(value)


SCALARS = {"string": 9, "long": 3, "int": 5, "double": 1, "boolean": 8, "float": 2, "bytes": 12}


def in_protobuf(declared: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
    """Return a record as a message of protoc's own runtime: what logical types lie on stands there as it is."""
    file = descriptor_pb2.FileDescriptorProto(name="bench.proto", syntax="proto3")
    _describe(file, declared)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return _message(pool, declared, value)


def _describe(file: Any, declared: Mapping[str, Any]) -> None:
    message = file.message_type.add(name=declared["name"])
    for number, field in enumerate(declared["fields"], start=1):
        kind, made = field["type"], message.field.add(name=field["name"], number=number, label=1)
        if isinstance(kind, list):
            made.proto3_optional, made.oneof_index = True, len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{field['name']}")
            kind = kind[1]
        if isinstance(kind, dict) and "items" in kind:
            made.label, made.type, made.type_name = 3, 11, f".{kind['items']['name']}"
            _describe(file, kind["items"])
        else:
            made.type = SCALARS[kind["type"] if isinstance(kind, dict) else kind]


def _message(pool: Any, declared: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
    made = {}
    for field in declared["fields"]:
        given, kind = value[field["name"]], field["type"]
        match given:
            case list():
                given = [_message(pool, kind["items"], item) for item in given]
            case datetime():
                given = int(given.timestamp() * 1_000_000)
            case date():
                given = given.toordinal() - 719_163
            case UUID():
                given = str(given)
            case Decimal():
                given = int(given * 100).to_bytes(4, "big")
        made[field["name"]] = given
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(declared["name"]))(**made)


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

    fast = cavro.Schema(json.dumps(declared))
    model = generated(declared, value)
    message = in_protobuf(declared, value)
    bare = message.SerializeToString()
    modelled = model.serialize()  # of its own schema, which is not quite the one that it was made of

    assert write() == data == encode_typed(instance)  # noqa: S101  # what is compared must be the same
    return (
        {"fastavro": write, "confluent-kafka": lambda: serialize(value, context),
         "cavro": lambda: header(1) + fast.binary_encode(value), "dataclasses-avroschema": lambda: header(1) + model.serialize(),
         "protobuf": lambda: header(1) + b"\0" + message.SerializeToString(),
         "tallystick, dicts": lambda: encode(value), "tallystick, classes": lambda: encode_typed(instance)},
        {"fastavro": lambda: fastavro.schemaless_reader(io.BytesIO(data[HEADER_SIZE:]), theirs, None),
         "confluent-kafka": lambda: deserialize(registered, context),
         "cavro": lambda: fast.binary_decode(data[HEADER_SIZE:]),
         "dataclasses-avroschema": lambda: type(model).deserialize(modelled),
         "protobuf": lambda: type(message).FromString(bare),
         "tallystick, dicts": lambda: decode(data, HEADER_SIZE), "tallystick, classes": lambda: decode_typed(data, HEADER_SIZE)},
    )  # fmt: skip


def older(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reader of another version has: a field less, and one more that has a default."""
    kept = declared["fields"][1:]
    return {**declared, "fields": [*kept, {"name": "added", "type": "string", "default": "none"}]}


def resolving(declared: dict[str, Any], value: Any) -> Runs:
    """Return what decodes the value for a reader with another schema."""
    wanted = older(declared)
    classes: dict[str, type] = {}
    typed(wanted, {f["name"]: value.get(f["name"], "") for f in wanted["fields"]}, classes)
    writer, reader = (parse_avro(Document("bench.avsc", json.dumps(each))) for each in (declared, wanted))
    theirs, mine = fastavro.parse_schema(declared), fastavro.parse_schema(wanted)
    data = compile_encoder(writer, prefix=header(1))(value)
    plain, made = (compile_decoder(writer, reader, c) for c in ({}, classes))

    assert plain(data, HEADER_SIZE) == fastavro.schemaless_reader(io.BytesIO(data[HEADER_SIZE:]), theirs, mine)  # noqa: S101  # what is compared must be the same
    return {
        "fastavro": lambda: fastavro.schemaless_reader(io.BytesIO(data[HEADER_SIZE:]), theirs, mine),
        "tallystick, dicts": lambda: plain(data, HEADER_SIZE),
        "tallystick, classes": lambda: made(data, HEADER_SIZE),
    }


def protobuf() -> tuple[Runs, Runs]:
    """Return protoc's own classes, and the same with what stands before each message."""
    value = TransactionAuthorized(
        transaction_id="t-1",
        order_id="o-17",
        amount=Money(currency="EUR", minor_units=1990),
        card=Card(last_four="4242"),
    )
    encode = TRANSACTION_AUTHORIZED.encoder(1)
    decode = TRANSACTION_AUTHORIZED.decoder(1, TRANSACTION_AUTHORIZED.schema_text)
    bare, framed = value.SerializeToString(), encode(value)
    return (
        {"protobuf, bare": lambda: value.SerializeToString(), "tallystick": lambda: encode(value)},  # noqa: PLW0108  # each run pays for one call
        {"protobuf, bare": lambda: TransactionAuthorized.FromString(bare), "tallystick": lambda: decode(framed, HEADER_SIZE)},
    )  # fmt: skip


def compare_framing() -> None:
    """Measure what the framing adds to Protobuf, print a table of its own."""
    print("\n| Protobuf | codec | µs |\n|---|---|---:|")
    for direction, codecs in zip(("encode", "decode"), protobuf(), strict=True):
        best = dict.fromkeys(codecs, float("inf"))
        for _ in range(ROUNDS):
            for name, run in codecs.items():
                best[name] = min(best[name], timeit.timeit(run, number=CALLS) / CALLS * 1e6)
        for name, micros in best.items():
            print(f"| {direction} | {name} | {micros:.2f} |")


def main() -> None:
    """Measure all, print one table for Avro and one for Protobuf."""
    print("| value | direction | codec | µs | times fastavro |\n|---|---|---|---:|---:|")
    for make in (flat, order, wide):
        directions = ("encode", "decode", "decode, another reader")
        for direction, codecs in zip(directions, (*runs(*make()), resolving(*make())), strict=True):
            best = dict.fromkeys(codecs, float("inf"))
            for _ in range(ROUNDS):
                for name, run in codecs.items():
                    best[name] = min(best[name], timeit.timeit(run, number=CALLS) / CALLS * 1e6)
            for name, micros in best.items():
                print(f"| {make.__name__} | {direction} | {name} | {micros:.2f} | {best['fastavro'] / micros:.2f} |")
    compare_framing()


if __name__ == "__main__":
    main()
