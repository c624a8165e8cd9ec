"""Settings: where they come from, which one wins, and what is said of one that can't be meant."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import yaml

from tallystick.errors import UsageError
from tallystick.server.configure import load_settings
from tallystick.server.settings import Identity, Settings

EVERYTHING = """\
store: /var/lib/registry.db
host: 0.0.0.0
port: 8082
read_only: true
audit: audit.jsonl
tls: {certificate: server.pem, key: server.key, client_ca: /etc/clients.pem}
auth:
  users:
    ann: {hash: "scrypt:x", roles: [read, "write:payments.*"]}
  jwt: {issuer: "https://login.example.org", audience: registry, jwks: keys.json}
  anonymous: [read]
limits: {requests_per_second: 50, parse_seconds: 2.5}
log: {format: text, reads: true}
"""


def test_nothing_said_is_a_registry_for_one_machine() -> None:
    assert Settings() == load_settings(None, {"port": None}, {})


def test_a_file_says_everything(tmp_path: Path) -> None:
    """Paths are relative to the file, so that it can be started from anywhere."""
    file = tmp_path / "registry.yaml"
    file.write_text(EVERYTHING)
    settings = load_settings(file, {}, {})

    assert ("/var/lib/registry.db", "0.0.0.0", 8082, True) == (  # noqa: S104  # what the file says, not where we listen
        settings.store,
        settings.host,
        settings.port,
        settings.read_only,
    )
    assert (tmp_path / "server.pem", Path("/etc/clients.pem")) == (settings.tls.certificate, settings.tls.client_ca)
    assert {"ann": Identity("scrypt:x", ("read", "write:payments.*"))} == settings.auth.users
    assert (50.0, 2.5, ("read",)) == (
        settings.limits.requests_per_second,
        settings.limits.parse_seconds,
        settings.auth.anonymous,
    )
    assert tmp_path / "audit.jsonl" == settings.audit


def test_a_flag_beats_the_environment_and_that_beats_the_file(tmp_path: Path) -> None:
    file = tmp_path / "registry.yaml"
    file.write_text("{port: 1, host: a, log: {level: error}, store: x}")
    environ = {"TALLY_SERVE_PORT": "2", "TALLY_SERVE_HOST": "b", "TALLY_SERVE_LOG_READS": "True", "TALLY_REGISTRY": "?"}
    settings = load_settings(file, {"port": 3, "host": None}, environ)

    assert (3, "b", "x") == (settings.port, settings.host, settings.store)
    assert ("error", True) == (settings.log.level, settings.log.reads)


@pytest.mark.parametrize(
    ("text", "problem", "fix"),
    [
        ("prot: 1", "'prot' is not a setting", "did you mean 'port'?"),
        ("tls: {cert: x}", "'tls.cert' is not a setting", "'certificate', 'key', 'client_ca'"),
        ("port: '8081'", "'port' must be a whole number, and is '8081'", ""),
        ("port: true", "'port' must be a whole number, and is True", ""),
        ("incompatible_code: 410", "'incompatible_code' is 410", "409 or 40901"),
        ("port: 70000", "'port' is 70000", "0 to 65535"),
        ("log: loud", "'log' must be a mapping", ""),
        ("log: {level: loud}", "'log.level' is 'loud'", "debug, info, warning, error"),
        ("auth: {anonymous: read}", "'auth.anonymous' must be a list of texts", "[one, two]"),
        ("auth: {users: [ann]}", "'auth.users' must be a mapping", ""),
        ("auth: {users: {ann: {pasword: x}}}", "'auth.users.ann.pasword' is not a setting", "'hash'"),
        ("limits: {burst: 0}", "'limits.burst' is 0", "1 or more"),
        ("tls: {key: x}", "'tls.certificate' and 'tls.key' go together", ""),
        ("tls: {client_ca: x}", "'tls.client_ca' asks clients for certificates", ""),
        ("- port", "settings are a mapping", ""),
        ("port: 1\nport: 2", "registry.yaml:2:1", ""),
        ("port: [", "the settings are not YAML", ""),
    ],
)
def test_a_setting_that_can_not_be_meant_is_named(tmp_path: Path, text: str, problem: str, fix: str) -> None:
    file = tmp_path / "registry.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings(file, {}, {})

    assert problem in str(caught.value)
    assert fix in (caught.value.fix or "")


@pytest.mark.parametrize(
    ("name", "value", "problem", "fix"),
    [
        ("TALLY_SERVE_PROT", "1", "TALLY_SERVE_PROT is not a setting", "did you mean TALLY_SERVE_PORT?"),
        ("TALLY_SERVE_AUTH_USERS", "ann", "is not a setting", "stands in the file"),
        ("TALLY_SERVE_PORT", "x", "must be a whole number, and is 'x'", ""),
        ("TALLY_SERVE_READ_ONLY", "yes", "must be true or false, and is 'yes'", ""),
    ],
)
def test_the_environment_is_checked_as_well(name: str, value: str, problem: str, fix: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(None, {}, {name: value})

    assert problem in str(caught.value)
    assert fix in (caught.value.fix or "")


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't read the settings"):
        load_settings(tmp_path / "registry.yaml", {}, {})


def test_the_page_about_the_registry_names_every_setting(tmp_path: Path) -> None:
    """Its file is taken as it is, and what it says of limits and logs is what holds by itself."""
    page = (Path(__file__).parents[2] / "docs/registry.md").read_text(encoding="utf-8")
    file = tmp_path / "registry.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    settings = load_settings(file, {}, {})
    said, known = yaml.safe_load(file.read_text(encoding="utf-8")), asdict(Settings())

    assert known.keys() == said.keys()
    for part in ("tls", "limits", "log"):
        assert known[part].keys() == said[part].keys()
    assert known["auth"].keys() == said["auth"].keys()
    assert {"jwt", "users"} <= said["auth"].keys()
    assert (Settings().limits, Settings().log) == (
        replace(settings.limits, requests_per_second=0.0),
        settings.log,
    )
