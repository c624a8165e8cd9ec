"""What all tests share: no skips where none may be, and a workspace to break."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tallystick.cli.main import main
from tallystick.contract.load import load_workspace
from tallystick.contract.tree import Folder
from tallystick.gate.release import release

pytest_plugins = ["tests.postgres"]
ROOT = Path(__file__).parent.parent

# Two cores that others use, too: a slow example is no failure.
settings.register_profile("default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Where TALLY_NO_SKIPS is set, a skipped test is said to be what it is: not tested."""
    if os.environ.get("TALLY_NO_SKIPS") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("tests were skipped, and TALLY_NO_SKIPS is set", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped tests where none may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TALLY_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@dataclass
class Files:
    """A tree of files that are nowhere but here."""

    contents: Mapping[str, str]

    def paths(self) -> Iterator[str]:
        """Yield the paths."""
        return iter(sorted(self.contents))

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return self.contents[path].encode()


class Project:
    """A copy of one of this repository's contracts in a git repository of its own, and the command to run there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.schema = root / "contracts/commerce/order-placed/order_placed.avsc"
        self.example = root / "contracts/commerce/order-placed/examples/valid-two-lines.json"
        self.contract = root / "contracts/commerce/order-placed/contract.yaml"

    def git(self, *arguments: str) -> None:
        """Run git; fail if it does."""
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True)

    def replace(self, file: Path, old: str, new: str) -> None:
        """Replace a text that must stand in a file just once."""
        text = file.read_text(encoding="utf-8")

        assert 1 == text.count(old)
        file.write_text(text.replace(old, new), encoding="utf-8")

    def tally(self, command: str, *arguments: str) -> int:
        """Run a command of tally here and return its exit code."""
        return main([command, "-C", str(self.root), *arguments])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose main branch has commerce.order-placed: 1.0.0 and, as it is now, 1.1.0 are released."""
    for folder in ("shared/money", "commerce/order-placed", "history/commerce/order-placed/v1"):
        shutil.copytree(ROOT / "contracts" / folder, tmp_path / "contracts" / folder)
    shutil.copy(ROOT / "contracts/tally.yaml", tmp_path / "contracts")
    project = Project(tmp_path)
    project.replace(project.contract, "version: 1.2.0", "version: 1.1.0")
    workspace = load_workspace(Folder(tmp_path))
    release(tmp_path, workspace, workspace.contract("commerce.order-placed"))
    project.git("init", "--quiet", "--initial-branch=main")
    project.git("add", ".")
    project.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "contracts")
    return project


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return what was printed since the last call: standard output, then standard error."""

    def read() -> str:
        captured = capsys.readouterr()
        return captured.out + captured.err

    return read
