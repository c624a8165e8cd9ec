"""`tally check` on a contract in Protobuf: the story of `test_check.py`, line for line as good."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import ROOT, Project

from tallystick.cli.main import main

Output = Callable[[], str]

SCHEMA = "contracts/payments/transaction-authorized/transaction_authorized.proto"
CONTRACT = "contracts/payments/transaction-authorized/contract.yaml"
HISTORY = "contracts/history/payments/transaction-authorized"
SCORE = "  optional int32 risk_score = 10;\n"
ORDER = "  // The order that is paid.\n  string order_id = 2;\n"
SHOP = "  // The shop.\n  string shop = 11;\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose main branch has payments.transaction-authorized and its releases, with nothing changed yet."""
    for folder in ("shared/money", "shared/privacy", "payments/transaction-authorized"):
        shutil.copytree(ROOT / "contracts" / folder, tmp_path / "contracts" / folder)
    shutil.copytree(ROOT / HISTORY, tmp_path / HISTORY)
    shutil.copy(ROOT / "contracts/tally.yaml", tmp_path / "contracts")
    project = Project(tmp_path)
    project.schema, project.contract = tmp_path / SCHEMA, tmp_path / CONTRACT
    project.example = project.schema.parent / "examples/valid-card.json"
    project.git("init", "--quiet", "--initial-branch=main")
    project.git("add", ".")
    commit(project, "contracts")
    return project


def commit(project: Project, message: str) -> None:
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-am", message)


def bump(project: Project, version: str = "1.3.0") -> None:
    project.replace(project.contract, "version: 1.2.0", f"version: {version}")


def retype(project: Project) -> None:
    """Give a field another type, and let the examples be messages of either."""
    project.replace(project.schema, "string order_id = 2;", "int64 order_id = 2;")
    empty_examples(project)


def empty_examples(project: Project) -> None:
    for example in project.example.parent.glob("valid-*.json"):
        example.write_text("{}", encoding="utf-8")


def test_an_unchanged_contract_passes(project: Project, output: Output) -> None:
    for against in ("git:main", "history", f"dir:{project.root}"):
        assert 0 == project.tally("check", "--against", against)
        assert output().endswith(": 0 errors, 0 warnings\nregistry: would accept\n")


@pytest.mark.parametrize(
    ("against", "versions", "was"),
    [
        ("history", "v3 (1.2.0), v2 (1.1.0), v1 (1.0.0)", f"{HISTORY}/v3/transaction_authorized.proto"),
        ("git:main", "v3 (1.2.0), v2 (1.1.0), v1 (1.0.0)", f"{HISTORY}/v3/transaction_authorized.proto"),
    ],
)
def test_a_breaking_change_is_shown_with_its_line_its_victims_and_its_mend(
    project: Project, output: Output, against: str, versions: str, was: str
) -> None:
    retype(project)
    bump(project)

    assert 1 == project.tally("check", "--against", against)
    expected = f"""\
{SCHEMA}:18:3  PROTO402  \
the writer sends 'TransactionAuthorized.order_id' (field 2) as string, and the reader's int64 has other bytes
    breaks both ways: new readers on messages of {versions}, and their readers on new messages; declared consumers: ledger
    was: {was}:18:3
    fix: keep the type string; give what is new a number of its own     (tally explain PROTO402)
"""
    shown = re.sub(r"git:\w{7}", "git:main", output())
    assert shown == f"{expected}\n1 contract against {against}: 1 error, 0 warnings\nregistry: would refuse\n"


def test_another_folder_is_a_baseline(
    project: Project, output: Output, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(project.root / "contracts", other / "contracts")
    retype(project)
    bump(project)

    assert 1 == project.tally("check", "--against", f"dir:{other}")
    assert f"{SCHEMA}:18:3  PROTO402" in output()


def test_a_removed_field_asks_for_its_number_and_its_name(project: Project, output: Output) -> None:
    project.replace(project.schema, ORDER, "")
    empty_examples(project)
    project.replace(project.contract, "transaction_id, order_id,", "transaction_id,")
    bump(project)

    assert 1 == project.tally("check", "--against", "history")
    shown = output()
    assert f"{SCHEMA}:10:1  PROTO111  field 'order_id' was removed from 'TransactionAuthorized'" in shown
    reserve = "or, if nobody reads it, write 'reserved 2; reserved \"order_id\";' into the message"
    assert f"fix: keep 'order_id' with [deprecated = true]; {reserve}" in shown
    assert shown.endswith("1 contract against history: 1 error, 0 warnings\nregistry: would accept\n")


def test_a_change_asks_for_the_version_that_is_enough(project: Project, output: Output) -> None:
    project.replace(project.schema, SCORE, SCORE + SHOP)

    assert 1 == project.tally("check")
    assert output().startswith(
        f"{CONTRACT}:5:1  DOC201  "
        "fields or types changed since 1.2.0, and version is 1.2.0: that takes 1.3.0 or higher\n"
    )
    bump(project)
    assert 0 == project.tally("check")


def test_a_release_is_kept_with_what_it_imports_and_can_not_be_rewritten(project: Project, output: Output) -> None:
    project.replace(project.schema, SCORE, SCORE + SHOP)
    bump(project)

    assert 0 == project.tally("release", "payments.transaction-authorized")
    assert output() == f"payments.transaction-authorized 1.3.0 is released: {HISTORY}/v4\n"
    assert 0 == project.tally("check", "--against", "history")
    released = project.root / HISTORY / "v4"
    for name in ("transaction_authorized.proto", "references/shared/money/money.proto"):
        text = (released / name).read_text(encoding="utf-8")
        (released / name).write_text(text + "\n", encoding="utf-8")
        output()

        assert 1 == project.tally("check", "--against", "history")
        assert f"{HISTORY}/v4/{name}:1:1  FILE107  this released file was edited after its release" in output()
        (released / name).write_text(text, encoding="utf-8")


def test_a_release_that_breaks_is_refused(project: Project, output: Output) -> None:
    retype(project)
    bump(project)

    assert 1 == project.tally("release", "payments.transaction-authorized")
    assert "registry: would refuse" in output()
    assert not (project.root / HISTORY / "v4").exists()


def test_a_change_that_is_on_main_but_not_released_counts(project: Project, output: Output) -> None:
    project.replace(project.schema, SCORE, SCORE + SHOP)
    bump(project)
    commit(project, "add shop")
    project.replace(project.schema, "string shop = 11;", "bool shop = 11;")
    project.replace(project.contract, "version: 1.3.0", "version: 1.4.0")

    assert 0 == project.tally("check", "--against", "history")
    output()
    assert 1 == project.tally("check", "--against", "git:main")
    assert "the writer sends 'TransactionAuthorized.shop' (field 11) as string" in output()


def test_a_new_major_version_has_a_topic_of_its_own_and_leaves_consumers_behind(
    project: Project, output: Output
) -> None:
    project.replace(project.schema, "string order_id = 2;", "int64 order_id = 2;")
    project.replace(project.contract, "version: 1.2.0", "version: 2.0.0")
    project.replace(project.contract, "transaction-authorized.v1", "transaction-authorized.v2")
    project.replace(project.example, '"o-1001"', '"1001"')
    (project.example.parent / "valid-wallet-with-a-score.json").unlink()

    assert 0 == project.tally("check", "--against", "history")
    assert "0 errors, 1 warning" in output()


def test_a_shared_file_that_changed_breaks_who_imports_it(project: Project, output: Output) -> None:
    project.replace(project.root / "contracts/shared/money/money.proto", "int64 minor_units", "double minor_units")
    bump(project)

    assert 1 == project.tally("check")
    expected = f"""\
contracts/shared/money/money.proto:10:3  PROTO402  \
the writer sends 'TransactionAuthorized.amount.minor_units' (field 2) as int64, and the reader's double has other bytes
    breaks both ways: new readers on messages of v3 (1.2.0), v2 (1.1.0), v1 (1.0.0), and their readers on new messages; \
declared consumers: ledger, fraud-detection
    was: {HISTORY}/v3/references/shared/money/money.proto:10:3
"""
    shown = output()
    assert expected in shown
    assert shown.endswith("registry: would refuse\n")


def test_a_shared_file_that_grew_asks_who_uses_it_for_a_version(project: Project, output: Output) -> None:
    money = project.root / "contracts/shared/money/money.proto"
    money.write_text(money.read_text(encoding="utf-8") + "\nmessage Unused {}\n", encoding="utf-8")

    assert 0 == project.tally("check")
    project.replace(money, "  int64 minor_units = 2;\n", "  int64 minor_units = 2;\n  // Why.\n  string note = 3;\n")
    output()
    assert 1 == project.tally("check")
    assert output().startswith(f"{CONTRACT}:5:1  DOC201  fields or types changed since 1.2.0")
    bump(project)
    assert 0 == project.tally("check")


def test_a_mark_of_personal_data_is_not_dropped_unseen(project: Project, output: Output) -> None:
    project.replace(project.schema, "string token = 1 [(meridian.privacy.v1.pii) = true];", "string token = 1;")
    bump(project)

    assert 1 == project.tally("check")
    shown = output()
    assert f"{SCHEMA}:41:3  PROTO124  the privacy option '(meridian.privacy.v1.pii)' of field 'token'" in shown
    assert "changed since: v3 (1.2.0); declared consumers: fraud-detection" in shown
    assert "registry: would accept" in shown


def test_the_json_answer_holds_what_the_text_says(project: Project, output: Output) -> None:
    retype(project)
    bump(project)

    assert 1 == project.tally("check", "--against", "history", "--output", "json")
    answer = json.loads(output())
    assert not answer["registry_accepts"]
    refused = [finding for finding in answer["findings"] if finding["registry"]]
    at = {"file": SCHEMA, "line": 18, "column": 3}
    assert [("PROTO402", "FIELD_SCALAR_KIND_CHANGED", "backward", at)] == [
        (f["code"], f["registry"], f["direction"], f["now"]) for f in refused
    ]
    versions = ["v3 (1.2.0)", "v2 (1.1.0)", "v1 (1.0.0)"]
    assert (["ledger"], versions, versions) == tuple(refused[0][name] for name in ("breaks", "versions", "forward"))


def test_the_github_answer_stands_at_the_line(project: Project, output: Output) -> None:
    retype(project)
    bump(project)

    assert 1 == project.tally("check", "--against", "history", "--output", "github")
    assert output().startswith(f"::error file={SCHEMA},line=18,col=3,title=PROTO402 scalar-kind-changed::the writer")


def test_the_github_answer_can_not_be_made_to_say_other_commands(project: Project, output: Output) -> None:
    project.replace(
        project.schema, "(meridian.privacy.v1.pii) = true];\n  // What", "(evil\n::error::%) = 1];\n  // What"
    )

    assert 1 == project.tally("check", "--output", "github")
    lines = output().splitlines()
    assert lines[0].startswith(f"::error file={SCHEMA},line=42,col=1,")
    assert not any(line.startswith("::error::") for line in lines)


@pytest.mark.parametrize(
    ("policy", "code", "expected"),
    [
        ("PROTO125: error", 1, "PROTO125  field 'order_id' had a comment and has none now"),
        ("PROTO125: 'off', DOC102: 'off'", 0, "0 errors, "),
        ("PROTO402: warning", 1, "policy can't change PROTO402: it decides the registry's verdict"),
    ],
)
def test_policy_weighs_safety_and_never_the_registry(
    project: Project, output: Output, policy: str, code: int, expected: str
) -> None:
    project.replace(project.schema, "  // The order that is paid.\n", "")
    settings = project.root / "contracts/tally.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"policy: {{{policy}}}\n", encoding="utf-8")

    assert code == project.tally("check")
    assert expected in output()


def test_another_language_is_another_topic(project: Project, output: Output) -> None:
    project.schema.unlink()
    fields = [{"name": name, "type": "string", "doc": name} for name in ("transaction_id", "order_id")]
    schema = {"type": "record", "name": "TransactionAuthorized", "namespace": "meridian.payments", "fields": fields}
    project.schema.with_suffix(".avsc").write_text(json.dumps(schema), encoding="utf-8")
    bump(project)

    assert 1 == project.tally("check")
    shown = output()
    assert f"{CONTRACT}:5:1  DOC203  the schema was Protobuf and now is Avro" in shown
    assert "registry: would refuse" in shown


def test_avro_that_becomes_protobuf_is_another_topic(tmp_path: Path, output: Output) -> None:
    folder = tmp_path / "contracts/shop/paid"
    folder.mkdir(parents=True)
    text = "apiVersion: v3.2.0\nkind: DataContract\nid: shop.paid\nversion: 1.0.0\nstatus: active\n"
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    avro = folder / "paid.avsc"
    avro.write_text('{"type": "record", "name": "Paid", "fields": []}', encoding="utf-8")

    assert 0 == main(["release", "-C", str(tmp_path), "shop.paid"])
    avro.unlink()
    (folder / "paid.proto").write_text('syntax = "proto3";\npackage shop.v1;\nmessage Paid {}\n', encoding="utf-8")
    (folder / "contract.yaml").write_text(text.replace("1.0.0", "1.1.0"), encoding="utf-8")
    assert 1 == main(["check", "-C", str(tmp_path), "--against", "history"])
    shown = output()
    assert "DOC203  the schema was Avro and now is Protobuf" in shown
    assert "registry: would refuse" in shown


def test_a_field_that_got_another_name_names_those_who_read_it(project: Project, output: Output) -> None:
    project.replace(project.schema, "string order_id = 2;", "string order_ref = 2;")
    bump(project)

    assert 1 == project.tally("check", "--against", "history")
    shown = output()
    assert f"{SCHEMA}:18:3  PROTO116  field 'order_ref' (2) of 'TransactionAuthorized' was 'orderId' in JSON" in shown
    assert (
        "    changed since: v3 (1.2.0); declared consumers: ledger\n"
        f"    was: {HISTORY}/v3/transaction_authorized.proto:18:3\n"
    ) in shown


def test_an_example_that_no_longer_fits_is_shown_at_its_line(project: Project, output: Output) -> None:
    project.replace(project.example, '"minorUnits": "4590"', '"minorUnits": "45.90"')

    assert 1 == project.tally("check", "--against", "history")
    expected = f"""\
{project.example.relative_to(project.root)}:4:33  DOC103  the example does not fit the schema: \
TransactionAuthorized.amount.minorUnits: expected int64, \
a whole number from -9223372036854775808 to 9223372036854775807, got '45.90'
    fix: correct the example, or let its name begin with invalid-     (tally explain DOC103)
"""
    assert f"{expected}\n1 contract against history: 1 error, 0 warnings\nregistry: would accept\n" == output()


def test_a_new_field_is_looked_at(project: Project, output: Output) -> None:
    field = "  // What the shop pays, and whom.\n  double fee = 11;\n  // Where to write to.\n  string email = 12;\n"
    project.replace(project.schema, SCORE, SCORE + field)
    bump(project)

    assert 0 == project.tally("check", "--against", "history")
    shown = output()
    assert f"{SCHEMA}:37:3  DOC134  warning: field 'fee' looks like money, and a double can't hold cents" in shown
    assert f"{SCHEMA}:39:3  DOC133  warning: field 'email' looks like personal data, and nothing marks it" in shown
    assert "0 errors, 2 warnings" in shown


def test_what_a_shared_file_breaks_in_many_contracts_is_told_once(project: Project, output: Output) -> None:
    for folder in ("payments/fraud-alert-raised", "history/payments/fraud-alert-raised"):
        shutil.copytree(ROOT / "contracts" / folder, project.root / "contracts" / folder)
    project.git("add", ".")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "another one")
    money = project.root / "contracts/shared/money/money.proto"
    project.replace(money, "int64 minor_units", "string minor_units")

    project.tally("check", "--output", "json")
    [told] = [f for f in json.loads(output())["findings"] if f["code"] == "PROTO402"]
    both = ("payments.fraud-alert-raised", "payments.transaction-authorized")
    assert (both[0], [both[1]]) == (told["contract"], told["other_contracts"])
    assert [f"{both[0]} v3 (1.2.0)", f"{both[1]} v3 (1.2.0)"] == [v for v in told["versions"] if "v3" in v]
    assert ["investigations", "ledger", "fraud-detection"] == told["breaks"]


def test_a_shared_file_that_is_gone_is_said_to_be_gone(project: Project, output: Output) -> None:
    (project.root / "contracts/shared/money/money.proto").unlink()

    assert 1 == project.tally("check")
    shown = output()
    assert "'contracts/shared/money/money.proto' is gone in this change, and this file imports it" in shown
    assert "fix: restore contracts/shared/money/money.proto" in shown


def test_an_option_that_a_shared_file_lost_is_looked_for_there(project: Project, output: Output) -> None:
    project.replace(project.root / "contracts/shared/privacy/privacy.proto", "bool pii", "bool ppi")

    assert 1 == project.tally("check")
    lost = "'meridian.privacy.v1.pii' was in contracts/shared/privacy/privacy.proto before this change"
    assert 3 == output().count(lost)


def test_a_consumer_hears_what_its_field_is_called_now(project: Project, output: Output) -> None:
    project.replace(project.schema, "string order_id = 2;", 'string the_order = 2 [json_name = "orderId"];')
    bump(project)

    assert 1 == project.tally("check")
    shown = output()
    assert "DOC107  consumer 'ledger' reads the field 'order_id', which is called 'the_order' now\n" in shown
    assert "fix: write 'the_order' once 'ledger' has the new schema" in shown
