"""`tally serve` as a process: it says where it is, answers, and stops when it is told to."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tallystick.cli.main import main


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


@contextmanager
def served(folder: Path, *options: str, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A registry as a process of its own, and where it is."""
    program = [sys.executable, "-m", "tallystick", "serve", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        program, cwd=folder, stdout=pipe, stderr=pipe, text=True, env={**os.environ, **environ}
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().split()[2].rstrip(",")
        finally:
            process.kill()


def test_what_is_being_answered_is_answered_before_the_end(tmp_path: Path) -> None:
    """SIGTERM comes in the middle of a request: no new connection is taken, and the answer is given."""
    import socket

    body = b'{"schema": "\\"int\\""}'
    head = f"POST /subjects/s/versions HTTP/1.1\r\nHost: r\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n"
    with served(tmp_path) as (process, url):
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=30) as connection:
            connection.sendall(head.encode())

            assert connection.recv(100).startswith(b"HTTP/1.1 100")  # it waits for the body
            process.send_signal(signal.SIGTERM)
            while _takes_connections(address):
                pass
            connection.sendall(body)
            answer = connection.recv(1000)

        assert answer.startswith(b"HTTP/1.1 200")
        assert (0, "") == (process.wait(timeout=30), process.stdout.read() if process.stdout else "")
    with served(tmp_path) as (_, url):
        assert ["s"] == httpx.get(f"{url}/subjects").json()


def _takes_connections(address: tuple[str, int]) -> bool:
    import socket

    try:
        socket.create_connection(address, timeout=30).close()
    except ConnectionError:
        return False
    return True


def test_a_log_is_lines_of_json(tmp_path: Path) -> None:
    """A name can't begin a line of its own, nor end the JSON."""
    (tmp_path / "registry.yaml").write_text("log: {reads: true}")
    with served(tmp_path, "--config", "registry.yaml", TALLY_SERVE_STORE="other.db") as (process, url):
        httpx.get(f"{url}/subjects/a%0A%22b/versions?token=sesame")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    lines = [json.loads(line) for line in errors.splitlines()]

    assert [("info", "GET /subjects/a%0A%22b/versions 404", 404, "127.0.0.1")] == [
        (line["level"], line["message"], line["status"], line["client"]) for line in lines
    ]
    assert (tmp_path / "other.db").exists()


def test_settings_that_can_not_be_meant_are_wrong_usage(tmp_path: Path, output: Callable[[], str]) -> None:
    (tmp_path / "registry.yaml").write_text("prot: 8081")

    assert 2 == main(["serve", "--config", str(tmp_path / "registry.yaml")])
    assert "'prot' is not a setting\n  fix: did you mean 'port'?" in output()


def test_a_port_that_is_taken_is_wrong_usage(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        program = [sys.executable, "-m", "tallystick", "serve", "--port", port, "--store", str(tmp_path / "r.db")]
        done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)

    assert 2 == done.returncode
    assert f"error: can't listen on 127.0.0.1:{port}" in done.stderr


def test_a_password_becomes_a_hash_that_opens(tmp_path: Path) -> None:
    """What `--hash-password` and `--new-token` print goes into the settings as it is."""
    tally = [sys.executable, "-m", "tallystick", "serve"]
    hashed = subprocess.run([*tally, "--hash-password"], input="sesame\n", capture_output=True, text=True, check=True)
    token, token_hash = subprocess.run(
        [*tally, "--new-token"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    (tmp_path / "registry.yaml").write_text(f"""\
auth:
  users: {{ann: {{{hashed.stdout.strip().replace(": ", ': "', 1)}", roles: [read]}}}}
  tokens: {{ci: {{{token_hash.replace(": ", ': "', 1)}", roles: [admin]}}}}
""")
    with served(tmp_path, "--config", "registry.yaml") as (_, url):
        bearer = {"authorization": f"Bearer {token.removeprefix('token: ')}"}

        assert [401, 200, 200] == [
            httpx.get(f"{url}/subjects").status_code,
            httpx.get(f"{url}/subjects", auth=("ann", "sesame")).status_code,
            httpx.put(f"{url}/config", json={"compatibility": "FULL"}, headers=bearer).status_code,
        ]


def test_an_empty_password_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, output: Callable[[], str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))

    assert 2 == main(["serve", "--hash-password"])
    assert "an empty password would let everyone in" in output()
