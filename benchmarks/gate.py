"""How long the gate takes: many contracts with many versions, and one wide pair beside Apache Avro's own checker.

Prints two Markdown tables. The workspace is made in a temporary folder, checked by a cold `tally check`, and thrown away.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import avro.compatibility
import avro.schema

from tallystick.compat.verdict import judge_pairs
from tallystick.contract.lock import lock_text
from tallystick.contract.modes import Mode
from tallystick.schema.avro import parse_avro
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_schema import proto_schema
from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.types import Document

FIELDS = 20
CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: {id}
version: 1.{minor}.0
status: active
description: {{purpose: Made for a benchmark.}}
team: {{name: bench}}
"""


def schema_of(fields: int, added: int = 0, name: str = "Event") -> str:
    """Return a record with some fields, and some more that have defaults."""
    kinds = ["string", "long", "double", ["null", "string"], {"type": "array", "items": "long"}]
    first: list[dict[str, Any]] = [
        {"name": f"field_{n}", "type": kinds[n % 5], "doc": f"Field {n}."} | ({"default": None} if n % 5 == 3 else {})
        for n in range(fields)
    ]
    line = {"type": "record", "name": "Line", "doc": "A line.", "fields": first[: fields // 4]}
    nested = {"name": "lines", "type": {"type": "array", "items": line}, "doc": "Lines."}
    more = [{"name": f"added_{n}", "type": "string", "default": "", "doc": "Later."} for n in range(added)]
    record = {
        "type": "record",
        "name": name,
        "namespace": "bench",
        "doc": "An event.",
        "fields": [*first, nested, *more],
    }
    return json.dumps(record, indent=1)


def proto_of(fields: int, added: int, name: str) -> str:
    """Return a .proto file with a message of some fields and some more, all documented."""
    kinds = ["string", "int64", "double", "optional string", "repeated int64"]
    lines = [f"  // Field {n}.\n  {kinds[n % 5]} field_{n} = {n + 1};" for n in range(fields)]
    lines += [f"  // Later.\n  string added_{n} = {fields + n + 1};" for n in range(added)]
    inner = "  // Lines.\n  repeated Line lines = 1000;\n  // A line.\n  message Line {\n    // The article.\n    string sku = 1;\n  }"
    body = "\n".join([*lines, inner])
    return f'syntax = "proto3";\n\npackage bench.{name.lower()}.v1;\n\n// An event.\nmessage {name} {{\n{body}\n}}\n'


@cache
def parsed_protos(version: int, contracts: int) -> Mapping[str, ProtoFile]:
    """Return the files of all contracts in one version: to run protoc for each would take minutes."""
    texts = {f"event{n}.proto": proto_of(FIELDS, version, f"Event{n}") for n in range(contracts)}
    return read_protos({name: Document(name, text) for name, text in texts.items()})[0]


def make_workspace(root: Path, contracts: int, versions: int, language: str = "avro") -> None:
    """Write contracts, each with some releases; the working version adds one more field."""
    (root / "contracts").mkdir()
    (root / "contracts/tally.yaml").write_text("defaults: {compatibility: FULL_TRANSITIVE}\n", encoding="utf-8")
    samples: list[Any] = ["x", 1, 1.5, None, [1]]
    example = {f"field_{n}": samples[n % 5] for n in range(FIELDS) if language == "avro" or n % 5 != 3}
    example |= {"lines": []}
    text_of, file = (schema_of, "event.avsc") if language == "avro" else (proto_of, "event.proto")
    for number in range(contracts):
        id_ = f"bench.event-{number}"
        # No two contracts have the same text: none is read for another.
        schemas = [text_of(FIELDS, added, f"Event{number}") for added in range(versions + 1)]
        for version in range(versions + 1):
            released = version < versions
            folder = root / "contracts" / ("history" if released else ".") / id_.replace(".", "/")
            folder = folder / f"v{version + 1}" if released else folder
            folder.mkdir(parents=True)
            files = {
                "contract.yaml": CONTRACT.format(id=id_, minor=version).encode(),
                file: schemas[version].encode(),
            }
            for name, data in files.items():
                (folder / name).write_bytes(data)
            if not released:
                (folder / "examples").mkdir()
                (folder / "examples/valid.json").write_text(json.dumps(example), encoding="utf-8")
            else:
                parsed = (
                    parse_avro(Document("bench.avsc", schemas[version]))
                    if language == "avro"
                    else proto_schema(parsed_protos(version, contracts)[f"event{number}.proto"])
                )
                text = lock_text(id_, f"1.{version}.0", parsed, files, {})
                (folder / "lock.json").write_text(text, encoding="utf-8")


def check_many(contracts: int, versions: int, language: str) -> None:
    """Measure cold runs of `tally check` over a whole workspace; give the fastest, and its processor time."""
    best = (float("inf"), 0.0)
    answer = ""
    with tempfile.TemporaryDirectory() as folder:
        make_workspace(Path(folder), contracts, versions, language)
        command = [sys.executable, "-m", "tallystick", "check", "-C", folder, "--against", "history"]
        for _ in range(3):
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            best, answer = min(best, (seconds, processor)), (done.stdout or done.stderr).strip().splitlines()[-1]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    pairs = contracts * versions * 2
    print("| contracts | versions each | pair checks | s | processor s | MB | answer |")
    print("|---|---:|---:|---:|---:|---:|---|")
    print(
        f"| {contracts:,} in {language} | {versions} | {pairs:,} | {best[0]:.1f} | {best[1]:.1f} | {peak:.0f} | {answer} |"
    )


def check_wide() -> None:
    """Measure one pair check against Apache Avro's Python checker, by the number of fields."""
    print("\n| fields | avro package, ms | tallystick, ms | times faster |\n|---:|---:|---:|---:|")
    for fields in (125, 250, 500, 1000):
        texts = schema_of(fields, 1), schema_of(fields)
        ours = [parse_avro(Document("wide.avsc", text)) for text in texts]
        theirs = [avro.schema.parse(text) for text in texts]
        runs: Mapping[str, Callable[[], Any]] = {
            "theirs": lambda pair=theirs: avro.compatibility.ReaderWriterCompatibilityChecker().get_compatibility(
                *pair
            ),
            "ours": lambda pair=ours: judge_pairs(pair[0], [("v1", pair[1])], Mode.BACKWARD),
        }
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(7):
            for name, run in runs.items():
                begin = time.perf_counter()
                run()
                best[name] = min(best[name], time.perf_counter() - begin)
        ratio = best["theirs"] / best["ours"]
        print(f"| {fields} | {best['theirs'] * 1000:.2f} | {best['ours'] * 1000:.2f} | {ratio:.1f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=5)
    options = parser.parse_args()
    print("| contracts | versions each | pair checks | s | processor s | MB | answer |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for language in ("avro", "proto"):
        check_many(options.contracts, options.versions, language)
    check_wide()
