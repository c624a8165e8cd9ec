"""`tally generate`: what it writes, and how it says that something is not as it should be."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

from tests.conftest import ROOT, Project

Output = Callable[[], str]


def test_generating_twice_writes_once(project: Project, output: Output) -> None:
    assert 0 == project.tally("generate")
    assert "meridian_events: 7 written, 0 removed, 0 as they were\n" == output()
    assert 0 == project.tally("generate")
    assert "meridian_events: 0 written, 0 removed, 7 as they were\n" == output()


def test_what_is_committed_is_what_is_generated(project: Project) -> None:
    project.replace(project.contract, "version: 1.1.0", "version: 1.2.0")
    project.tally("generate")
    module = "src/meridian_events/commerce/order_placed.py"

    assert (ROOT / module).read_bytes() == (project.root / module).read_bytes()


def test_a_contract_that_changed_makes_its_file_stale(project: Project, output: Output) -> None:
    project.tally("generate")
    project.replace(project.schema, "An order that checkout accepted.", "An order.")
    output()

    assert 1 == project.tally("generate", "--check")
    assert "src/meridian_events/commerce/order_placed.py: " in output()


def test_a_file_that_was_edited_by_hand_is_named(project: Project, output: Output) -> None:
    project.tally("generate")
    module = project.root / "src/meridian_events/commerce/order_placed.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    output()

    assert 1 == project.tally("generate", "--check")
    assert "src/meridian_events/commerce/order_placed.py: edited by hand" in output()


def test_a_contract_that_can_not_be_read_stops_it(project: Project, output: Output) -> None:
    project.schema.write_text("{", encoding="utf-8")

    assert 1 == project.tally("generate")
    assert "error: contracts/commerce/order-placed/order_placed.avsc:1:2  FILE102" in output()
    assert not (project.root / "src").exists()


def test_watching_writes_again_when_a_contract_changes_and_outlives_a_broken_one(project: Project) -> None:
    program = [sys.executable, "-u", "-m", "tallystick", "generate", "--watch", "-C", str(project.root)]
    good = project.schema.read_text(encoding="utf-8")
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        project.schema.write_text("{", encoding="utf-8")
        broken = process.stderr.readline()
        project.schema.write_text(good.replace("An order that checkout accepted.", "An order."), encoding="utf-8")
        second = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert "meridian_events: 7 written, 0 removed, 0 as they were\n" == first
    assert "order_placed.avsc" in broken
    assert "meridian_events: 3 written, 0 removed, 4 as they were\n" == second
    assert 0 == process.returncode


def test_watching_and_checking_exclude_each_other(project: Project, output: Output) -> None:
    assert 2 == project.tally("generate", "--check", "--watch")
    assert "nothing to watch for" in output()
