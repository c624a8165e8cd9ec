"""Schemas that generators get wrong: each becomes code that imports, and writes the bytes that Avro asks for."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import values

from tallystick.runtime.typed_topic import TypedKey
from tallystick.schema.types import ArrayType, MapType, NamedType, RecordType, Type, UnionType
from tallystick.values.avro_json import branch_of
from tallystick.values.logical import Classes, logical_of
from tallystick.values.types import attributes
from tallystick.wire.avro import compile_decoder, compile_encoder

GOLDEN = Path(__file__).parent / "golden"
NASTY = sorted(folder.name for folder in (GOLDEN / "contracts/nasty").iterdir())
RECORDS = settings(max_examples=200)


@pytest.fixture(autouse=True)
def golden_events() -> Iterator[None]:
    """Let the stored package be imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(GOLDEN))
        yield


def topic_of(name: str) -> Any:
    module = import_module(f"golden_events.nasty.{name.replace('-', '_')}")
    (topic,) = (value for value in vars(module).values() if isinstance(value, TypedKey))
    return topic


@pytest.mark.parametrize("name", NASTY)
@RECORDS
@given(data=st.data())
def test_each_value_is_the_bytes_that_fastavro_writes(name: str, data: st.DataObject) -> None:
    """Whatever the types: a value comes back as it went, and other readers can have it."""
    topic = topic_of(name)
    for typed in filter(None, (topic, topic.key)):
        value = data.draw(values(typed.schema, typed.classes))
        encoded = compile_encoder(typed.schema, typed.classes)(value)

        assert value == compile_decoder(typed.schema, None, typed.classes)(encoded, 0)
        assert encoded == by_fastavro(typed, value)


def by_fastavro(typed: Any, value: Any) -> bytes:
    """Return what fastavro writes of the base values: it knows neither all logical types nor how to tell branches."""
    declared = json.loads(typed.schema_text, object_hook=lambda o: {k: v for k, v in o.items() if k != "logicalType"})
    out = io.BytesIO()
    fastavro.schemaless_writer(out, declared, base_of(typed.schema.root, value, typed.classes))
    return out.getvalue()


def base_of(kind: Type, value: Any, classes: Classes) -> Any:
    match kind:
        case UnionType():
            branch = branch_of(kind, value, classes)
            name = branch.name if isinstance(branch, NamedType) else branch.kind
            return name, base_of(branch, value, classes)
        case RecordType(fields=fields):
            names = attributes(type(value))
            return {f.name: base_of(f.type, getattr(value, names.get(f.name, f.name)), classes) for f in fields}
        case ArrayType(items=items):
            return [base_of(items, item, classes) for item in value]
        case MapType(values=inner):
            return {key: base_of(inner, item, classes) for key, item in value.items()}
        case _:
            logical = logical_of(kind)
            return logical.to_base(value) if logical else value


def test_a_second_type_checker_accepts_the_code() -> None:
    command = [sys.executable, "-m", "pyright", "-p", str(GOLDEN), "--pythonpath", sys.executable]
    run = subprocess.run(
        command, env=os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}, capture_output=True, text=True, check=False
    )

    assert 0 == run.returncode, run.stdout + run.stderr


def test_equal_short_names_are_two_classes() -> None:
    module = import_module("golden_events.nasty.two_namespaces")
    order = module.Order(
        billing=module.Address(street="a"),
        shipping=module.ShippingAddress(street="b", kind=module.Kind.A),
        other=module.ShippingAddress(street="c", kind=module.Kind.A),
        kind=module.OtherKind.B,
        plain=module.Address_(a=1),
    )
    topic = module.TWO_NAMESPACES

    assert order == compile_decoder(topic.schema, None, topic.classes)(
        compile_encoder(topic.schema, topic.classes)(order), 0
    )


def test_records_that_look_alike_stay_apart_in_a_union() -> None:
    module = import_module("golden_events.nasty.look_alikes")
    topic = module.LOOK_ALIKES
    encode, decode = compile_encoder(topic.schema, topic.classes), compile_decoder(topic.schema, None, topic.classes)
    events = [kind(id="a", at=1) for kind in (module.Opened, module.Closed, module.Moved)]
    sums = [b"1234", module.Sum(b"1234"), module.Md(b"1234"), "ON", module.Mode.ON]
    for event in events:
        for held in sums:
            back = decode(encode(module.LookAlikes(event=event, bytes_or_fixed=held)), 0)

            assert (type(event), type(held)) == (type(back.event), type(back.bytes_or_fixed))
            assert (event, held) == (back.event, back.bytes_or_fixed)


def test_a_type_that_many_share_is_one_class() -> None:
    shared = import_module("golden_events.shared.money")
    users = [import_module(f"golden_events.nasty.{name}") for name in ("uses_shared", "also_uses_shared")]

    assert [shared.Money] * 2 == [user.__dict__[name] for user, name in zip(users, ("Money_", "Money"), strict=True)]
