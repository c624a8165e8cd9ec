"""The commands of docs/registry.md run, one after another in one folder, as a reader would run them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.conftest import ROOT
from tests.postgres import PostgresNode

PAGE = (ROOT / "docs/registry.md").read_text(encoding="utf-8")
PORTS = ("8081", "8082", "8083", "8084", "8443")
# `tally serve` runs on while the reader goes to another terminal; a block that starts registries ends those before it.
READER = """
set -euo pipefail
nodes=() number=0
finish() { for node in "${nodes[@]}"; do kill "$node"; wait "$node"; done; nodes=(); }
start() {
  [[ "$*" == *--port* || "$*" == *--config* ]] || set -- "$@" --port 8081
  number=$((number + 1)); mkfifo "said.$number"
  env tally "$@" > "said.$number" & nodes+=($!)
  read -r said < "said.$number"; echo "$said"
}
tally() {
  case "$*" in
    serve*--hash-password | serve*--new-token) command tally "$@" ;;
    serve*) start "$@" ;;
    *) command tally "$@" ;;
  esac
}
trap 'finish' EXIT
"""
EXPECTED = (
    '{"id": 1}',  # the first schema is registered
    '{"subject": "payments-key", "version": 1',  # the other node has what the first one took
    "token: ",
    '["orders-key"]registry on https://',  # over HTTPS with a password
    '["orders-key"]registry on http://',  # and with a client's certificate
    "tally_registry_subjects 1.0",
    "backup.db",
    '/restored\n"string"\n',  # the dump has what PostgreSQL had
    "1 version of 1 subject: the same in both",
)


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "openssl"))), reason="the page uses curl and openssl")
@pytest.mark.timeout(120)
def test_every_command_runs(tmp_path: Path, postgres: PostgresNode) -> None:
    """Ports, the database's host and a folder of the system are ours; all else is to the letter."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    done = _run(_script(blocks, tmp_path, postgres), tmp_path, postgres)

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "Warning" not in done.stderr
    assert PAGE.count("\n```sh\n") == len(blocks)
    assert [] == [said for said in EXPECTED if said not in done.stdout]


def _script(blocks: list[str], folder: Path, postgres: PostgresNode) -> str:
    """Return the page as a program of bash."""
    script = READER + "".join(
        f"finish\n{one}" if re.search("^tally serve(?!.*-(password|token))", one, re.MULTILINE) else one
        for one in blocks
    )
    with ExitStack() as stack:
        for port in PORTS:
            free = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            script = script.replace(port, str(free))
    script = script.replace("/var/lib/tally", str(folder / "elsewhere"))
    script = re.sub(r"tally@db\.example\.org/(\w+)", rf"tally@/\1?host={quote(str(postgres.folder), safe='')}", script)
    return script.replace("db.example.org", str(postgres.folder))


def _run(script: str, folder: Path, postgres: PostgresNode) -> subprocess.CompletedProcess[str]:
    (folder / "elsewhere").mkdir()
    programs = os.pathsep.join([str(Path(sys.executable).parent), str(postgres.programs), os.environ["PATH"]])
    environ = {**os.environ, "PATH": programs}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environ, input="sesame\n", capture_output=True, text=True, check=False
    )
