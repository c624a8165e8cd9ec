"""Certificates and logins that change while a node runs: SIGHUP makes it take them."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from tallystick.server import hashes

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")


def write(folder: Path, authority: trustme.CA, user: str, more: str = "") -> None:
    """Write the settings of a node that knows one user, with a certificate of its own."""
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    auth = {"users": {user: {"hash": hashes.password_hash("sesame"), "roles": ["read"]}}}
    tls = {"certificate": "server.pem", "key": "server.pem"}
    (folder / "registry.yaml").write_text(json.dumps({"auth": auth, "tls": tls}) + more, encoding="utf-8")


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    program = [sys.executable, "-m", "tallystick", "serve", "--port", "0", "--config", "registry.yaml"]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, cwd=folder, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().split()[2].rstrip(",")
        finally:
            process.kill()


def after_hangup(process: subprocess.Popen[str]) -> str:
    """Send SIGHUP, and return what the node then says about its settings."""
    assert process.stderr is not None
    process.send_signal(signal.SIGHUP)
    return next(line for line in process.stderr if "settings" in line)


def test_logins_and_certificates_are_reread(tmp_path: Path) -> None:
    """Also by an authority that was not there before: whoever trusts that one alone is served."""
    before, after = trustme.CA(), trustme.CA()
    write(tmp_path, before, "ann")
    with served(tmp_path) as (process, url):

        def status(authority: trustme.CA, user: str) -> int:
            context = ssl.create_default_context()
            authority.configure_trust(context)
            return httpx.get(f"{url}/subjects", auth=(user, "sesame"), verify=context).status_code

        assert (200, 401) == (status(before, "ann"), status(before, "bob"))
        write(tmp_path, after, "bob")

        assert "settings reread" in after_hangup(process)
        assert (401, 200) == (status(after, "ann"), status(after, "bob"))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            status(before, "bob")


def test_settings_that_can_not_be_meant_change_nothing(tmp_path: Path) -> None:
    authority = trustme.CA()
    write(tmp_path, authority, "ann")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with served(tmp_path) as (process, url):
        write(tmp_path, authority, "bob", more="\nnonsense: [")
        said = after_hangup(process)

        assert "settings not reread, those from before still hold: the settings are not YAML" in said
        (tmp_path / "registry.yaml").write_text("tls: {certificate: server.pem, key: server.pem}", encoding="utf-8")

        assert "'auth' was switched on or off" in after_hangup(process)
        assert 200 == httpx.get(f"{url}/subjects", auth=("ann", "sesame"), verify=context).status_code
