"""What `tally check` tells once, what it leaves out, and what its last lines always say."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.conftest import Project

Output = Callable[[], str]
SCHEMA = "contracts/commerce/order-placed/order_placed.avsc"
HISTORY = "contracts/history/commerce/order-placed"
CONTRACT = "contracts/commerce/order-placed/contract.yaml"


def places(answer: str) -> list[str]:
    """Return the place and the code of each finding of a text answer."""
    return ["  ".join(line.split("  ")[:2]) for line in answer.splitlines() if line.startswith("contracts/")]


def policy(project: Project, text: str) -> None:
    settings = project.root / "contracts/tally.yaml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}policy: {{{text}}}\n", encoding="utf-8")


def test_a_namespace_is_told_of_at_its_line_and_not_with_each_type_that_moves_along(
    project: Project, output: Output
) -> None:
    project.replace(project.schema, '"namespace": "meridian.commerce"', '"namespace": "meridian.shop"')
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 1 == project.tally("check")
    assert [f"{SCHEMA}:4:3  AVRO502"] == places(output())


def moved(project: Project, name: str, old: str, new: str) -> None:
    """Add a contract at BACKWARD to the main branch, and then write its schema anew."""
    folder = project.root / "contracts/commerce/refund"
    folder.mkdir()
    text = "apiVersion: v3.2.0\nkind: DataContract\nid: commerce.refund\nversion: 1.0.0\nstatus: draft\n"
    level = "customProperties: [{vendor: confluent, property: subject, value: {compatibility: BACKWARD}}]\n"
    (folder / "contract.yaml").write_text(text + level, encoding="utf-8")
    (folder / name).write_text(old, encoding="utf-8")
    project.git("add", ".")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "refund")
    (folder / name).write_text(new, encoding="utf-8")


def test_a_namespace_in_idl_is_told_of_at_its_line(project: Project, output: Output) -> None:
    idl = '@namespace("shop")\nprotocol P {\n  enum Kind { A }\n  record Order { Kind kind; }\n}\n'
    moved(project, "refund.avdl", idl, idl.replace("shop", "store"))

    assert 1 == project.tally("check", "commerce.refund")
    assert ["contracts/commerce/refund/refund.avdl:1:2  AVRO502"] == [
        place for place in places(output()) if "AVRO5" in place
    ]


def test_a_name_that_an_alias_keeps_readable_is_told_of_where_the_schema_says_it(
    project: Project, output: Output
) -> None:
    old = '{"type": "record",\n"name": "Order",\n"namespace": "shop",\n"fields": []}'
    new = '{"type": "record",\n"name": "Order",\n"namespace": "store",\n"aliases": ["shop.Order"], "fields": []}'
    moved(project, "refund.avsc", old, new)

    assert 1 == project.tally("check", "commerce.refund")
    assert "contracts/commerce/refund/refund.avsc:3:1  AVRO504" in places(output())


def test_a_record_that_is_renamed_in_the_schema_alone_is_compared_all_the_same(
    project: Project, output: Output
) -> None:
    project.replace(project.schema, '"name": "OrderPlaced"', '"name": "OrderSent"')
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 1 == project.tally("check")
    assert [f"{CONTRACT}:15:5  FILE105", f"{SCHEMA}:3:3  AVRO501"] == places(output())


def test_a_field_that_a_consumer_reads_and_the_change_removed_is_called_removed(
    project: Project, output: Output
) -> None:
    project.replace(project.schema, '"name": "total"', '"name": "amount"')

    project.tally("check")
    expected = """consumer 'billing' reads the field 'total', which was removed in this change
    fix: keep 'total' until 'billing' can do without it"""
    assert expected in output()


def test_a_field_that_never_was_is_called_unknown(project: Project, output: Output) -> None:
    project.replace(project.contract, "currency, total", "currency, totl")

    assert 1 == project.tally("check")
    assert "reads the field 'totl', and the schema has none of that name\n    fix: write 'total'" in output()


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"EUR", "GBP", "USD"', '"EUR",\n"USD"', "20:21  AVRO201"),
        ('"EUR", "GBP", "USD"', '"EUR",\n"CHF",\n"GBP", "USD"', "21:1  AVRO201"),
        ('    {"name": "customer_id", "type": "string", "doc": "The account that ordered."},\n', "", "7:5  AVRO101"),
        (
            '            {"name": "quantity", "type": "int", "doc": "How many of it; 1 or more."},\n',
            "",
            "33:13  AVRO101",
        ),
    ],
)
def test_what_is_gone_or_new_is_told_of_where_it_stood_or_stands(
    project: Project, output: Output, old: str, new: str, place: str
) -> None:
    project.replace(project.schema, old, new)

    assert 1 == project.tally("check")
    assert f"{SCHEMA}:{place}" in places(output())


def test_a_topic_that_is_to_be_set_back_is_not_asked_for_a_version(project: Project, output: Output) -> None:
    project.replace(project.contract, "partitions: 6", "partitions: 12")

    assert 1 == project.tally("check")
    assert [f"{CONTRACT}:22:17  TOPIC101"] == places(output())
    policy(project, "TOPIC101: warning")
    assert 1 == project.tally("check")
    assert [f"{CONTRACT}:5:1  DOC201", f"{CONTRACT}:22:17  TOPIC101"] == places(output())


def test_what_the_policy_switches_off_leaves_a_trace(project: Project, output: Output) -> None:
    project.replace(project.contract, "partitions: 6", "partitions: 12")
    policy(project, "TOPIC101: off, DOC201: off, DOC102: off")

    assert 0 == project.tally("check")
    expected = """: 0 errors, 0 warnings
registry: would accept
switched off by policy in contracts/tally.yaml: 2 findings (1 of DOC201, 1 of TOPIC101)
"""
    assert output().endswith(expected)
    assert 0 == project.tally("check", "--output", "json")
    assert {"DOC201": 1, "TOPIC101": 1} == json.loads(output())["switched_off"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("status: active", "status: active", "registry: would accept"),
        ("name: OrderPlaced", "name: OrderSent", "registry: would accept what could be read"),
        ("version: 1.1.0", "version: 1.1", "registry: was not asked, for no contract could be read"),
        ("v1\n", "v9\n", "registry: would accept"),
    ],
)
def test_the_registry_s_answer_is_there_whatever_is_found(
    project: Project, output: Output, old: str, new: str, line: str
) -> None:
    project.replace(project.contract, old, new)

    project.tally("check")
    assert line in output().splitlines()


def test_a_contract_without_an_earlier_version_has_an_answer_too(project: Project, output: Output) -> None:
    project.git("rm", "--quiet", "-r", "--cached", "contracts/commerce", "contracts/history")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "nothing yet")
    for file in (project.root / "contracts/history").rglob("*.*"):
        file.unlink()

    assert 0 == project.tally("check")
    assert "registry: would accept, for there is no earlier version\n" in output()


def test_a_consumer_that_leaves_with_its_field_is_named_all_the_same(project: Project, output: Output) -> None:
    billing = "      - {id: billing, groups: [billing-v1], fields: [order_id, currency, total], team: billing}\n"
    project.replace(project.contract, billing, "")
    project.replace(project.schema, '"name": "total"', '"name": "amount"')
    project.replace(project.example, '"total"', '"amount"')
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 1 == project.tally("check", "--against", "history", "--output", "json")
    lost = next(f for f in json.loads(output())["findings"] if f["path"] == "/fields/total")
    assert (["warehouse", "billing"], ["billing"]) == (lost["breaks"], lost["former"])

    project.tally("check", "--against", "history")
    assert "declared consumers: warehouse, billing (until this change)\n" in output()


def test_a_renamed_field_without_a_default_is_one_finding_with_one_mend(project: Project, output: Output) -> None:
    project.replace(project.schema, '"name": "total"', '"name": "amount"')
    project.replace(project.example, '"total"', '"amount"')
    project.replace(project.contract, "currency, total]", "currency, amount]")
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 1 == project.tally("check", "--against", "history")
    shown = output()
    assert [f"{SCHEMA}:46:7  AVRO101"] == places(shown)
    assert "field 'total' is called 'amount' now, and readers that need the one are sent the other\n" in shown
    assert "fix: call it 'total' again: a released field without a default can't be renamed" in shown


def test_at_backward_a_renamed_field_needs_an_alias(project: Project, output: Output) -> None:
    project.replace(project.root / "contracts/tally.yaml", "FULL_TRANSITIVE", "BACKWARD")
    for release in (1, 2):
        folder = project.root / f"contracts/history/commerce/order-placed/v{release}"
        lock = folder / "lock.json"
        lock.write_text(lock.read_text(encoding="utf-8").replace("FULL_TRANSITIVE", "BACKWARD"), encoding="utf-8")
    project.replace(project.schema, '"name": "total"', '"name": "amount"')
    project.replace(project.example, '"total"', '"amount"')
    project.replace(project.contract, "currency, total]", "currency, amount]")
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 1 == project.tally("check", "--against", "history")
    assert "fix: give 'amount' the alias 'total': readers then take what was sent as 'total'" in output()
    project.replace(project.schema, '"name": "amount"', '"name": "amount", "aliases": ["total"]')
    assert 0 == project.tally("check", "--against", "history")


def test_a_file_that_lost_what_it_uses_names_the_file_that_changed(project: Project, output: Output) -> None:
    money = project.root / "contracts/shared/money/money.avsc"
    uses = '{"name": "fee", "type": ["null", "meridian.shared.Money"], "doc": "Of the bank.", "default": null},'
    project.replace(project.schema, '    {"name": "note",', f'    {uses}\n    {{"name": "note",')
    project.git("add", ".")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "uses money")
    project.replace(money, '"name": "Money"', '"name": "Cash"')

    assert 1 == project.tally("check")
    shown = output()
    assert "'meridian.shared.Money' was in contracts/shared/money/money.avsc before this change, and is not" in shown
    assert "was: contracts/shared/money/money.avsc:1:1\n    fix: define it there again, as it was" in shown


PLANT = '@namespace("shop")\nprotocol Plant {\n  record Machine { string name; }\n}\n'
LINE = '@namespace("shop")\nprotocol Line {\n  import idl "../../shared/plant/plant.avdl";\n  record Refund { Machine machine; }\n}\n'


@pytest.mark.parametrize(
    ("text", "by_name", "by_import"),
    [
        (
            None,
            "'shop.Machine' was in {plant}, which is gone in this change\n    was: {plant}:3:3\n    fix: restore {plant}",
            "'{plant}' is gone in this change, and this file imports it\n    fix: restore {plant}",
        ),
        (
            PLANT.replace("name;", "name"),
            "it needs 'shop.Machine' of {plant}, which has errors\n    fix: mend that file first",
            "{plant}:3:32  FILE109",
        ),
    ],
)
def test_a_shared_file_that_is_gone_or_broken_is_what_those_who_use_it_name(
    project: Project, output: Output, text: str | None, by_name: str, by_import: str
) -> None:
    plant = project.root / "contracts/shared/plant/plant.avdl"
    plant.parent.mkdir()
    plant.write_text(PLANT, encoding="utf-8")
    moved(project, "refund.avdl", LINE, LINE)
    uses = '{"name": "made_by", "type": ["null", "shop.Machine"], "doc": "Packed it.", "default": null},'
    project.replace(project.schema, '    {"name": "note",', f'    {uses}\n    {{"name": "note",')
    project.git("add", ".")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "uses machines")
    if text is None:
        plant.unlink()
    else:
        plant.write_text(text, encoding="utf-8")

    assert 1 == project.tally("check")
    shown = output()
    for expected in (by_name, by_import):
        assert expected.format(plant="contracts/shared/plant/plant.avdl") in shown


def test_a_renamed_field_with_a_default_is_one_warning_whose_mend_is_clean(project: Project, output: Output) -> None:
    whole = project.schema.read_text(encoding="utf-8")
    project.replace(project.schema, '"name": "note"', '"name": "remark"')
    project.replace(project.example, '"note"', '"remark"')
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 0 == project.tally("check", "--against", "history")
    shown = output()
    assert [f"{SCHEMA}:50:6  AVRO115"] == places(shown)
    assert "field 'note' is called 'remark' now: readers of earlier versions take null for it, and new" in shown
    assert f"was: {HISTORY}/v2/order_placed.avsc:50:5\n" in shown
    assert "fix: call it 'note' again; or keep 'note', and add 'remark' behind it" in shown

    line = next(line for line in whole.splitlines() if '"name": "note"' in line)
    both = f"{line}\n{line.replace('note', 'remark')}"
    project.schema.write_text(whole.replace(line, both), encoding="utf-8")
    assert 0 == project.tally("check", "--against", "history")
    assert "0 errors, 0 warnings" in output()
