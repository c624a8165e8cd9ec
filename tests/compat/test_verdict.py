"""Which earlier versions count: those of the same major, and of the same compatibility group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.conftest import Files

from tallystick.compat.verdict import judge
from tallystick.contract.load import load_workspace
from tallystick.contract.model import Contract
from tallystick.contract.modes import Mode

FOLDER = "contracts/shop/order-placed"
LONG, TEXT = (
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": kind}]} for kind in ("long", "string")
)


def contract(  # one argument for each thing that a test is about
    schema: Any,
    *,
    version: str = "1.0.0",
    group: str | None = None,
    key: Any = None,
    topic: str | None = None,
    readers: Mapping[str, Sequence[str]] | None = None,
) -> Contract:
    """Return a contract under BACKWARD_TRANSITIVE; `group` is its major_version in the registry's metadata."""
    subject = {"compatibility": "BACKWARD_TRANSITIVE"} | ({"compatibilityGroup": "major_version"} if group else {})
    entries: list[Any] = [{"vendor": "confluent", "property": "subject", "value": subject}]
    if group:
        metadata = {"properties": {"major_version": group}}
        entries.append({"vendor": "confluent", "property": "metadata", "value": metadata})
    if readers:
        consumers = [{"id": id_, "fields": fields} for id_, fields in readers.items()]
        entries.append({"vendor": "tallystick", "property": "consumers", "value": consumers})
    value: dict[str, Any] = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop.order-placed"}
    value |= {"status": "active", "version": version, "customProperties": entries}
    value |= {"schema": [{"name": "Order", "physicalName": topic}]} if topic else {}
    files = {"contract.yaml": json.dumps(value), "order.avsc": json.dumps(schema)}
    files |= {"key.avsc": json.dumps(key)} if key else {}
    (made,) = load_workspace(Files({f"{FOLDER}/{name}": text for name, text in files.items()})).contracts
    return made


def codes(new: Contract, *old: Contract) -> set[str]:
    return {finding.code for finding in judge(new, [(f"v{n}", o) for n, o in enumerate(old, start=1)])}


def test_a_version_of_another_group_forbids_nothing() -> None:
    first, second = contract(LONG, group="1"), contract(TEXT, version="1.1.0", group="2")

    assert set() == codes(second, first)
    assert {"AVRO401"} <= codes(contract(TEXT, version="1.1.0", group="1"), first)


def test_an_older_version_of_the_same_group_still_counts() -> None:
    first, second = contract(LONG, group="1"), contract(TEXT, version="1.1.0", group="2")
    back = contract(TEXT, version="1.2.0", group="1")

    (finding,) = (f for f in judge(back, [("v1", first), ("v2", second)]) if f.code == "AVRO401")
    assert ("v1",) == finding.versions


def test_a_version_without_the_property_is_in_no_group() -> None:
    # As in Confluent's registry: null equals null only.
    assert set() == codes(contract(TEXT, version="1.1.0", group="1"), contract(LONG))


def test_a_version_of_another_major_forbids_nothing() -> None:
    assert set() == codes(contract(TEXT, version="2.0.0"), contract(LONG))


def test_a_version_of_another_major_counts_where_the_topic_is_still_the_same() -> None:
    old, new = (contract(s, version=v, topic="orders") for s, v in ((LONG, "1.0.0"), (TEXT, "2.0.0")))

    assert {"AVRO401"} == codes(new, old)


@pytest.mark.parametrize("group", [None, "2"])
def test_the_topic_and_its_keys_are_the_same_in_all_groups(group: str | None) -> None:
    old = contract(LONG, group="1", key="string")

    assert "TOPIC105" in codes(contract(LONG, version="1.1.0", group=group, key="long"), old)


def test_an_alias_that_any_version_had_and_is_gone_counts_at_a_transitive_level() -> None:
    """Messages under the old name are in the topic still, though the newest version lost the alias already."""
    first, renamed, lost = ({"type": "record", "name": "Order", "fields": [
        {"name": name, "type": "long", "default": 0, **more}]}
        for name, more in (("total", {}), ("amount", {"aliases": ["total"]}), ("amount", {"doc": "Cents."})))  # fmt: skip
    earlier = [contract(schema) for schema in (first, renamed, lost)]
    labelled = [(f"v{number}", old) for number, old in enumerate(earlier, start=1)]
    new = contract(lost | {"doc": "An order."})
    (finding,) = (found for found in judge(new, labelled) if found.code == "AVRO114")

    assert ("/fields/amount/aliases", ("v2",)) == (finding.path, finding.versions)
    assert "AVRO114" not in {found.code for found in judge(replace(new, compatibility=Mode.BACKWARD), labelled)}


def test_an_alias_that_is_gone_is_one_finding_with_all_versions_that_had_it() -> None:
    one, other = ({"type": "record", "name": "Order", "aliases": ["Sale"], "doc": doc, "fields": []} for doc in "ab")
    new = contract({"type": "record", "name": "Order", "fields": []})
    found = [f.versions for f in judge(new, [("v1", contract(one)), ("v2", contract(other))]) if f.code == "AVRO114"]

    assert [("v2", "v1")] == found


def test_a_key_is_judged_as_a_registry_does_and_hurts_every_consumer() -> None:
    old, new = contract(LONG, key=LONG), contract(LONG, version="1.1.0", key=TEXT)

    found = {(f.code, f.path) for f in judge(new, [("v1", old)])}

    assert {("AVRO401", "/key/fields/id/type"), ("TOPIC105", "/")} == found


def test_every_consumer_of_a_type_is_named_whichever_field_it_reads() -> None:
    def order(kind: Any) -> Any:
        address = {"type": "record", "name": "Address", "fields": [{"name": "zip", "type": kind}]}
        lines = {"type": "array", "items": "Address"}
        fields = [{"name": "home", "type": address}, {"name": "others", "type": lines}, {"name": "id", "type": "long"}]
        return {"type": "record", "name": "Order", "fields": fields}

    readers = {name: [name] for name in ("home", "others", "id")} | {"all": []}
    kinds = ({"type": "long", "logicalType": f"timestamp-{unit}"} for unit in ("millis", "micros"))
    old, new = (contract(order(k), version=v, readers=readers) for k, v in zip(kinds, ("1.0.0", "1.1.0"), strict=True))

    (finding,) = judge(new, [("v1", old)])
    assert ("AVRO411", ("home", "others", "all")) == (finding.code, finding.breaks)


def test_a_message_that_can_not_be_read_at_all_breaks_every_consumer() -> None:
    readers = {"one": ["id"], "other": ["note"]}
    note = {"name": "note", "type": "string"}
    old = contract(LONG | {"fields": [*LONG["fields"], note]}, readers=readers)
    new = contract(TEXT | {"fields": [*TEXT["fields"], note]}, version="1.1.0", readers=readers)

    assert {("AVRO401", ("one", "other"))} == {(f.code, f.breaks) for f in judge(new, [("v1", old)])}


def test_rules_of_a_language_about_contracts_are_asked_too() -> None:
    renamed = {"type": "record", "name": "Bought", "aliases": ["Order"], "fields": LONG["fields"]}

    assert "AVRO504" in codes(contract(renamed, version="1.1.0"), contract(LONG))


def test_a_warning_is_given_when_it_comes_and_not_for_ever() -> None:
    def order(*symbols: str) -> Any:
        kind = {"type": "enum", "name": "Channel", "symbols": symbols, "default": "WEB"}
        return {"type": "record", "name": "Order", "fields": [{"name": "channel", "type": kind, "default": "WEB"}]}

    # Backwards: a reader that does not know a symbol any more.
    first, second = contract(order("WEB", "APP")), contract(order("WEB"), version="1.1.0")
    third = contract(order("WEB", "SHOP"), version="1.2.0")

    assert "AVRO202" in codes(second, first)
    assert "AVRO202" not in codes(third, first, second)
    assert "AVRO202" in codes(third, first)


def test_what_is_wrong_inside_a_union_is_told_where_it_is() -> None:
    def order(*names: str) -> Any:
        place = {"type": "record", "name": "Place", "fields": [{"name": name, "type": "string"} for name in names]}
        return {"type": "record", "name": "Order", "fields": [{"name": "at", "type": ["null", place], "default": None}]}

    found = {
        f.code: f for f in judge(contract(order("city", "zip"), version="1.1.0"), [("v1", contract(order("city")))])
    }

    assert {"AVRO301", "AVRO101"} == set(found)
    assert "record 'Place' of the reader's union is not one that reads that" in found["AVRO301"].message
    assert ("/fields/at/type/1/fields/zip", "give 'zip' a default") == (found["AVRO101"].path, found["AVRO101"].fix)
