"""Say which files lie where nobody would look for them: a file that is passed over in silence is not checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tallystick.contract.build import SCHEMA_SUFFIXES
from tallystick.errors import InvalidContract

NAMES = frozenset({"contract.yaml", "contract.yml"})
HOME = "contracts/<domain>/<name>/"
DEPTH = len(HOME.split("/")) - 1
_RELEASED = re.compile(r"contracts/history/[^/]+/[^/]+/v[1-9][0-9]*/")
_AT_HOME = re.compile(  # what nearly all files are: known at one look
    r"contracts/(?!history/|shared/)[^/]+/[^/]+/(contract\.yaml|[^/]+\.(avsc|avdl|proto)|examples/[^/]+\.json)"
    r"|contracts/history/[^/]+/[^/]+/v[1-9][0-9]*/(contract\.yaml|lock\.json|[^/]+\.(avsc|avdl|proto))"
)
_EXAMPLE = re.compile(r"contracts/[^/]+/[^/]+/examples/[^/]+\.json")


def misplaced(paths: Iterable[str]) -> Iterator[InvalidContract]:
    """Yield a problem for each file that looks like a contract, a schema or an example, and would not be read as one."""
    for path in paths:
        if _AT_HOME.fullmatch(path):
            continue
        for looked_at in (_in_a_reserved_folder, _unlike_its_name, _example, _away_from_home):
            if problem := looked_at(path):
                yield InvalidContract(problem[0], file=path, fix=problem[1])
                break


def _in_a_reserved_folder(path: str) -> tuple[str, str] | None:
    file = PurePosixPath(path)
    is_contract = file.name.lower() in NAMES
    if path.startswith("contracts/shared/") and is_contract:
        fix = "give the domain another name"
        return "contracts/shared/ holds types that several contracts need, and no contract", fix
    if not path.startswith("contracts/history/") or _RELEASED.match(path):
        return None
    if is_contract or file.suffix.lower() in SCHEMA_SUFFIXES or file.name == "lock.json":
        problem = "contracts/history/ holds releases as tally release writes them: <domain>/<name>/v<number>/"
        return problem, "restore the folder's name; if this is a contract of yours, give its domain another name"
    return None


def _away_from_home(path: str) -> tuple[str, str] | None:
    *folders, name = path.split("/")
    is_ours = name in NAMES or PurePosixPath(name).suffix in SCHEMA_SUFFIXES
    if not is_ours or len(folders) == DEPTH or path.startswith(("contracts/history/", "contracts/shared/")):
        return None
    return f"a contract lives in {HOME}, and not in {'/'.join(folders)}/", "move the folder"


def _unlike_its_name(path: str) -> tuple[str, str] | None:
    """Return what is wrong with a name that means something, but for its letters."""
    file = PurePosixPath(path)
    if file.name.lower() in NAMES and file.name != "contract.yaml":
        return f"'{file.name}' is not read: a contract's file is called contract.yaml", "rename it"
    if file.suffix.lower() in SCHEMA_SUFFIXES and file.suffix not in SCHEMA_SUFFIXES:
        return f"'{file.name}' is not read: '{file.suffix}' is to be in small letters", "rename it"
    return None


def _example(path: str) -> tuple[str, str] | None:
    """Return what is wrong with a JSON file in a folder of examples."""
    *folders, name = path.split("/")[3:] or [""]
    if path.startswith(("contracts/history/", "contracts/shared/")) or _EXAMPLE.fullmatch(path):
        return None
    if folders and folders[0].lower() in ("example", "examples") and name.lower().endswith(".json"):
        return "this example is not read", f"examples are {HOME}examples/<name>.json, in small letters and no deeper"
    return None
