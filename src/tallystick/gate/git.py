"""Read files out of a git commit, without a checkout."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tallystick.contract.tree import is_hidden, link, repository
from tallystick.errors import GitUnavailable, UnknownBaseline

LINK = "120000"
"""What git writes in the place of a file's permissions where it is a symbolic link."""
MAIN_BRANCHES = ("origin/main", "main", "origin/master", "master")


class Commit:
    """A tree of files (`contract.tree.Tree`) as one commit has it. `root` is the folder that holds `contracts/`."""

    def __init__(self, root: Path, ref: str) -> None:
        resolved = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", check=False)
        if not resolved:
            raise UnknownBaseline(
                f"git knows no commit '{ref}'", fix=f"fetch it (git fetch origin {ref}), or name another"
            )
        self.commit = resolved.decode().strip()
        listed = _git(root, "ls-tree", "-r", "-z", self.commit, "--", "contracts")
        lines = (line.partition("\t") for line in listed.decode(errors="surrogateescape").split("\0") if line)
        self._entries = {path: head.split() for head, _, path in lines if not is_hidden(path)}
        self._blobs = {path: name for path, (_, kind, name) in self._entries.items() if kind == "blob"}
        self._contents: dict[str, bytes] | None = None
        self._root = root

    def paths(self) -> Iterator[str]:
        """Yield every file below `contracts/`."""
        for path, (mode, kind, _) in self._entries.items():
            if mode == LINK:
                raise link(path)
            if kind == "commit":
                raise repository(path)
        return iter(sorted(self._blobs))

    def read(self, path: str) -> bytes:
        """Return the bytes of a file. All are fetched at the first call: one process, not one a file."""
        if self._contents is None:
            self._contents = _cat(self._root, list(self._blobs.values()))
        if path not in self._blobs:
            raise FileNotFoundError(f"not in commit {self.commit[:7]}")
        return self._contents[self._blobs[path]]


def merge_base(root: Path) -> str | None:
    """Return the commit where HEAD left the main branch; None outside git, or before the first commit.

    Raises:
        UnknownBaseline: nobody can tell which branch is the main one, or HEAD shares no commit with it: the clone is
            shallow.
        GitUnavailable: there is a repository, and git does not open it.
    """
    if not any((folder / ".git").exists() for folder in (root.resolve(), *root.resolve().parents)):
        return None
    # Fails where git refuses the repository (its owner is someone else): that must not look like "no repository".
    _git(root, "rev-parse", "--git-dir")
    if not _git(root, "rev-parse", "--verify", "--quiet", "HEAD", check=False):
        return None
    for branch in _main_branches(root):
        base = _git(root, "merge-base", "HEAD", branch, check=False).decode().strip()
        if base:
            return base
        if _git(root, "rev-parse", "--verify", "--quiet", branch, check=False):
            fix = "fetch the history (git fetch --unshallow, or fetch-depth: 0), or compare with --against history"
            raise UnknownBaseline(f"HEAD and '{branch}' have no commit in common here", fix=fix)
    raise UnknownBaseline(
        "this repository has no main branch that tally knows of, so there is nothing to compare with",
        fix="name it with --against git:REF (such as git:origin/develop), or compare with --against history",
    )


def _main_branches(root: Path) -> Iterator[str]:
    """Yield what the main branch may be called: as the remote says, by habit, as the user's settings say."""
    remote = _git(root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD", check=False).decode().strip()
    if remote:
        yield remote
    yield from MAIN_BRANCHES
    named = _git(root, "config", "--get", "init.defaultBranch", check=False).decode().strip()
    if named:
        yield from (f"origin/{named}", named)


def _cat(root: Path, blobs: list[str]) -> dict[str, bytes]:
    answer = _git(root, "cat-file", "--batch", data="".join(f"{blob}\n" for blob in blobs).encode())
    contents: dict[str, bytes] = {}
    at = 0
    for blob in blobs:
        head, at = answer.index(b"\n", at), answer.index(b"\n", at) + 1
        size = int(answer[:head].rpartition(b" ")[2])
        contents[blob] = answer[at : at + size]
        at += size + 1
    return contents


def _git(root: Path, *arguments: str, data: bytes = b"", check: bool = True) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # a fixed program, arguments as a list
            ["git", "-C", str(root), *arguments],  # noqa: S607  # the user's own git
            input=data,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise GitUnavailable("git is not installed", fix="install git, or compare with --against history") from None
    if check and done.returncode:
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        owned = "dubious ownership" in reason
        fix = f"git config --global --add safe.directory {root.resolve()}" if owned else None
        raise GitUnavailable(f"git {arguments[0]} failed: {reason}", fix=fix)
    return done.stdout if done.returncode == 0 else b""
