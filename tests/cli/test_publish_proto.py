"""A contract in Protobuf and a registry: published with its imports, and compared with what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import ROOT

from tallystick.cli.main import main
from tallystick.registry.client import RegistryClient
from tallystick.server.run import EmbeddedRegistry

Output = Callable[[], str]
SUBJECT = "shop.paid.v1-value"
FILES = {
    "shared/money/money.proto": 'syntax = "proto3";\npackage shop.v1;\nmessage Money {\n  int64 units = 1;\n}\n',
    "shop/paid/paid.proto": (
        'syntax = "proto3";\npackage shop.v1;\nimport "google/protobuf/timestamp.proto";\n'
        'import "shared/money/money.proto";\nmessage Paid {\n  string id = 1;\n  Money amount = 2;\n'
        "  google.protobuf.Timestamp at = 3;\n}\n"
    ),
    "shop/paid/contract.yaml": (
        "apiVersion: v3.2.0\nkind: DataContract\nid: shop.paid\nversion: 1.0.0\nstatus: active\n"
        "customProperties:\n  - {vendor: tallystick, property: consumers, value: [{id: ledger, fields: [amount]}]}\n"
    ),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "contracts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_what_a_schema_imports_is_published_before_it(shop: Path, output: Output) -> None:
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        assert 0 == main(["publish", "-C", str(shop), "--registry", registry.url])
        assert "shop.paid 1.0.0: subject shop.paid.v1-value version 1, schema id 2, BACKWARD" in output()
        kept = client.version(SUBJECT, 1)
        assert ["shared/money/money.proto"] == [reference.subject for reference in kept.references]
        assert client.subjects() == ["shared/money/money.proto", SUBJECT]
        assert 0 == main(["publish", "-C", str(shop), "--registry", registry.url])
        assert [1] == client.versions(SUBJECT)


def test_a_registry_is_a_baseline_for_protobuf_too(shop: Path, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedRegistry() as registry:
        monkeypatch.setenv("TALLY_REGISTRY", registry.url)
        main(["publish", "-C", str(shop)])
        output()
        assert 0 == main(["check", "-C", str(shop), "--against", "registry"])
        assert "PROTO" not in output()
        money = shop / "contracts/shared/money/money.proto"
        money.write_text(money.read_text(encoding="utf-8").replace("int64", "double"), encoding="utf-8")

        assert 1 == main(["check", "-C", str(shop), "--against", "registry"])
        shown = output()
        assert "contracts/shared/money/money.proto:4:3  PROTO402" in shown
        assert "declared consumers: ledger" in shown
        assert "registry: would refuse" in shown
        assert 1 == main(["publish", "-C", str(shop)])
        assert "FIELD_SCALAR_KIND_CHANGED" in output()


def test_everything_that_meridian_has_is_published(output: Output) -> None:
    with EmbeddedRegistry() as registry, RegistryClient(registry.url) as client:
        assert 0 == main(["publish", "-C", str(ROOT), "--registry", registry.url])
        assert "payments.fraud-alert-raised" in output()
        assert "shared/privacy/privacy.proto" in client.subjects()
        assert 0 == main(["publish", "-C", str(ROOT), "--registry", registry.url])
