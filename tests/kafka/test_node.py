"""The node itself: a machine that lacks something says what."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kafka.node import KafkaNode, KafkaUnavailable, fetch


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(KafkaUnavailable, match=r"Maven is not installed: .* apt-get install maven"):
        fetch(tmp_path)
    with pytest.raises(KafkaUnavailable, match="Java 17 or newer is not installed"):
        KafkaNode(tmp_path)
