"""Commits as trees of files: what git holds, and not what lies on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Project

from tallystick.contract.load import load_workspace
from tallystick.errors import UnknownBaseline
from tallystick.gate.git import Commit, merge_base

AS_SOMEONE = ("-c", "user.name=t", "-c", "user.email=t@example.org")


def test_a_commit_holds_the_contracts_as_they_were(project: Project) -> None:
    before = project.schema.read_bytes()
    project.schema.write_text("{}", encoding="utf-8")
    (project.root / "contracts/new.txt").write_text("not in the commit", encoding="utf-8")
    commit = Commit(project.root, "main")

    assert before == commit.read("contracts/commerce/order-placed/order_placed.avsc")
    assert "contracts/new.txt" not in set(commit.paths())
    assert () == load_workspace(commit).problems


def test_contracts_in_a_folder_of_a_larger_repository_are_found(project: Project) -> None:
    inner = project.root / "services" / "shop"
    inner.mkdir(parents=True)
    project.git("mv", "contracts", "services/shop/contracts")
    project.git(*AS_SOMEONE, "commit", "--quiet", "-m", "move")

    assert "contracts/tally.yaml" in set(Commit(inner, "HEAD").paths())


def test_names_that_git_would_quote_are_read(project: Project) -> None:
    file = project.root / "contracts/shared/größe und\tname.txt"
    file.write_bytes(b"\x00\xff\n")
    project.git("add", ".")
    project.git(*AS_SOMEONE, "commit", "--quiet", "-m", "name")

    assert b"\x00\xff\n" == Commit(project.root, "HEAD").read("contracts/shared/größe und\tname.txt")


def test_a_tag_and_a_branch_are_commits_too(project: Project) -> None:
    project.git("tag", "v1")

    assert Commit(project.root, "v1").commit == Commit(project.root, "main").commit


def test_a_commit_that_is_not_there_is_named(project: Project) -> None:
    with pytest.raises(UnknownBaseline, match=r"git knows no commit 'v0\.9'"):
        Commit(project.root, "v0.9")


def test_the_merge_base_is_where_the_branch_began(project: Project) -> None:
    began = Commit(project.root, "main").commit
    project.git("checkout", "--quiet", "-b", "feature")
    project.git(*AS_SOMEONE, "commit", "--quiet", "--allow-empty", "-m", "more")
    project.git("checkout", "--quiet", "main")
    project.git(*AS_SOMEONE, "commit", "--quiet", "--allow-empty", "-m", "elsewhere")
    project.git("checkout", "--quiet", "feature")

    assert began == merge_base(project.root)


def test_a_clone_too_shallow_for_the_merge_base_says_so(project: Project) -> None:
    project.git("checkout", "--quiet", "--orphan", "cut-off")
    project.git(*AS_SOMEONE, "commit", "--quiet", "-m", "all that a shallow clone has")

    with pytest.raises(UnknownBaseline, match="HEAD and 'main' have no commit in common here"):
        merge_base(project.root)
    assert 2 == project.tally("check")
    assert 0 == project.tally("check", "--against", "history")


def test_a_repository_without_a_commit_is_compared_with_history(tmp_path: Path) -> None:
    empty = Project(tmp_path)
    empty.git("init", "--quiet", "--initial-branch=main")

    assert merge_base(tmp_path) is None


def test_a_main_branch_of_another_name_is_the_one_that_the_remote_says(project: Project) -> None:
    project.git("branch", "-m", "main", "trunk")
    began = Commit(project.root, "trunk").commit
    project.git("update-ref", "refs/remotes/origin/trunk", "trunk")
    project.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    project.git("checkout", "--quiet", "-b", "feature")
    project.git(*AS_SOMEONE, "commit", "--quiet", "--allow-empty", "-m", "more")

    assert began == merge_base(project.root)


def test_a_main_branch_of_another_name_is_the_one_that_the_settings_say(project: Project) -> None:
    project.git("branch", "-m", "main", "develop")
    project.git("config", "init.defaultBranch", "develop")

    assert Commit(project.root, "develop").commit == merge_base(project.root)


def test_a_main_branch_that_nobody_can_tell_is_an_error(project: Project, output: Callable[[], str]) -> None:
    project.git("branch", "-m", "main", "develop")
    project.git("config", "init.defaultBranch", "elsewhere")

    assert 2 == project.tally("check")
    assert "--against git:REF" in output()


def test_a_repository_that_git_does_not_open_is_an_error(
    project: Project, output: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # git's own way to have its tests see a repository of someone else.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    assert 3 == project.tally("check")
    assert "safe.directory" in output()


def test_before_the_first_commit_there_is_history_alone(project: Project, output: Callable[[], str]) -> None:
    project.git("checkout", "--quiet", "--orphan", "first")

    assert 0 == project.tally("check")
    assert "against history (there is no commit to compare with)" in output()
