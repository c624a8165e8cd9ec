"""tally encode and tally decode: JSON lines to messages' bytes and back, for either language and each framing."""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from tests.conftest import ROOT, Project

from tallystick.cli.main import main
from tallystick.schema.yaml_text import read_yaml
from tallystick.server.run import EmbeddedRegistry

ORDER, PAID = "commerce.order-placed", "payments.transaction-authorized"
PAYMENTS = ROOT / "contracts/payments/transaction-authorized/examples"


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with EmbeddedRegistry() as registry:
        yield registry.url


@pytest.fixture
def project(project: Project) -> Project:
    """A project with a contract in Protobuf, too."""
    for folder in ("shared/privacy", "payments/transaction-authorized", "history/payments/transaction-authorized"):
        shutil.copytree(ROOT / "contracts" / folder, project.root / "contracts" / folder)
    return project


class Pipe:
    """Commands, with bytes in and bytes out."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        self._root, self._monkeypatch, self._capture = root, monkeypatch, capfdbinary

    def __call__(self, given: bytes, command: str, *arguments: str) -> tuple[int, bytes, str]:
        """Run a command and return its exit code, and what it wrote to standard output and error."""
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        self._capture.readouterr()
        code = main([command, *arguments, "-C", str(self._root)])
        out, err = self._capture.readouterr()
        return code, out, err.decode()

    def sound(self, given: bytes, command: str, *arguments: str) -> bytes:
        """Run a command that must not fail, and return what it wrote."""
        code, out, err = self(given, command, *arguments)

        assert (0, "") == (code, err)
        return out


@pytest.fixture
def pipe(project: Project, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Pipe:
    return Pipe(project.root, monkeypatch, capfdbinary)


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def example(project: Project) -> Any:
    value = json.loads(project.example.read_text(encoding="utf-8"))
    return {**value, "note": {"string": "grüß"}, "promised_on": None, "channel": "APP"}


def paid() -> Any:
    return json.loads(next(PAYMENTS.glob("valid*.json")).read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", ["base64", "hex", "sized"])
@pytest.mark.parametrize(("contract", "framing"), [(ORDER, "bare"), (ORDER, "single-object"), (PAID, "bare")], ids=str)
def test_messages_come_back_as_they_were(pipe: Pipe, project: Project, contract: str, framing: str, form: str) -> None:
    value = example(project) if contract == ORDER else paid()
    lines = line(value) * 3
    how = (contract, "--framing", framing, "--as", form)

    back = pipe.sound(pipe.sound(lines, "encode", *how), "decode", *how)

    assert [value] * 3 == [json.loads(one) for one in back.splitlines()]


@pytest.mark.parametrize("contract", [ORDER, PAID])
def test_with_a_registry_a_message_says_what_wrote_it(
    pipe: Pipe, project: Project, registry: str, contract: str
) -> None:
    value = example(project) if contract == ORDER else paid()
    pipe.sound(b"", "publish", contract, "--registry", registry)

    data = pipe.sound(line(value), "encode", contract, "--registry", registry, "--as", "raw")

    assert 0 == data[0]
    for wanted in ([contract], []):
        back = pipe.sound(data, "decode", *wanted, "--registry", registry, "--as", "raw")
        assert value == json.loads(back)


def test_confluents_deserializer_reads_what_encode_wrote(pipe: Pipe, project: Project, registry: str) -> None:
    pipe.sound(b"", "publish", ORDER, "--registry", registry)

    data = pipe.sound(line(example(project)), "encode", ORDER, "--registry", registry, "--as", "raw")

    with SchemaRegistryClient({"url": registry}) as client:
        read: Any = AvroDeserializer(client)
        value = read(data, None)
    assert ("o-17", "APP", "grüß") == (value["order_id"], value["channel"], value["note"])


def test_an_old_message_is_read_as_the_contract_has_it(pipe: Pipe, project: Project, registry: str) -> None:
    pipe.sound(b"", "publish", ORDER, "--registry", registry)
    data = pipe.sound(line(example(project)), "encode", ORDER, "--registry", registry)
    project.replace(
        project.schema,
        '    {"name": "note",',
        '    {"name": "gift", "type": "boolean", "doc": "Wrapped.", "default": false},\n    {"name": "note",',
    )

    as_contract = json.loads(pipe.sound(data, "decode", ORDER, "--registry", registry))
    as_written = json.loads(pipe.sound(data, "decode", "--registry", registry))

    assert {**as_written, "gift": False} == as_contract


def with_rule(contract: Path, name: str, expr: str, *, mode: str = "WRITE") -> None:
    """Give a contract a rule, in place of those that it has."""
    value = read_yaml(contract.read_text(encoding="utf-8"), str(contract))
    implementation = {"kind": "CONDITION", "mode": mode, "type": "CEL", "expr": expr}
    value["schema"][0]["quality"] = [
        {"id": name, "type": "custom", "engine": "confluent-cel", "implementation": implementation}
    ]
    contract.write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize(
    ("contract", "expr", "broken", "says"),
    [
        (ORDER, "message.lines.size() > 0", {"lines": []}, "OrderPlaced: rule 'a_rule' is broken: "),
        (ORDER, "message.order_id.matches('^o-[0-9]+$')", {"order_id": "17"}, "and order_id is '17'"),
        (ORDER, "has(message.note); message.note != ''", {"note": {"string": ""}}, "and note is ''"),
        (PAID, "message.amount.minor_units > 0", {"amount": {"currency": "EUR"}}, "amount.minor_units is 0"),
    ],
)
def test_what_breaks_a_rule_is_not_encoded(
    pipe: Pipe, project: Project, contract: str, expr: str, broken: dict[str, Any], says: str
) -> None:
    with_rule(project.root / "contracts" / contract.replace(".", "/") / "contract.yaml", "a_rule", expr)
    value = example(project) if contract == ORDER else paid()
    how = (contract, "--framing", "bare")
    pipe.sound(line(value), "encode", *how)

    code, out, err = pipe(line(value | broken), "encode", *how)

    assert (1, b"") == (code, out)
    assert says in err
    data = pipe.sound(line(value | broken), "encode", *how, "--no-rules")
    assert value | broken == json.loads(pipe.sound(data, "decode", *how))


def test_a_rule_of_readers_keeps_nothing_from_being_encoded_or_shown(pipe: Pipe, project: Project) -> None:
    with_rule(project.contract, "a_rule", "message.lines.size() > 100", mode="READ")

    data = pipe.sound(line(example(project)), "encode", ORDER, "--framing", "bare")

    assert example(project) == json.loads(pipe.sound(data, "decode", ORDER, "--framing", "bare"))


def test_without_its_schema_in_the_registry_nothing_is_encoded(pipe: Pipe, project: Project) -> None:
    with EmbeddedRegistry() as empty:
        code, out, err = pipe(line(example(project)), "encode", ORDER, "--registry", empty.url)

    assert (3, b"") == (code, out)
    assert "the registry does not have commerce.order-placed 1.1.0" in err
    assert "fix: run tally publish commerce.order-placed, or say --id" in err


@pytest.mark.parametrize(
    ("contract", "text", "says"),
    [
        (ORDER, b"{", "line 2: column 2: "),
        (ORDER, b"\xff", "line 2: byte 1 is not UTF-8"),
        (ORDER, b'{"order_id": 5}', "line 2: OrderPlaced.order_id: expected string, got 5"),
        (ORDER, b'{"order_id": "1", "order_id": "2"}', "stands twice"),
        (ORDER, b"[" * 10_000, "line 2: "),
        (PAID, b'{"orderId": 5}', "line 2: TransactionAuthorized.orderId: expected string, got 5"),
        (PAID, b'{"ordrId": "5"}', "line 2: TransactionAuthorized"),
    ],
)
def test_a_line_that_does_not_fit_ends_the_work_or_is_left_out(
    pipe: Pipe, project: Project, contract: str, text: bytes, says: str
) -> None:
    good = line(example(project) if contract == ORDER else paid())
    lines = good + text + b"\n\n" + good

    code, out, err = pipe(lines, "encode", contract, "--framing", "bare")
    assert (1, 1) == (code, out.count(b"\n"))
    assert says in err

    code, out, err = pipe(lines, "encode", contract, "--framing", "bare", "--keep-going")
    assert (1, 2) == (code, out.count(b"\n"))
    assert says in err


@pytest.mark.parametrize(
    ("data", "form", "says"),
    [
        (b"AAAAAAc", "base64", "line 1: "),
        (b"\xff\xfe", "base64", "line 1: "),
        (b"0g", "hex", "line 1: "),
        (b"\0\0", "sized", "message 1: the input ends in the middle of its length"),
        (struct.pack(">I", 10) + b"abc", "sized", "message 1: the input ends after 3 of its 10 bytes"),
        (b"\xff\xff\xff\xff", "sized", "message 1: its length is 4294967295 bytes, and no message is that long"),
    ],
)
def test_input_of_another_form_is_refused(pipe: Pipe, data: bytes, form: str, says: str) -> None:
    code, out, err = pipe(data, "decode", ORDER, "--framing", "bare", "--as", form)

    assert (1, b"") == (code, out)
    assert says in err
    assert "say with --as how the bytes are written" in err


@pytest.mark.parametrize(
    ("data", "framing", "says"),
    [
        (b"", "registry", "the message: expected a framed message, got an empty value"),
        (b"\1abcdef", "registry", "unknown magic byte 1"),
        (b"\0\0\0", "registry", "the message ends after 3 bytes"),
        (b"\0\0\0\x7f\x01abc", "registry", "the message: "),
        (b"\xc3\x02" + bytes(10), "single-object", "expected the marker c3 01 of single-object encoding, got c3 02"),
        (b"\xc3\x01" + bytes(3), "single-object", "the message ends after 5 bytes"),
        (b"\xc3\x01" + bytes(10), "single-object", "no released version of the contract has the fingerprint 00000000"),
        (b"\x06o-", "bare", "the message: OrderPlaced.order_id: "),
    ],
)
def test_bytes_that_are_no_message_are_told_apart(
    pipe: Pipe, registry: str, data: bytes, framing: str, says: str
) -> None:
    code, out, err = pipe(data, "decode", ORDER, "--as", "raw", "--framing", framing, "--registry", registry)

    assert (1, b"") == (code, out)
    assert says in err


@pytest.mark.parametrize(
    ("command", "arguments", "says"),
    [
        ("encode", [PAID, "--framing", "single-object"], "single-object encoding is Avro's alone"),
        ("encode", [ORDER, "--key"], "the keys of commerce.order-placed are plain strings"),
        ("encode", [ORDER], "which registry?"),
        ("encode", [ORDER, "--id", "-1"], "-1 is not in the range"),
        ("decode", ["--framing", "bare"], "bare messages do not say what wrote them"),
        ("decode", ["commerce.order"], "no contract 'commerce.order'"),
    ],
)
def test_what_can_not_be_asked_for_is_wrong_usage(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, command: str, arguments: list[str], says: str
) -> None:
    monkeypatch.delenv("TALLY_REGISTRY", raising=False)

    code, out, err = pipe(b"", command, *arguments)

    assert (2, b"") == (code, out)
    assert says in err


def test_keys_with_a_schema_have_their_own_bytes(pipe: Pipe, project: Project) -> None:
    (project.contract.parent / "key.avsc").write_text('"long"', encoding="utf-8")
    how = (ORDER, "--key", "--framing", "bare", "--as", "hex")

    data = pipe.sound(b"64\n-1\n", "encode", *how)

    assert b"8001\n01\n" == data
    assert b"64\n-1\n" == pipe.sound(data, "decode", *how)


def test_base64_of_another_tool_is_taken(pipe: Pipe, project: Project) -> None:
    data = pipe.sound(line(example(project)), "encode", ORDER, "--framing", "bare", "--as", "raw")

    assert pipe.sound(base64.b64encode(data), "decode", ORDER, "--framing", "bare")
