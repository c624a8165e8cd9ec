"""What is wrong with a contract.yaml is said in words that need no knowledge of JSON Schema."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT, Files

from tallystick.contract.load import load_workspace
from tallystick.contract.odcs import check_contract
from tallystick.errors import InputError, InvalidContract
from tallystick.schema.types import Document
from tallystick.schema.yaml_text import read_yaml

FILES = sorted((ROOT / "contracts").glob("[!hs]*/*/contract.yaml"))
CONTRACTS = [read_yaml(file.read_text(encoding="utf-8"), file.name) for file in FILES]
PLACED = next(contract for contract in CONTRACTS if contract["id"] == "commerce.order-placed")
# What those do not use of the standard.
RICH = PLACED | {
    "servers": [{"server": "a", "type": "kafka", "host": "h"}, {"server": "b", "type": "s3", "location": "s3://x"}],
    "roles": [{"role": "reader", "access": "read"}],
    "price": {"priceAmount": 1, "priceCurrency": "EUR", "priceUnit": "message"},
    "context": {"instructions": "none"},
    "team": {"name": "checkout", "members": [{"username": "oncall"}]},
    "schema": [
        PLACED["schema"][0]
        | {
            "quality": [
                {"type": "library", "metric": "rowCount", "mustBe": 3},
                {"type": "sql", "query": "select 1", "mustBeBetween": [1, 2]},
                {"type": "custom", "engine": "x", "implementation": "y"},
            ],
            "relationships": [{"from": "a.b", "to": "c.d"}, {"from": ["a.b"], "to": ["c.d"]}],
            "properties": [
                {"name": "a", "logicalType": "string", "logicalTypeOptions": {"minLength": 1, "format": "uuid"}},
                {"name": "b", "logicalType": "array", "items": {"logicalType": "integer"}},
                {"name": "c", "logicalType": "object", "properties": [{"name": "p", "logicalType": "date"}]},
            ],
        }
    ],
}

# What the validator says of itself, and what only its own schemas are made of.
RAW = re.compile(
    r"is not of type|is a required property|other candidates|Additional properties|Unevaluated|under any of"
    r"|does not match|was expected|keyword|more than one of|is too|has too|less than the min|greater than the max"
    r"|non-unique|is not allowed for|oneOf|anyOf|allOf|None|True|False|[{}\\^]"
)
TABLE = [
    ({"version": 1.1}, "version: must be a text, and is the number 1.1", 'put it in quotes: version: "1.1"'),
    ({"id": None}, "id: must be a text, and is empty", "write a value, or take the key out"),
    ({"version": ...}, "'version' is missing", "add 'version', which is a text"),
    ({"kind": "Contract"}, "kind: is 'Contract', which is not one of its values", "write DataContract"),
    ({"tags": "pii"}, "tags: must be a list, and is 'pii'", "write a list"),
    ({"tags": [True]}, "tags[0]: must be a text, and is true", 'put it in quotes: "true"'),
    ({"descriptionn": {}, "description": ...}, "descriptionn: there is no such key", "write description"),
    ({"Tags": []}, "Tags: there is no such key", "write tags"),
    ({"zzz": 1}, "zzz: there is no such key", "take it out; what may stand here: tenant, "),
    ({"descriptions": {}}, "descriptions: there is no such key", "take it out: description stands here already"),
    ({"team": {"nme": "x"}}, "team.nme: there is no such key", "write name"),
    ({"team": {"members": [{"user": "x"}]}}, "team.members[0].user: there is no such key", "write username"),
    ({"team": "checkout"}, "team: must be a mapping of keys to values or a list, and is 'checkout'", "write its keys"),
    (
        {"slaProperties": [{"property": "retention", "value": [7]}]},
        "slaProperties[0].value: must be a text, a number, true or false or nothing, and is a list",
        "write a single value",
    ),
    ({"servers": [{"server": "a", "type": "kafa"}]}, "servers[0].type: is 'kafa', which is not", "write kafka; its"),
    ({"servers": [{"server": "a", "type": "kafka"}]}, "servers[0]: 'host' is missing", "add 'host', which is a text"),
]
IN_SCHEMA = [
    (
        {"properties": [{"name": "a", "classification": "restricted"}]},
        "properties[0]: 'logicalType' is missing",
        "add 'logicalType', which is one of string, date, ",
    ),
    (
        {"properties": [{"name": "a", "logicalType": "map"}]},
        "properties[0]: 'map' is missing, which logicalType map asks for",
        "add 'map', which is a mapping",
    ),
    (
        {"properties": [{"name": "a", "logicalType": "strings"}]},
        "properties[0].logicalType: is 'strings', which is not one of its values",
        "write string; its values: string, date, ",
    ),
    ({"properties": [{"nme": "a", "logicalType": "string"}]}, "properties[0].nme: there is no such key", "write name"),
    (
        {"properties": [{"name": "a", "logicalType": "string", "logicalTypeOptions": {"minLength": -1}}]},
        "properties[0].logicalTypeOptions.minLength: must be 0 or more, and is the number -1",
        "write 0 or more",
    ),
    ({"id": "a b"}, "id: is 'a b', which does not have the form", "write letters, digits, '_' and '-' only"),
    ({"quality": [{"type": "sql"}]}, "quality[0]: 'query' is missing", "add 'query'"),
    (
        {"quality": [{"type": "library", "metric": "rowCount"}]},
        "quality[0]: one key of several is missing",
        "add one of mustBe, mustNotBe, ",
    ),
    (
        {"quality": [{"type": "library", "metric": "rowCount", "mustBe": 1, "mustNotBe": 2}]},
        "quality[0]: says two things of which only one may be said",
        "keep one",
    ),
    (
        {"relationships": [{"from": "a", "to": "b.c"}]},
        "relationships[0].from: is 'a', which refers to nothing",
        "write",
    ),
    ({"relationships": [{"from": "a.b"}]}, "relationships[0]: 'to' is missing", "add 'to'"),
    (
        {"customProperties": [{"vendor": "kafka", "property": "topic", "value": {"partitions": 0}}]},
        "customProperties[0].value.partitions: must be 1 or more, and is the number 0",
        "write 1 or more",
    ),
    (
        {"customProperties": [{"vendor": "confluent", "property": "subject", "value": {"compatibility": "full"}}]},
        "customProperties[0].value.compatibility: is 'full', which is not one of its values",
        "write FULL; its values: NONE, BACKWARD, ",
    ),
]


def refusal(contract: Any) -> InputError | None:
    """Return why a contract is refused; None if it is not."""
    try:
        check_contract(contract, Document("contract.yaml", ""))
    except InvalidContract as error:
        return error
    return None


def changed(value: dict[str, Any], edits: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in (value | edits).items() if one is not ...}


@pytest.mark.parametrize(("edits", "problem", "fix"), TABLE)
def test_a_message_says_what_stands_there_and_what_may(edits: dict[str, Any], problem: str, fix: str) -> None:
    error = refusal(changed(PLACED, edits))

    assert error is not None
    assert error.message.startswith(problem)
    assert (error.fix or "").startswith(fix)


@pytest.mark.parametrize(("edits", "problem", "fix"), IN_SCHEMA)
def test_so_it_does_below_schema(edits: dict[str, Any], problem: str, fix: str) -> None:
    error = refusal(PLACED | {"schema": [changed(PLACED["schema"][0], edits)]})

    assert error is not None
    assert error.message.startswith(f"schema[0].{problem}")
    assert (error.fix or "").startswith(fix)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("[]", "1:1  FILE106  the file must be a mapping of keys to values, and is a list with nothing in it"),
        ("policies: {}", "1:1  FILE106  policies: there is no such key"),
        ("policy: {AVRO503: warn}", "1:10  FILE106  policy.AVRO503: is 'warn', which is not one of its values"),
        (
            "defaults: {topic: {partitions: '6'}}",
            "1:20  FILE106  defaults.topic.partitions: must be a whole number, and",
        ),
        (
            "generate: [{target: go, package: a, out: b}]",
            "1:13  FILE106  generate[0].target: is 'go', which is not one",
        ),
        ("generate: [{target: python, out: b}]", "1:12  FILE106  generate[0]: 'package' is missing"),
        (
            "generate: [{target: python, package: A-b, out: b}]",
            "1:29  FILE106  generate[0].package: is 'A-b', which does",
        ),
    ],
)
def test_the_workspace_file_is_spoken_of_in_the_same_words(settings: str, problem: str) -> None:
    with pytest.raises(InputError) as raised:
        load_workspace(Files({"contracts/tally.yaml": settings}))

    assert str(raised.value).startswith(f"contracts/tally.yaml:{problem}")


JUNK = st.sampled_from([None, True, 0, -7, 1.5, "", "zzz", "a b", [], [1], ["x", "x"], {}, {"zzz": 1}])


@st.composite
def edited_contracts(draw: st.DrawFn) -> Any:
    """Draw one of this repository's contracts, or the rich one, with one to three edits at any depth."""
    contract = copy.deepcopy(draw(st.sampled_from([*CONTRACTS, RICH])))
    for _ in range(draw(st.integers(1, 3))):
        at: Any = contract
        while True:
            inner = [
                one for one in (at.values() if isinstance(at, dict) else at) if isinstance(one, dict | list) and one
            ]
            if not inner or draw(st.booleans()):
                break
            at = draw(st.sampled_from(inner))
        key = draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
        how = draw(st.sampled_from(["replace", "remove", "rename"]))
        if how == "replace":
            at[key] = copy.deepcopy(draw(JUNK))
        elif how == "remove" or isinstance(at, list):
            del at[key]
        else:
            at[draw(st.sampled_from([f"{key}s", str(key).upper(), "zzz"]))] = at.pop(key)
    return contract


def test_what_is_edited_is_right_before() -> None:
    assert [None] * (len(CONTRACTS) + 1) == [refusal(contract) for contract in (*CONTRACTS, RICH)]


@given(edited_contracts())
def test_no_edit_of_a_contract_gets_a_validators_own_words_and_each_gets_a_mend(contract: Any) -> None:
    error = refusal(contract)

    if error is not None:
        assert not RAW.search(error.message), error.message
        assert error.fix
        assert not RAW.search(error.fix), error.fix


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {**PLACED, "state": "active", "team": {"members": {"username": "a"}}}
    del wrong["status"]

    with pytest.raises(InvalidContract) as caught:
        check_contract(wrong, Document("contract.yaml", ""))
    told = (caught.value, *caught.value.others)
    assert [
        "state: there is no such key",
        "team.members: must be a list, and is a mapping of keys to values",
    ] == sorted(error.message for error in told)


def test_what_our_own_keys_say_is_told_at_once_too() -> None:
    topic = {"vendor": "kafka", "property": "topic", "value": {"partitions": "6"}}
    consumer = {"vendor": "tallystick", "property": "consumer", "value": []}
    wrong = {**PLACED, "status": "live", "customProperties": [topic, consumer]}

    with pytest.raises(InvalidContract) as caught:
        check_contract(wrong, Document("contract.yaml", ""))
    assert ["customProperties[0].value.partitions", "customProperties[1].property", "status"] == sorted(
        error.message.partition(":")[0] for error in (caught.value, *caught.value.others)
    )
