"""`tally registry`: what it prints, what it changes, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallystick.cli.main import main
from tallystick.registry.client import RegistryClient
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
ORDER = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}'
WIDER = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"note","type":"string","default":""}]}'
BROKEN = '{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}'


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a registry with two versions of `orders` and one of `payments`, which TALLY_REGISTRY names."""
    with EmbeddedRegistry() as running, RegistryClient(running.url) as client:
        client.register("orders", ORDER)
        client.register("orders", WIDER)
        client.register("payments", ORDER)
        client.set_config("orders", {"compatibility": "FULL"})
        monkeypatch.setenv("TALLY_REGISTRY", running.url)
        yield running.url


@pytest.fixture
def other() -> Iterator[str]:
    """The URL of an empty registry."""
    with EmbeddedRegistry() as running:
        yield running.url


def tally(*arguments: str) -> int:
    return main(["registry", *arguments])


@pytest.mark.usefixtures("registry")
def test_subjects_are_listed_one_a_line(output: Output) -> None:
    assert 0 == tally("list")
    assert "orders\npayments\n" == output()
    assert 0 == tally("list", "ord", "--long")
    assert "orders  version 1, 2  id 2  AVRO\n" == output()


@pytest.mark.usefixtures("registry")
def test_a_schema_is_printed_as_the_registry_has_it(output: Output) -> None:
    for arguments, expected in ((["orders"], WIDER), (["orders", "1"], ORDER), (["--id", "2"], WIDER)):
        assert 0 == tally("get", *arguments)
        assert f"{expected}\n" == output()
    tally("get", "orders", "1", "--all")
    told = json.loads(output())

    assert ("orders", 1, 1, ORDER) == (told["subject"], told["version"], told["id"], told["schema"])
    tally("get", "--id", "2", "--all")
    told = json.loads(output())

    assert (2, WIDER) == (told["id"], told["schema"])


def test_settings_are_shown_with_where_they_come_from(registry: str, output: Output) -> None:
    tally("config")

    assert "compatibilityLevel  BACKWARD\nmode  READWRITE\n" == output()
    tally("config", "orders")

    assert "compatibilityLevel  FULL\nmode  READWRITE  (global)\n" == output()
    tally("config", "payments", "--level", "none", "--mode", "READONLY", "--group", "major", "--normalize")

    assert {"compatibilityLevel  NONE", "compatibilityGroup  major", "normalize  true", "mode  READONLY"} == set(
        output().splitlines()
    )
    assert 3 == tally("config", "payments", "--level", "FULL")
    assert "fix: look at the mode of the subject" in output()
    assert 0 == tally("config", "payments", "--level", "FULL", "--mode", "READWRITE")
    assert {"compatibilityLevel  FULL", "mode  READWRITE"} < set(output().splitlines())
    tally("config", "payments", "--mode", "readonly")
    output()
    tally("config", "payments", "--reset")

    assert "compatibilityLevel  BACKWARD  (global)\nmode  READWRITE  (global)\n" == output()
    with RegistryClient(registry) as client:
        assert "FULL" == client.level("orders")


def test_a_version_is_deleted_softly_and_then_for_good(registry: str, output: Output) -> None:
    """In two commands, as the registry wants it: messages stay readable after the first."""
    assert 3 == tally("delete", "orders", "1", "--permanent")
    assert "fix: delete it once without permanent, then again with it" in output()
    assert 0 == tally("delete", "orders", "1")
    assert "deleted 'orders' version 1\n" == output()
    with RegistryClient(registry) as client:
        assert ([2], ORDER) == (client.versions("orders"), client.schema_text(1))
    assert 0 == tally("delete", "orders", "1", "--permanent")
    assert "deleted for good: 'orders' version 1\n" == output()
    assert 0 == tally("delete", "orders")
    assert 0 == tally("delete", "payments")
    output()
    tally("list", "--deleted", "--long")

    assert "orders  deleted\npayments  deleted\n" == output()
    assert 0 == tally("delete", "orders", "--permanent")


def test_what_was_exported_is_imported_elsewhere(registry: str, other: str, tmp_path: Path, output: Output) -> None:
    """Ids, gaps and levels: then nothing differs, and a second import changes nothing."""
    backup = tmp_path / "backup.jsonl"
    tally("delete", "orders", "1")
    output()
    assert 0 == tally("export", str(backup))
    assert "exported 3 versions of 2 subjects\n" == output()
    assert [backup] == list(tmp_path.iterdir())
    assert 0 == tally("import", str(backup), "--registry", other)
    assert "imported 3 versions\n" == output()
    assert 0 == tally("diff", other)
    assert 0 == tally("diff", str(backup), "--registry", other)
    assert "3 versions of 2 subjects: the same in both\n" * 2 == output()
    assert 0 == tally("import", "--from", registry, "--registry", other)
    assert "imported 0 versions, 3 were there\n" == output()
    with RegistryClient(other) as client:
        client.register("more", '"int"')
        client.delete_subject("payments")

    assert 0 == tally("import", str(backup), "--registry", other)
    assert "its global settings and mode stay as they are" in output()
    tally("config", "--mode", "READONLY")
    output()
    with EmbeddedRegistry() as empty:
        assert 0 == tally("import", "--from", registry, "--registry", empty.url)
        assert "its global mode is READONLY now, as it was" in output()


@pytest.mark.usefixtures("registry")
def test_what_differs_is_said_and_is_a_finding(other: str, output: Output) -> None:
    with RegistryClient(other) as client:
        client.register("payments", ORDER)
        client.register("payments", WIDER)
        client.register("orders", WIDER)
        client.set_config("orders", {"compatibility": "NONE"})

    assert 1 == tally("diff", other)
    assert output().splitlines() == [
        "'orders' version 1 has id 1 in the registry and 2 in the other one",
        "'orders' version 1 has another 'schema' in the registry than in the other one",
        "'orders' version 2 is only in the registry",
        "'payments' version 2 is only in the other one",
        "'orders': config compatibilityLevel is FULL in the registry and NONE in the other one",
    ]


def test_a_subject_is_copied_with_what_it_refers_to(
    registry: str, other: str, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With new ids, and with the second registry's own login."""
    monkeypatch.setenv("TALLY_OTHER_TOKEN", "t")
    with RegistryClient(registry) as client:
        for _ in range(2):
            client.send("money", {"schema": 'syntax = "proto3"; message Money {}', "schemaType": "PROTOBUF"})
        client.send(
            "paid",
            {
                "schema": 'syntax = "proto3"; import "money.proto"; message Paid { Money sum = 1; }',
                "schemaType": "PROTOBUF",
                "references": [{"name": "money.proto", "subject": "money", "version": 1}],
            },
        )
    with RegistryClient(other) as client:
        client.register("taken", '"int"')

        for _ in range(2):
            assert 0 == tally("copy", "paid", "orders", "--to", other)
            assert output().splitlines() == [
                "'money' version 1 is version 1 there, schema id 2",
                "'orders' version 1 is version 1 there, schema id 3",
                "'orders' version 2 is version 2 there, schema id 4",
                "'paid' version 1 is version 1 there, schema id 5",
            ]
        assert "FULL" == client.level("orders")


@pytest.mark.usefixtures("registry")
def test_a_copy_is_held_to_the_other_registry_s_level(other: str, output: Output) -> None:
    with RegistryClient(other) as client:
        client.register("orders", BROKEN)

    assert 1 == tally("copy", "orders", "--to", other)
    assert "error: Schema being registered is incompatible" in output()


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["list", "--registry", "http://u:secret@127.0.0.1:1"], 3, "the schema registry at http://127.0.0.1:1 can't"),
        (["list", "--registry", "nowhere"], 2, "the registry's address is not a URL"),
        (["list", "--env", "prod"], 2, "contracts"),
        (["get"], 2, "which schema?"),
        (["get", "s", "--id", "1"], 2, "which schema?"),
        (["get", "nobody"], 3, "Subject 'nobody' not found."),
        (["get", "orders", "9"], 3, "Version 9 not found."),
        (["get", "--id", "99"], 3, "Schema 99 not found"),
        (["config", "--reset"], 2, "--reset takes a subject and no other option"),
        (["config", "orders", "--reset", "--level", "NONE"], 2, "--reset takes a subject and no other option"),
        (["delete", "nobody"], 3, "Subject 'nobody' not found."),
        (["diff", "nowhere.jsonl"], 2, "nowhere.jsonl can't be read: No such file or directory"),
        (["diff", "."], 2, ". can't be read: Is a directory"),
        (["copy", "nobody", "--to", "http://127.0.0.1:1"], 3, "Subject 'nobody' not found."),
        (["export", "nowhere/backup.jsonl"], 2, "nowhere/backup.jsonl can't be written: No such file or directory"),
        (["import"], 2, "import what?"),
        (["import", "a", "--from", "b"], 2, "import what?"),
        (["import", "latin.jsonl"], 2, "latin.jsonl is not UTF-8"),
    ],
)
def test_what_can_not_be_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output, arguments: list[str], code: int, message: str
) -> None:
    """With the exit code that all commands have for it, and without the password."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.jsonl").write_bytes(b"\xe4\n")

    assert code == tally(*arguments)
    said = output()

    assert f"error: {message}" in said or message in said
    assert "secret" not in said
    assert "fix:" in said or code == 3


def test_nobody_named_a_registry(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALLY_REGISTRY", raising=False)

    assert 2 == tally("list")
    assert "fix: set TALLY_REGISTRY, or name one with --registry or --env" in output()


def test_a_terminal_sees_how_far_a_long_command_is(registry: str) -> None:
    """On standard error alone: what is exported stays clean."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-m", "tallystick", "registry", "export", "--registry", registry]
    done = subprocess.run(program, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = terminal.read(65536)

    assert b"reading 2 of 2" in shown
    assert shown.endswith(b"exported 3 versions of 2 subjects\r\n")
    assert {"tallystick-registry", "version", "config", "mode", "end"} == {
        json.loads(line)["kind"] for line in done.stdout.splitlines()
    }
