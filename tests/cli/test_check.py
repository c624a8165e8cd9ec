"""`tally check` as its users meet it: a change, an answer, an exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Project

NOTE = '{"name": "note", "type": ["null", "string"], "doc": "What the customer wrote to us.", "default": null}'
REQUIRED = '{"name": "shop", "type": "string", "doc": "The shop."}'
OPTIONAL = '{"name": "shop", "type": "string", "doc": "The shop.", "default": "web"}'

Output = Callable[[], str]


def test_an_unchanged_contract_passes(project: Project, output: Output) -> None:
    assert 0 == project.tally("check")
    assert output().endswith(": 0 errors, 0 warnings\nregistry: would accept\n")


def test_a_breaking_change_is_shown_with_its_line_its_victims_and_its_mend(project: Project, output: Output) -> None:
    project.replace(project.schema, NOTE, f"{NOTE},\n    {REQUIRED}")
    project.replace(project.example, '"channel"', '"shop": "s-1", "channel"')
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 1 == project.tally("check", "--against", "history")
    expected = """\
contracts/commerce/order-placed/order_placed.avsc:51:5  AVRO101  \
the reader expects field 'shop', the writer never sends it, and there is no default
    breaks: new readers, on messages of v2 (1.1.0), v1 (1.0.0); declared consumers: billing, warehouse
    was: contracts/history/commerce/order-placed/v2/order_placed.avsc:50:5
    fix: give 'shop' a default     (tally explain AVRO101)

1 contract against history: 1 error, 0 warnings
registry: would refuse
"""
    assert expected == output()


def test_a_change_asks_for_the_version_that_is_enough(project: Project, output: Output) -> None:
    project.replace(project.schema, NOTE, f"{NOTE},\n    {OPTIONAL}")

    assert 1 == project.tally("check")
    expected = """\
contracts/commerce/order-placed/contract.yaml:5:1  DOC201  \
fields or types changed since 1.1.0, and version is 1.1.0: that takes 1.2.0 or higher
"""
    assert output().startswith(expected)
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")
    assert 0 == project.tally("check")


def test_an_example_that_does_not_fit_is_shown_at_its_line(project: Project, output: Output) -> None:
    project.replace(project.example, '"quantity": 2', '"quantity": "two"')

    assert 1 == project.tally("check")
    assert output().startswith(
        "contracts/commerce/order-placed/examples/valid-two-lines.json:7:25  DOC103  "
        "the example does not fit the schema: OrderPlaced.lines[0].quantity: expected int, got 'two'"
    )


def test_the_default_baseline_is_where_the_branch_left_main(project: Project, output: Output) -> None:
    project.git("checkout", "--quiet", "-b", "feature")
    project.replace(project.contract, "partitions: 6", "partitions: 12")

    assert 1 == project.tally("check")
    assert "topic 'commerce.order-placed.v1' had 6 partitions and now has 12" in output()


def test_a_change_that_is_on_main_but_not_released_counts(project: Project, output: Output) -> None:
    project.replace(project.schema, NOTE, f"{NOTE},\n    {OPTIONAL}")
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-am", "add shop")
    project.replace(project.schema, '"default": "web"', '"default": "shop"')
    project.replace(project.contract, "version: 1.2.0", "version: 1.2.1")

    assert 0 == project.tally("check", "--against", "history")
    output()
    assert 1 == project.tally("check", "--against", "git:main")
    assert 'the default of field \'shop\' was "web" and is "shop"' in output()


def test_a_new_major_version_has_a_topic_of_its_own_and_leaves_consumers_behind(
    project: Project, output: Output
) -> None:
    project.replace(project.schema, '"name": "total"', '"name": "amount"')
    project.replace(project.example, '"total"', '"amount"')
    project.replace(project.contract, "fields: [order_id, currency, total]", "fields: [order_id, currency, amount]")
    project.replace(project.contract, "version: 1.1.0", "version: 2.0.0")
    project.replace(project.contract, "commerce.order-placed.v1", "commerce.order-placed.v2")

    assert 0 == project.tally("check", "--against", "history")
    shown = output()
    assert "TOPIC107  warning: version 2.0.0 moves to topic 'commerce.order-placed.v2', and 'billing'" in shown
    assert "0 errors, 1 warning" in shown


def test_the_json_answer_holds_what_the_text_says(project: Project, output: Output) -> None:
    project.replace(project.schema, '"sku", "type": "string"', '"sku", "type": "int"')
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")
    project.example.unlink()

    assert 1 == project.tally("check", "--against", "history", "--output", "json")
    answer = json.loads(output())
    assert not answer["registry_accepts"]
    [refused] = [finding for finding in answer["findings"] if finding["registry"]]
    assert (
        refused["code"],
        refused["path"],
        refused["registry"],
    ) == ("AVRO401", "/fields/lines/type/items/fields/sku/type", "TYPE_MISMATCH")
    assert ["billing", "warehouse"] == refused["breaks"]
    assert ("backward", ["v2 (1.1.0)", "v1 (1.0.0)"]) == (refused["direction"], refused["forward"])


def test_the_github_answer_can_not_be_made_to_say_other_commands(project: Project, output: Output) -> None:
    project.replace(project.schema, '"name": "note"', '"name": "note\\n::error::%"')

    assert 1 == project.tally("check", "--output", "github")
    first, *rest = output().splitlines()
    assert first.startswith("::error file=contracts/commerce/order-placed/order_placed.avsc,line=50,col=6,")
    assert "%0A::error::%25" in first
    assert not any(line.startswith("::") for line in rest)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        (b'{"type": "record"', "1:18", "FILE102  the text ends too early"),
        (b'{"type": "int", "type": "int"}', "1:17", "FILE102  the key 'type' stands twice in one object"),
        (b'{"type": "Ordr"}', "1:2", "FILE104  unknown type 'Ordr'"),
        (b"\xef\xbb\xbf{}", "1:1", "FILE101  begins with a byte-order mark"),
        (b'"\xff"', "1:2", "FILE101  byte 0xff is not UTF-8"),
        (b"", "1:1", "FILE102  the text ends too early"),
        (b"[" * 100_000, "1:202", "FILE102  nested more than 200 levels deep"),
    ],
)
def test_a_schema_that_can_not_be_read_is_a_finding(
    project: Project, output: Output, text: bytes, place: str, problem: str
) -> None:
    project.schema.write_bytes(text)

    assert 1 == project.tally("check")
    assert output().startswith(f"contracts/commerce/order-placed/order_placed.avsc:{place}  {problem}")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("status: active", "status: active\nstatus: draft", ":7:1  FILE103  the key 'status' stands twice"),
        ("status: active", "status: [", "FILE103  "),
        ("status: active", "state: active", ":6:1  FILE105  state: "),
        ("version: 1.1.0", "version: 1.1", "FILE105  "),
        ("id: commerce.order-placed", "id: commerce.orders", ":3:1  FILE105  the id is 'commerce.orders'"),
        ("name: OrderPlaced", "name: OrderSent", ":15:5  FILE105  the contract is about 'OrderSent'"),
        ("partitions: 6", "partitions: 0", ":22:17  FILE105  "),
        ("partitions: 6", "partitons: 6", ":22:17  FILE105  "),
        (
            "property: consumers",
            "property: consumer",
            ":35:5  FILE105  customProperties[0].property: 'tallystick/consumer' is not",
        ),
    ],
)
def test_a_contract_that_can_not_be_read_is_a_finding(
    project: Project, output: Output, old: str, new: str, problem: str
) -> None:
    project.replace(project.contract, old, new)

    assert 1 == project.tally("check")
    assert problem in output()


@pytest.mark.parametrize("schema", ['"long"', '{"type": "array", "items": "string"}', '["null", "string"]'])
def test_a_type_without_a_name_is_called_what_its_contract_likes(project: Project, output: Output, schema: str) -> None:
    folder = project.root / "contracts/shop/codes"
    folder.mkdir(parents=True)
    (folder / "codes.avsc").write_text(schema, encoding="utf-8")
    text = "apiVersion: v3.2.0\nkind: DataContract\nid: shop.codes\nversion: 1.0.0\nstatus: active\nschema: [{name: Codes}]\n"
    (folder / "contract.yaml").write_text(text, encoding="utf-8")

    assert 0 == project.tally("check", "shop.codes")
    assert "0 errors" in output()


def test_a_schema_without_a_contract_is_a_finding(project: Project, output: Output) -> None:
    project.contract.unlink()

    assert 1 == project.tally("check")
    assert "FILE105  this schema has no contract" in output()


def test_a_contract_without_a_schema_is_a_finding(project: Project, output: Output) -> None:
    project.schema.unlink()

    assert 1 == project.tally("check")
    assert "FILE105  no schema file beside this contract" in output()


def test_an_edited_release_is_a_finding(project: Project, output: Output) -> None:
    released = project.root / "contracts/history/commerce/order-placed/v1/order_placed.avsc"
    project.replace(released, '"default": null', '"default": null ')

    assert 1 == project.tally("check")
    assert "FILE107  this released file was edited after its release" in output()


@pytest.mark.parametrize(
    ("gone", "problem"),
    [("v1/lock.json", "v1/lock.json:1:1  FILE107  this release has no lock file"), ("v1", "release v1 is missing")],
)
def test_a_release_can_not_be_made_to_disappear(project: Project, output: Output, gone: str, problem: str) -> None:
    target = project.root / "contracts/history/commerce/order-placed" / gone
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink()

    assert 1 == project.tally("check", "--against", "history")
    assert problem in output()


def test_a_lock_file_names_nothing_outside_of_its_release(project: Project, output: Output) -> None:
    lock = project.root / "contracts/history/commerce/order-placed/v1/lock.json"
    project.replace(lock, '"order_placed.avsc"', '"../../../../../../../../dev/zero"')

    assert 1 == project.tally("check")
    assert "'../../../../../../../../dev/zero' is outside of this release" in output()


def test_a_deleted_contract_that_was_released_is_a_finding(project: Project, output: Output) -> None:
    project.contract.unlink()
    project.schema.unlink()
    for example in (project.contract.parent / "examples").iterdir():
        example.unlink()

    assert 1 == project.tally("check")
    assert "'commerce.order-placed' was released, but contracts/commerce/order-placed/ is gone" in output()


def test_a_gate_that_found_no_contracts_is_no_success(tmp_path: Path, output: Output) -> None:
    project = Project(tmp_path)

    assert 2 == project.tally("check")
    assert "error: no folder 'contracts'" in output()
    (tmp_path / "contracts").mkdir()
    assert 2 == project.tally("check")
    assert "error: contracts/ has no contract in it" in output()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--against", "git:no-such-branch"], "error: git knows no commit 'no-such-branch'"),
        (["--against", "git:--output=x"], "error: git knows no commit '--output=x'"),
        (["--against", "yesterday"], "error: --against 'yesterday' is no baseline"),
        (["commerce.order-sent"], "error: no contract 'commerce.order-sent'"),
        (["--output", "xml"], "Invalid value for '--output'"),
    ],
)
def test_what_can_not_be_asked_for_is_wrong_usage(
    project: Project, output: Output, arguments: list[str], problem: str
) -> None:
    assert 2 == project.tally("check", *arguments)
    assert problem in output()


@pytest.mark.parametrize(
    ("policy", "code", "expected"),
    [
        ("DOC102: error", 1, "DOC102  field 'note' has no doc"),
        ("DOC102: 'off'", 0, "0 errors, 1 warning"),
        ("DOC102: 'off', AVRO116: 'off'", 0, "0 errors, 0 warnings"),
        ("DOC102: 'off', AVRO116: error", 1, "AVRO116  field 'note' had a doc and has none now"),
        ("AVRO101: warning", 1, "policy can't change AVRO101: it decides the registry's verdict"),
        ("AVRO999: warning", 1, "policy names 'AVRO999', and no rule has that code"),
        ("DOC102: severe", 1, "FILE106  policy.DOC102"),
    ],
)
def test_policy_weighs_safety_and_never_the_registry(
    project: Project, output: Output, policy: str, code: int, expected: str
) -> None:
    project.replace(project.schema, '"doc": "What the customer wrote to us.", ', "")
    project.replace(project.contract, "version: 1.1.0", "version: 1.1.1")
    settings = project.root / "contracts/tally.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"policy: {{{policy}}}\n", encoding="utf-8")

    assert code == project.tally("check")
    assert expected in output()


def test_outside_git_the_baseline_is_history(project: Project, output: Output, tmp_path: Path) -> None:
    (tmp_path / ".git").rename(tmp_path / "no-git")

    assert 0 == project.tally("check")
    assert "1 contract against history" in output()


@pytest.mark.parametrize(
    "path", ["./contracts/commerce/order-placed/", "contracts/commerce/order-placed/contract.yaml"]
)
def test_a_path_into_a_contract_is_that_contract(project: Project, path: str) -> None:
    assert 0 == project.tally("check", path)


@pytest.mark.parametrize("broken", ["settings", "baseline"])
def test_what_stops_a_check_is_told_in_the_form_that_was_asked_for(
    project: Project, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    if broken == "settings":
        (project.root / "contracts/tally.yaml").write_text("polices: {}\n", encoding="utf-8")
    against = ["--against", "history" if broken == "settings" else "git:nowhere"]
    code = project.tally("check", "--output", "json", *against)
    answer = json.loads(capsys.readouterr().out)

    assert (code, 1) == (answer["exit_code"], answer["format"])
    assert "polices" in answer["error"] or "nowhere" in answer["error"]
    assert code == project.tally("check", "--output", "github", *against) > 0
    assert capsys.readouterr().out.startswith("::error::")


@pytest.mark.parametrize(
    "entry",
    [
        "{vendor: confluent, property: subject, value: {compatibility: NONE}}",
        (
            "{vendor: confluent, property: subject, value: {compatibilityGroup: generation}}\n"
            '  - {vendor: confluent, property: metadata, value: {properties: {generation: "2"}}}'
        ),
    ],
)
def test_a_change_does_not_pass_by_what_it_relaxes_on_its_way(project: Project, output: Output, entry: str) -> None:
    project.replace(
        project.contract, "customProperties:\n  - vendor: tally", f"customProperties:\n  - {entry}\n  - vendor: tally"
    )
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")

    assert 0 == project.tally("check")
    project.replace(project.schema, '"sku", "type": "string"', '"sku", "type": "int"')
    assert 1 == project.tally("check")
    assert "AVRO401" in output()


def test_a_type_that_contracts_share_is_linted_once(project: Project, output: Output) -> None:
    shared = project.root / "contracts/shared/place/place.avsc"
    shared.parent.mkdir(parents=True)
    place = '{"type": "record", "name": "Place", "namespace": "shop", "doc": "x", "fields": [{"name": "city", "type": "string"}]}'
    shared.write_text(place, encoding="utf-8")
    for name in ("sent", "returned"):
        folder = project.root / f"contracts/shop/{name}"
        folder.mkdir(parents=True)
        head = "apiVersion: v3.2.0\nkind: DataContract\nversion: 1.0.0\nstatus: draft\n"
        (folder / "contract.yaml").write_text(f"{head}id: shop.{name}\n", encoding="utf-8")
        schema = f'{{"type": "record", "name": "{name.title()}", "namespace": "shop", "doc": "x", "fields": [{{"name": "to", "doc": "x", "type": "Place"}}]}}'
        (folder / "s.avsc").write_text(schema, encoding="utf-8")

    project.tally("check", "--against", "history")
    assert 1 == output().count("place.avsc:1:81  DOC102")
