"""Write docs/protobuf-vs-buf.md: what `buf breaking`, the registry and tallystick say of the same changes; --check only compares."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from buf_differences import FORGIVING, HEAD, ONLY_BUF, ONLY_OURS

from tallystick.compat.engine import Engine
from tallystick.compat.verdict import compat_rules
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_types import ProtoMessage, ProtoSchema
from tallystick.schema.types import Document
from tallystick.schema.yaml_text import read_yaml

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests/compat/rules/proto"
PAGE = ROOT / "docs/protobuf-vs-buf.md"
BUF = Path(sys.executable).parent / "buf"
CATEGORIES = ("FILE", "PACKAGE", "WIRE_JSON", "WIRE")
CONFIG = json.dumps({"version": "v2", "breaking": {"use": CATEGORIES}})
FOUND_SOMETHING = 100  # buf's exit code

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A change, by the rule that it is a test of."""

    rule: str
    name: str
    old: Files
    new: Files


@dataclass(frozen=True, slots=True)
class Row:
    """What each says of a change. `buf` and `ours` are the rules that fire."""

    case: Case
    ours: Sequence[str]
    buf: Sequence[str]
    is_refused: bool

    @property
    def speakers(self) -> str:
        """Return who flags it."""
        return {(True, True): "both", (True, False): "tallystick", (False, True): "buf"}.get(
            (bool(self.ours), bool(self.buf)), "neither"
        )


def main() -> int:
    """Write the page, or compare it."""
    with ThreadPoolExecutor(2) as threads:
        rows = list(threads.map(row_of, cases()))
    text = page(rows)
    if "--check" in sys.argv[1:]:
        is_same = PAGE.exists() and text == PAGE.read_text("utf-8")
        if not is_same:
            print(f"{PAGE.name} is not what the tools say; run: python scripts/compare_with_buf.py", file=sys.stderr)
        return 0 if is_same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def cases() -> Iterator[Case]:
    """Yield each change of the rules' tests once."""
    seen: set[str] = set()
    for path in sorted(CASES.glob("*.yaml")):
        declared: dict[str, Any] = read_yaml(path.read_text("utf-8"), path.name)
        rule = declared.pop("rule")
        for name, case in declared.items():
            old, new = (files(case[side]) for side in ("old", "new"))
            key = json.dumps([old, new])
            if key not in seen and old != new:
                seen.add(key)
                yield Case(f"{rule} {path.stem}", name, old, new)


def files(value: str | Files) -> Files:
    """Return the files of one side of a case, which may leave out that they are proto3."""
    named = {"main.proto": value} if isinstance(value, str) else value
    return {
        name: text if text.startswith(("syntax", "edition")) else f'syntax = "proto3";\n{text}'
        for name, text in named.items()
    }


def row_of(case: Case) -> Row:
    """Ask all three about a change."""
    old, new = (schema_of(side) for side in (case.old, case.new))
    rules = [rule for rule in compat_rules() if rule.code.startswith("PROTO")]
    engine = Engine(rules, rules)
    ours = sorted({found.rule.code for found in engine.compare(new, old)})
    return Row(case, ours, asked_of_buf(case), not engine.can_read(new, old))


def schema_of(side: Files) -> ProtoSchema:
    """Return the schema that the main file of a case is."""
    found, problems = read_protos({name: Document(name, text) for name, text in side.items()})
    if problems:
        sys.exit(f"a case does not parse: {problems[0]}")
    file = found["main.proto"]
    return ProtoSchema(file, file.messages[0] if file.messages else ProtoMessage(place=file.place, name="None"))


def asked_of_buf(case: Case) -> Sequence[str]:
    """Return the rules of `buf breaking` that fire, of all categories."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side, texts in (("old", case.old), ("new", case.new)):
            (folder / side).mkdir()
            for file, text in {**texts, "buf.yaml": CONFIG}.items():
                (folder / side / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / side / file).write_text(text, encoding="utf-8")
        command = [str(BUF), "breaking", "new", "--against", "old", "--error-format", "json"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    found = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    problem = next((one["message"] for one in found if one["type"] == "COMPILE"), ran.stderr.strip())
    if ran.returncode not in (0, FOUND_SOMETHING) or problem:
        sys.exit(f"buf does not take '{case.name}' of {case.rule}: {problem}")
    return sorted({one["type"] for one in found})


@cache
def categories() -> Mapping[str, Sequence[str]]:
    """Return the categories of each of buf's rules."""
    command = [str(BUF), "config", "ls-breaking-rules", "--version", "v2", "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return {rule["id"]: rule["categories"] for rule in map(json.loads, ran.stdout.splitlines())}


def page(rows: Sequence[Row]) -> str:
    """Return the page's text."""
    version = subprocess.run([str(BUF), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    refused = sum(row.is_refused for row in rows)
    head = HEAD.format(count=len(rows), version=version, refused=refused)
    return "\n".join([head, *summary(rows), "", *differences(rows), *table(rows)]) + "\n"


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how often who speaks."""
    counts = Counter((row.speakers, row.is_refused) for row in rows)
    yield "| flagged by | changes | of these the registry refuses |"
    yield "|---|---|---|"
    for who in ("both", "tallystick", "buf", "neither"):
        refused, taken = counts[who, True], counts[who, False]
        yield f"| {'only ' * (who in ('tallystick', 'buf'))}{who} | {refused + taken} | {refused} |"


def differences(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the reason for each kind of difference, with what it is about; all have one."""
    yield "## Why they differ\n"
    yield "### Only tallystick speaks\n"
    yield from reasons([r for r in rows if r.speakers == "tallystick"], lambda row: row.ours, ONLY_OURS)
    yield "\n### Only buf speaks\n"
    yield from reasons([r for r in rows if r.speakers == "buf"], lambda row: row.buf, ONLY_BUF)
    yield "\n### The registry refuses, and buf's WIRE does not speak\n"
    wire = [r for r in rows if r.is_refused and not any("WIRE" in categories().get(rule, ()) for rule in r.buf)]
    yield from reasons(wire, lambda row: [code for code in row.ours if code in FORGIVING], FORGIVING)
    yield ""


def reasons(rows: Sequence[Row], rules: Callable[[Row], Iterable[str]], known: Mapping[str, str]) -> Iterator[str]:
    """Yield a table of the rules that make a difference, and why; end where a reason is missing."""
    counts = Counter(rule for row in rows for rule in rules(row))
    missing = sorted(set(counts) - set(known))
    if missing:
        sys.exit(f"no reason is given for {', '.join(missing)}; write it into scripts/buf_differences.py")
    yield "| rule | changes | why |"
    yield "|---|---|---|"
    for rule in sorted(counts):
        yield f"| {rule} | {counts[rule]} | {known[rule]} |"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield all changes."""
    yield "## All changes\n"
    yield "| change | tallystick | registry | buf | by |"
    yield "|---|---|---|---|---|"
    for row in rows:
        buf = ", ".join(f"{rule} ({_strictest(rule)})" for rule in row.buf)
        change = f"{row.case.rule}: {row.case.name}".replace("_", " ")
        verdict = "refuses" if row.is_refused else "takes"
        yield f"| {change} | {', '.join(row.ours)} | {verdict} | {buf} | {row.speakers} |"


def _strictest(rule: str) -> str:
    """Return the narrowest of the categories that have a rule: WIRE is about bytes alone."""
    return next((name for name in reversed(CATEGORIES) if name in categories().get(rule, ())), "")


if __name__ == "__main__":
    sys.exit(main())
