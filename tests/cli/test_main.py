"""What every command has: help with examples, pages for codes, and exit codes that mean something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import ROOT

from tallystick.cli.main import COMMANDS, main
from tallystick.gate.run import all_rules
from tallystick.rulekit.rulebook import input_errors

Output = Callable[[], str]
CODES = [*all_rules().rules, *(error.code for error in input_errors())]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shows_how_it_is_called(command: str, output: Output) -> None:
    assert 0 == main([command, "--help"])
    assert f"  tally {command}" in output()


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page(code: str, output: Output) -> None:
    assert 0 == main(["explain", code.lower()])
    page = output()
    assert (ROOT / f"docs/rules/{code}.md").read_text(encoding="utf-8") == page
    assert "## Why it matters" in page
    assert "## How to fix it" in page


def test_a_rule_is_explained_by_its_name(output: Output) -> None:
    assert 0 == main(["explain", "field-without-default"])
    assert output().startswith("# AVRO101 field-without-default\n\nA reader has a field without a default")


def test_all_codes_are_listed(output: Output) -> None:
    assert 0 == main(["explain", "--all"])
    assert [line.split()[0] for line in output().splitlines()] == CODES


def test_an_unknown_code_is_wrong_usage(output: Output) -> None:
    assert 2 == main(["explain", "AVRO000"])
    assert "error: no rule 'AVRO000'\n  fix: known: AVRO101, " in output()


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["check", "--no-such-option"]])
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str], output: Output) -> None:
    assert 2 == main(arguments)
    assert "Usage: tally" in output()


# A user's Ctrl-C while a module is being read: an import hook knows that moment exactly.
INTERRUPTED = """
import os, signal, sys

class Hook:
    def find_spec(self, name, path, target=None):
        if name == marker:
            os.kill(os.getpid(), signal.SIGINT)

marker = sys.argv.pop(1)
sys.meta_path.insert(0, Hook())
from tallystick.__main__ import run
run()
"""
MODULES = ["tallystick.cli.main", "click", "click.core", "tallystick.errors", "tallystick.cli.complain", "traceback"]
LATER_MODULES = ["tallystick.cli.check", "tallystick.contract.load", "yaml", "tallystick.gate.run", "jsonschema_rs"]


@pytest.mark.parametrize("module", MODULES)
def test_ctrl_c_at_the_start_is_exit_code_130_and_no_word(module: str) -> None:
    program = [sys.executable, "-c", INTERRUPTED, module, "check", "-C", str(ROOT)]
    done = subprocess.run(program, capture_output=True, check=False, text=True)

    assert (130, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("module", LATER_MODULES)
def test_ctrl_c_at_work_is_exit_code_130_and_no_traceback(module: str) -> None:
    program = [sys.executable, "-c", INTERRUPTED, module, "check", "-C", str(ROOT)]
    done = subprocess.run(program, capture_output=True, check=False, text=True)

    assert (130, "", "interrupted") == (done.returncode, done.stdout, done.stderr.strip())


def test_who_is_started_to_ignore_ctrl_c_goes_on() -> None:
    ignoring = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{INTERRUPTED}"
    program = [sys.executable, "-c", ignoring, "click", "--version"]
    done = subprocess.run(program, capture_output=True, check=False, text=True)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("form", [["--output", "json"], ["--output=json"]])
@pytest.mark.parametrize(
    "arguments", [["compat", "nowhere.avsc", "neither.avsc"], ["compat"], ["check", "--no-such-option"]]
)
def test_a_wrong_command_line_is_answered_in_json_where_that_was_asked_for(
    arguments: list[str], form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main([*arguments, *form])
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert 2 == answer["exit_code"]
    assert answer["error"] in printed.err


def test_a_wrong_command_line_is_an_annotation_where_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["compat", "nowhere.avsc", "neither.avsc", "--output", "github"])
    assert capsys.readouterr().out.startswith("::error::")


@pytest.mark.parametrize(("shell", "word"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --")])
def test_a_shell_is_told_how_to_complete(shell: str, word: str) -> None:
    """As the README says: `eval "$(_TALLY_COMPLETE=bash_source tally)"`."""
    script = _tally(_TALLY_COMPLETE=f"{shell}_source")

    assert word in script
    assert "_TALLY_COMPLETE" in script


@pytest.mark.parametrize(("words", "expected"), [("tally com", "compat"), ("tally check --out", "--output")])
def test_a_shell_completes_commands_and_options(words: str, expected: str) -> None:
    found = _tally(_TALLY_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(words.count(" ")))

    assert [f"plain,{expected}"] == found.splitlines()


def _tally(**variables: str) -> str:
    """Run the program itself: completion is its own, and no command's."""
    program = Path(sys.executable).parent / "tally"
    environment = {**os.environ, **variables}
    return subprocess.run([program], env=environment, capture_output=True, text=True, check=False).stdout


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    program = [sys.executable, "-m", "tallystick", "explain", "--all"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()

        assert b"" == process.stderr.read()


def test_checking_needs_no_client_and_no_server(tmp_path: Path) -> None:
    """The gate starts fast because it loads neither librdkafka nor a web server."""
    script = (
        "import sys; from tallystick.cli.main import main; main(['check']); "
        "print(sorted({'confluent_kafka', 'httpx', 'starlette', 'uvicorn', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert "[]\n" == done.stdout
