"""Object container files that Java wrote, as they ride in fastavro's source: our decoder sees what fastavro's sees."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import fastavro
import pytest
from tests.conftest import ROOT

from tallystick.schema.avro import parse_avro
from tallystick.schema.types import Document
from tallystick.wire.avro import compile_decoder
from tallystick.wire.avro.runtime import varints

SOURCES = ROOT / ".venv/sources"
FILES = 30


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the container files; some have names that Java makes of classes, with spaces and dots."""
    archives = [*SOURCES.glob("fastavro-*.tar.gz")]
    if not archives:
        pytest.skip("needs fastavro's source, which has files that Java wrote: make .venv/installed-peers")
    folder = tmp_path_factory.mktemp("sources")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.avro"))


def test_what_java_wrote_is_what_fastavro_reads(files: list[Path]) -> None:
    records = 0
    for path in files:
        with path.open("rb") as file:
            blocks = fastavro.block_reader(file)
            # A block is what an array holds, without its count before it and its end behind it.
            declared = {"type": "array", "items": json.loads(blocks.metadata["avro.schema"])}
            decode = compile_decoder(parse_avro(Document(path.name, json.dumps(declared))))
            for block in blocks:
                data = varints("long", b"")[block.num_records] + block.bytes_.getvalue() + b"\0"
                ours = decode(data, 0) if block.num_records else []
                records += len(ours)

                assert [*block] == ours, path.name

    assert len(files) > FILES
    assert records > 100 * FILES
