"""Measure the generator: `python benchmarks/generate.py` generates and imports a package of 1,000 contracts.

The numbers are CPU time, the best of three runs: what else the machine does makes no difference. Import is in a process of its own, with `tallystick` counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tallystick.contract.load import load_workspace
from tallystick.contract.tree import Folder
from tallystick_codegen.python.package import render_package
from tallystick_codegen.write import write_package

COUNT, ROUNDS, DOMAINS = 1000, 3, 20
LIMITS = {"generate": 2.0, "import": 3.5, "memory": 45.0}
MEASURE = """
import importlib, resource, sys, time
import tallystick.runtime.consumer, tallystick.runtime.producer
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
for domain in range(%d): importlib.import_module(f"bench_events.domain{domain}")
spent = time.process_time() - start
print(spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def write_contracts(root: Path) -> None:
    """Write contracts of one record each, with an array of records, an enum and logical types."""
    for number in range(COUNT):
        folder = root / f"contracts/domain{number % DOMAINS}/event-{number}"
        folder.mkdir(parents=True)
        line = {
            "type": "record",
            "name": f"Line{number}",
            "fields": [{"name": "sku", "type": "string"}, {"name": "quantity", "type": "int", "default": 1}],
        }
        kinds = {
            "id": {"type": "string", "logicalType": "uuid"},
            "at": {"type": "long", "logicalType": "timestamp-micros"},
            "total": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            "channel": {"type": "enum", "name": f"Channel{number}", "symbols": ["WEB", "APP"]},
            "note": ["null", "string"],
            "lines": {"type": "array", "items": line},
            "paid": "boolean",
            "customer": "string",
        }
        fields = [{"name": name, "type": kind, "doc": f"The {name} of it."} for name, kind in kinds.items()]
        schema = {"type": "record", "name": f"Event{number}", "namespace": f"bench.d{number}", "fields": fields}
        (folder / f"event_{number}.avsc").write_text(json.dumps(schema, indent=2))
        head = f"apiVersion: v3.2.0\nkind: DataContract\nid: domain{number % DOMAINS}.event-{number}\n"
        (folder / "contract.yaml").write_text(f"{head}version: 1.0.0\nstatus: active\n")


def main() -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_contracts(root)
        contracts = load_workspace(Folder(root)).contracts
        generate, load, memory = [], [], []
        for _ in range(ROUNDS):
            start = time.process_time()
            files = render_package(contracts, "bench_events")
            generate.append(time.process_time() - start)
        start = time.process_time()
        write_package(files, root, "bench_events")
        written = time.process_time() - start
        start = time.process_time()
        write_package(files, root, "bench_events")
        again = time.process_time() - start
        command = [sys.executable, "-c", MEASURE % DOMAINS]
        for _ in range(ROUNDS + 1):  # the first one compiles
            spent, size = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()
            load.append(float(spent))
            memory.append(float(size))
    print(f"| {COUNT} contracts | measured | limit |\n|---|---:|---:|")
    print(f"| render all modules | {min(generate):.2f} s | {LIMITS['generate']} s |")
    print(f"| write them, then again with nothing changed | {written:.2f} s, {again:.2f} s | |")
    print(f"| import all modules | {min(load):.2f} s | {LIMITS['import']} s |")
    print(f"| memory of all modules | {min(memory):.0f} MB | {LIMITS['memory']:.0f} MB |")


if __name__ == "__main__":
    main()
