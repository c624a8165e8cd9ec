"""How long a command takes from a cold start: `tally check` on a contract with five releases, beside a bare interpreter.

Prints a Markdown table. Runs are interleaved and minima are taken: the machine has other work to do, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from gate import make_workspace

ROUNDS = 15
# Installers compile modules once. Where nothing may be written, Python would do it again for each command.
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
CHECK = ["-m", "tallystick", "check", "--against", "history", "-C"]
COMMANDS: Mapping[str, Sequence[str]] = {
    "python -c pass": ["-c", "pass"],
    "tally --version": ["-m", "tallystick", "--version"],
    "tally explain AVRO101": ["-m", "tallystick", "explain", "AVRO101"],
    "tally check, in Avro": [*CHECK, "avro"],
    "tally check, in Protobuf": [*CHECK, "proto"],
}


def main() -> None:
    """Measure and print."""
    best = dict.fromkeys(COMMANDS, float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        for language in ("avro", "proto"):
            (Path(folder) / language).mkdir()
            make_workspace(Path(folder) / language, 1, 5, language)
        for _ in range(ROUNDS):
            for name, arguments in COMMANDS.items():
                begin = time.perf_counter()
                subprocess.run([sys.executable, *arguments], cwd=folder, check=True, capture_output=True, env=COMPILED)
                best[name] = min(best[name], time.perf_counter() - begin)
    base = best["python -c pass"]
    print("| command | ms | times a bare interpreter |\n|---|---:|---:|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds * 1000:.0f} | {seconds / base:.1f} |")


if __name__ == "__main__":
    main()
