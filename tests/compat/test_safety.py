"""The safety verdict beside the bytes: what a rule says of a pair is what readers of that pair get."""

from __future__ import annotations

import io
import json
from contextlib import nullcontext
from itertools import product
from typing import Any

import avro.io
import avro.schema
import pytest
from avro.errors import SchemaResolutionException
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.strategies import avro as parsed

from tallystick.compat.engine import Engine
from tallystick.compat.verdict import compat_rules
from tallystick.errors import DecodeError
from tallystick.rulekit.explain import examples
from tallystick.rulekit.rule import Kind, Rule
from tallystick.wire.avro import compile_decoder, compile_encoder

PAIR_RULES = compat_rules().of(Kind.PAIR)
ENGINE = Engine(PAIR_RULES, PAIR_RULES)
UNREADABLE = "unreadable"

NAMES = st.sampled_from(["Order", "shop.Order", "store.Order", "shop.Purchase"])
NAMED = [{"type": "record", "fields": []}, {"type": "enum", "symbols": ["A"]}, {"type": "fixed", "size": 0}]
SYMBOLS = st.lists(st.sampled_from("ABCDEF"), min_size=1, unique=True)
NUMBERS = ["int", "long", "float", "double"]

# What one base may mean; values whose bytes mean something else to each other; and any other values.
TIMES = [f"{kind}-{unit}" for kind in ("timestamp", "local-timestamp") for unit in ("millis", "micros")]
LONGS = [{"type": "long", "logicalType": name} for name in ("time-micros", *TIMES)]
INTS = [{"type": "int", "logicalType": name} for name in ("date", "time-millis")]
DECIMALS = [{"logicalType": "decimal", "precision": p, "scale": s} for p in (3, 5) for s in (0, 2)]
TEXTS = ["bytes", "string", {"type": "string", "logicalType": "uuid"}, *({"type": "bytes"} | d for d in DECIMALS)]
KEY = {"type": "fixed", "name": "Key", "size": 16}
KEYS = [KEY, *(KEY | d for d in DECIMALS), KEY | {"logicalType": "uuid"}]
MEANINGS = [
    ("long", ["int", "long", *INTS, *LONGS], [86_399], st.integers(-(2**63), 2**63 - 1)),
    ("bytes", TEXTS, [b"\x07", b"\1\x86\x9f", b"no UUID", b"%032x" % 7], st.binary()),
    (KEY, KEYS, [(7).to_bytes(16), (99_999).to_bytes(16)], st.binary(min_size=16, max_size=16)),
]
PAIRS = [
    (reader, writer, pool)
    for pool in MEANINGS
    for reader, writer in product(pool[1], repeat=2)
    if ENGINE.can_read(parsed(reader), parsed(writer))
]


def fired(reader: Any, writer: Any) -> set[str]:
    return {found.rule.code for found in ENGINE.compare(parsed(reader), parsed(writer))}


def read(data: bytes, reader: Any, writer: Any) -> Any:
    """Return what our decoder makes of bytes. Where the writer is the reader, it takes them for its own."""
    try:
        return compile_decoder(parsed(writer), parsed(reader))(data, 0)
    except DecodeError:
        return UNREADABLE


@pytest.mark.parametrize(("reader", "writer", "pool"), PAIRS)
@settings(max_examples=5)
@given(data=st.data())
def test_bytes_mean_the_same_unless_one_rule_says_otherwise(reader: Any, writer: Any, pool: Any, data: Any) -> None:
    """And where one does, there are bytes that a reader who lays its own meaning on them takes for something else."""
    base, _, telling, others = pool
    every = [compile_encoder(parsed(base))(value) for value in (*telling, data.draw(others))]
    written = [encoded for encoded in every if read(encoded, writer, writer) != UNREADABLE]
    differs = any(read(encoded, reader, reader) != read(encoded, writer, writer) for encoded in written)

    assert written
    assert int(differs) == sum(code.startswith("AVRO41") for code in fired(reader, writer))


@given(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS), st.integers(-(2**63), 2**63 - 1))
def test_a_number_changes_only_where_avro414_says_so(reader: str, writer: str, other: int) -> None:
    """What a reader got is written again, as its own type: only then is a float a float."""
    assume(ENGINE.can_read(parsed(reader), parsed(writer)))
    limit = {"int": 2**31, "long": 2**63}.get(writer, 2**24)
    lost = False
    for value in (n for n in (2**24 + 1, 2**53 + 1, other) if abs(n) < limit):
        got = read(compile_encoder(parsed(writer))(value), reader, writer)
        lost |= read(compile_encoder(parsed(reader))(got), reader, reader) != value

    assert lost is ("AVRO414" in fired(reader, writer))


@given(SYMBOLS, SYMBOLS)
def test_a_symbol_is_lost_only_where_avro202_says_so(theirs: list[str], ours: list[str]) -> None:
    writer = {"type": "enum", "name": "E", "symbols": theirs}
    reader = {"type": "enum", "name": "E", "symbols": ours, "default": ours[-1]}
    got = [read(compile_encoder(parsed(writer))(symbol), reader, writer) for symbol in theirs]

    assert [symbol if symbol in ours else ours[-1] for symbol in theirs] == got
    assert ({"AVRO202"} if theirs != got else set()) == fired(reader, writer)


@given(st.sampled_from(NAMED), NAMES, NAMES, st.lists(NAMES, unique=True))
def test_another_name_is_found_once_and_a_library_refuses_it(kind: Any, ours: str, theirs: str, aliases: Any) -> None:
    reader, writer = kind | {"name": ours, "aliases": aliases}, kind | {"name": theirs}
    empty = compile_encoder(parsed(writer))({"record": {}, "enum": "A", "fixed": b""}[kind["type"]])
    schemas = [avro.schema.parse(parsed(side).canonical) for side in (writer, reader)]

    assert int(ours != theirs) == len(fired(reader, writer) & {"AVRO501", "AVRO502", "AVRO503"})
    with pytest.raises(SchemaResolutionException) if ours != theirs else nullcontext():
        avro.io.DatumReader(*schemas).read(avro.io.BinaryDecoder(io.BytesIO(empty)))


@pytest.mark.parametrize(
    "rule", [r for r in PAIR_RULES if not r.mirrors and r.code.startswith("AVRO")], ids=lambda r: r.code
)
def test_a_registry_lets_pass_what_safety_rules_are_about(rule: Rule) -> None:
    old, new = (parsed(json.loads(examples(rule.page)[label][1])) for label in ("old", "new"))

    assert ENGINE.can_read(new, old)
