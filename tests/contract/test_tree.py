"""Trees of files: what lies on disk and what a commit holds are the same files, by the same rule."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest
from tests.conftest import Project

from tallystick.contract.tree import Folder, Tree
from tallystick.errors import UnreadableFile
from tallystick.gate.git import Commit

AS_SOMEONE = ("-c", "user.name=t", "-c", "user.email=t@example.org")
# Root may read everything, so root becomes nobody.
LIST = """
import os
from pathlib import Path
from tallystick.contract.tree import Folder
from tallystick.errors import UnreadableFile
if os.getuid() == 0:
    os.setuid(65534)
try:
    print(*Folder(Path()).paths())
except UnreadableFile as error:
    print(error)
"""
TARGETS = {
    "a file": "tally.yaml",
    "a folder": "commerce",
    "nothing": "nowhere",
    "itself": "linked",
    "a place outside": "../../elsewhere",
}


@pytest.fixture(params=["on disk", "in a commit"])
def tree(request: pytest.FixtureRequest, project: Project) -> Callable[[], Tree]:
    """Return a function that gives the project as it is now, as a tree of one kind or the other."""

    def committed() -> Tree:
        project.git("add", "--all")
        project.git(*AS_SOMEONE, "commit", "--quiet", "--allow-empty", "-m", "now")
        return Commit(project.root, "HEAD")

    return committed if request.param == "in a commit" else lambda: Folder(project.root)


def test_both_have_the_same_files_in_the_same_order(project: Project) -> None:
    for path in ("commerce-b/x", "commerce.c/x", "Zoo/größe", "commerce/a\tb"):
        (project.root / "contracts" / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / "contracts" / path).write_text("x", encoding="utf-8")
    project.git("add", "--all")
    project.git(*AS_SOMEONE, "commit", "--quiet", "-m", "more")
    on_disk = list(Folder(project.root).paths())

    assert sorted(on_disk) == on_disk
    assert on_disk == list(Commit(project.root, "HEAD").paths())


@pytest.mark.parametrize("path", [".hidden.avsc", "commerce/.swap", ".cache/deep/order.avsc"])
def test_hidden_files_are_left_out(project: Project, tree: Callable[[], Tree], path: str) -> None:
    before = list(tree().paths())
    (project.root / "contracts" / path).parent.mkdir(parents=True, exist_ok=True)
    (project.root / "contracts" / path).write_text("no schema", encoding="utf-8")

    assert before == list(tree().paths())


def test_a_hidden_link_is_left_out(project: Project, tree: Callable[[], Tree]) -> None:
    # Emacs marks a file that is being edited with a link that leads nowhere.
    (project.root / "contracts/commerce/.#order.avsc").symlink_to("me@host.1234")

    assert "contracts/tally.yaml" in list(tree().paths())


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_a_symbolic_link_is_refused(project: Project, tree: Callable[[], Tree], target: str) -> None:
    (project.root / "contracts/linked").symlink_to(target)

    with pytest.raises(UnreadableFile, match="a symbolic link") as caught:
        list(tree().paths())
    assert "contracts/linked" == caught.value.file


def test_a_folder_of_contracts_that_is_a_link_is_refused(project: Project, tree: Callable[[], Tree]) -> None:
    (project.root / "contracts").rename(project.root / "elsewhere")
    (project.root / "contracts").symlink_to("elsewhere")

    with pytest.raises(UnreadableFile, match="a symbolic link"):
        list(tree().paths())


def test_a_repository_in_the_repository_is_refused(project: Project, tree: Callable[[], Tree]) -> None:
    inner = project.root / "contracts/billing"
    inner.mkdir()
    subprocess.run(["git", "init", "--quiet", str(inner)], check=True)
    subprocess.run(
        ["git", "-C", str(inner), *AS_SOMEONE, "commit", "--quiet", "--allow-empty", "-m", "inner"], check=True
    )

    with pytest.raises(UnreadableFile, match="another git repository") as caught:
        list(tree().paths())
    assert "contracts/billing" == caught.value.file


def test_a_link_is_said_by_check_and_exits_with_1(project: Project, output: Callable[[], str]) -> None:
    (project.root / "contracts/linked").symlink_to("commerce")

    assert 1 == project.tally("check")
    assert "error: contracts/linked:1:1  FILE101  a symbolic link: " in output()


def test_a_folder_that_can_not_be_read_is_said_to_be_so(project: Project, output: Callable[[], str]) -> None:
    """A folder without permission is one, but root may read those. A path too long to open stops root, too."""
    long = "d" * 250
    here = os.open(project.root / "contracts", os.O_RDONLY)
    for _ in range(18):
        os.mkdir(long, dir_fd=here)
        inner = os.open(long, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)

    try:
        assert 1 == project.tally("check")
        assert "this folder can't be read: File name too long" in output()
    finally:
        with suppress(OSError):
            shutil.rmtree(project.root / "contracts" / long)


def test_a_folder_without_permission_is_said_to_be_so(project: Project) -> None:
    """Without the right to read it, a folder looked empty: its contracts looked gone."""
    locked = project.root / "contracts/commerce"
    project.root.chmod(0o755)
    locked.chmod(0o000)

    try:
        done = subprocess.run(
            [sys.executable, "-c", LIST], cwd=project.root, capture_output=True, text=True, check=True
        )
    finally:
        locked.chmod(0o755)

    assert "contracts/commerce:1:1  FILE101  this folder can't be read: Permission denied\n" == done.stdout
