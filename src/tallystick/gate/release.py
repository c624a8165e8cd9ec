"""Release a contract: copy it into history, with a lock on every file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tallystick.contract.load import HISTORY
from tallystick.contract.lock import LOCK, REFERENCES, lock_text
from tallystick.contract.model import Contract
from tallystick.contract.workspace import Workspace
from tallystick.errors import UsageError


def release(root: Path, workspace: Workspace, contract: Contract) -> Path:
    """Copy a contract's files into `contracts/history/` as its next release and return the new folder.

    The folder appears whole or not at all, and never over another one.

    Raises:
        UsageError: nothing changed since the last release, or its version is taken.
    """
    released = workspace.released(contract.id)
    if any(r.contract.version == contract.version for r in released):
        raise UsageError(
            f"'{contract.id}' {contract.version} is released already", fix="raise version in its contract.yaml first"
        )
    number = released[-1].number + 1 if released else 1
    target = root / HISTORY / contract.id.replace(".", "/") / f"v{number}"
    files = {name: (root / path).read_bytes() for name, path in _sources(contract).items()}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".release-", dir=target.parent))
    except OSError as error:
        raise UsageError(f"{target.parent}: {error.strerror}", fix="make this folder one that you can write") from None
    try:
        for name, data in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(data)
        lock = lock_text(contract.id, contract.version, contract.schema, files, workspace.settings.defaults)
        (draft / LOCK).write_text(lock, encoding="utf-8")
        draft.chmod(0o755)
        draft.rename(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if target.exists():
            problem = f"'{contract.id}' v{number} was released by someone else just now"
            raise UsageError(problem, fix="look at it, then release again if there is more to release") from None
        raise UsageError(f"{target}: {error.strerror}", fix="make room, or mend the folder's permissions") from None
    return target


def _sources(contract: Contract) -> Mapping[str, str]:
    """Return the files of a release, and where each is now: what the schema needs of others is copied with it."""
    schemas = [schema for schema in (contract.schema, contract.key.schema) if schema is not None]
    own = (contract.document.path, *(schema.document.path for schema in schemas))
    others = (document.path for schema in schemas for document in schema.files)
    return {Path(path).name: path for path in own} | {
        f"{REFERENCES}{path.removeprefix('contracts/')}": path for path in others
    }
