"""`tally serve` as a process: it says where it is, answers, and stops when it is told to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_registry_is_served_until_it_is_stopped(tmp_path: Path, stop: signal.Signals) -> None:
    store = tmp_path / "registry.db"
    program = [sys.executable, "-m", "tallystick", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"registry on (http://127\.0\.0\.1:\d+), kept in .*registry\.db\n", line)

        assert found is not None
        assert [] == httpx.get(f"{found[1]}/subjects").json()
        process.send_signal(stop)
        rest, errors = process.communicate(timeout=30)

    assert (0, "", "") == (process.returncode, rest, errors)


def test_a_port_that_is_taken_is_wrong_usage(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        program = [sys.executable, "-m", "tallystick", "serve", "--port", port, "--store", str(tmp_path / "r.db")]
        done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)

    assert 2 == done.returncode
    assert f"error: can't listen on 127.0.0.1:{port}" in done.stderr
