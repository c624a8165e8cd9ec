"""Write docs/protobuf-lint.md: what `buf lint` and tallystick say of the same .proto files; --check only compares."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buf_lint_differences import ALONE, HEAD, NOT_OURS, ONLY_BUF, ONLY_OURS, SAME
from compare_with_buf import BUF, FOUND_SOMETHING

from tallystick.contract.load import open_workspace
from tallystick.lint.engine import lint, lint_rules
from tallystick.rulekit.rule import Rule
from tallystick.schema.yaml_text import read_yaml

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests/lint/rules/proto"
PAGE = ROOT / "docs/protobuf-lint.md"
FOLDER = "contracts/commerce/order-placed"
CONTRACT = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "commerce.order-placed", "version": "1.0.0"}
CONFIG = {
    "version": "v2",
    "modules": [{"path": "contracts"}],
    "lint": {"use": ["STANDARD", *SAME["DOC131"], *SAME["DOC132"]]},
}
OURS = {rule.code: rule for rule in lint_rules() if ".rules.proto." in rule.module and rule.code not in ALONE}


@dataclass(frozen=True, slots=True)
class Row:
    """What each says of some files: the rules that fire."""

    name: str
    ours: frozenset[str]
    buf: frozenset[str]

    def speakers(self, code: str) -> str:
        """Return who sees what one of our rules is about."""
        return {(True, True): "both", (True, False): "tallystick", (False, True): "buf", (False, False): ""}[
            (code in self.ours, not self.buf.isdisjoint(SAME[code]))
        ]

    def differences(self, who: str) -> list[str]:
        """Return our rules, or those that are about the same as buf's, where only one of the two speaks."""
        return [code for code in SAME if self.speakers(code) == who]


def main() -> int:
    """Write the page, or compare it."""
    with ThreadPoolExecutor(2) as threads:
        rows = list(threads.map(row_of, *zip(*cases(), strict=True)))
    text = page(rows)
    if "--check" in sys.argv[1:]:
        is_same = PAGE.exists() and text == PAGE.read_text("utf-8")
        if not is_same:
            print(f"{PAGE.name} is not what the tools say; run: python {Path(__file__).name}", file=sys.stderr)
        return 0 if is_same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def cases() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the files of each case of the rules' tests, and its name."""
    for path in sorted(CASES.glob("*.yaml")):
        declared: dict[str, Any] = read_yaml(path.read_text("utf-8"), path.name)
        rule = declared.pop("rule")
        for name, case in declared.items():
            shared = {f"contracts/{file}": with_syntax(text) for file, text in case.get("shared", {}).items()}
            contract = json.dumps({**CONTRACT, "status": "active", **case.get("contract", {})})
            files = {f"{FOLDER}/contract.yaml": contract, f"{FOLDER}/s.proto": with_syntax(case["proto"]), **shared}
            yield f"{rule} {path.stem}: {name}".replace("_", " "), files


def with_syntax(text: str) -> str:
    """Return a file that may leave out that it is proto3, but for one that begins with a comment."""
    return text if text.startswith(("syntax", "edition", "//")) else f'syntax = "proto3";\n{text}'


def row_of(name: str, files: Mapping[str, str]) -> Row:
    """Ask both about some files."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for file, text in {**files, "buf.yaml": json.dumps(CONFIG)}.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        workspace = open_workspace(root)
        if workspace.problems:
            sys.exit(f"'{name}' does not parse: {workspace.problems[0]}")
        ours = {finding.code for contract in workspace.contracts for finding in lint(contract)}
        return Row(name, frozenset(ours & OURS.keys()), asked_of_buf(name, root))


def asked_of_buf(name: str, root: Path) -> frozenset[str]:
    """Return the rules of `buf lint` that fire."""
    command = [str(BUF), "lint", "--error-format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    found = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    problem = next((one["message"] for one in found if one["type"] == "COMPILE"), ran.stderr.strip())
    if ran.returncode not in (0, FOUND_SOMETHING) or problem:
        sys.exit(f"buf does not take '{name}': {problem}")
    return frozenset(one["type"] for one in found)


def page(rows: Sequence[Row]) -> str:
    """Return the page's text; end where a rule or a reason is missing."""
    version = subprocess.run([str(BUF), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    check_rules()
    head = HEAD.format(count=len(rows), version=version, rules=len(standard()))
    return "\n".join([head, *summary(rows), "", *absent(), *reasons(rows), *table(rows)]) + "\n"


def check_rules() -> None:
    """End if a rule of either is on no list."""
    listed = {rule for rules in SAME.values() for rule in rules} | NOT_OURS.keys()
    missing = sorted({*standard()} - listed | OURS.keys() - SAME.keys())
    if missing:
        sys.exit(f"{', '.join(missing)}: say in scripts/buf_lint_differences.py what is the same, or why there is none")


def standard() -> Sequence[str]:
    """Return buf's rules of the category STANDARD."""
    command = [str(BUF), "config", "ls-lint-rules", "--version", "v2", "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return [rule["id"] for rule in map(json.loads, ran.stdout.splitlines()) if "STANDARD" in rule["categories"]]


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Yield each of our rules with buf's, and how often who speaks."""
    yield "| tallystick | buf | both | only tallystick | only buf |"
    yield "|---|---|---|---|---|"
    for code, theirs in SAME.items():
        counts = Counter(row.speakers(code) for row in rows)
        numbers = " | ".join(str(counts[who]) for who in ("both", "tallystick", "buf"))
        yield f"| {link(OURS[code])} | {', '.join(theirs)} | {numbers} |"


def link(rule: Rule) -> str:
    """Return a rule's name as a link to its page."""
    return f"[{rule.code}](rules/{rule.code}.md) {rule.name}"


def absent() -> Iterator[str]:
    """Yield the rules that only one of the two has."""
    yield "## What tallystick leaves to buf\n"
    yield from (f"- {rule}: {why}" for rule, why in NOT_OURS.items())
    yield ""
    yield "## What buf has no rule for\n"
    yield from (f"- [{code}](rules/{code}.md): {what}" for code, what in ALONE.items())
    yield ""


def reasons(rows: Sequence[Row]) -> Iterator[str]:
    """Yield why one speaks and the other does not."""
    yield "## Why they differ\n"
    yield "| rule | only | why |"
    yield "|---|---|---|"
    for who, known in (("tallystick", ONLY_OURS), ("buf", ONLY_BUF)):
        codes = sorted({code for row in rows for code in row.differences(who)})
        if codes != sorted(known):
            sys.exit(f"only {who} speaks by {codes}; the reasons in scripts/buf_lint_differences.py are for {[*known]}")
        yield from (f"| {link(OURS[code])} | {who} | {known[code]} |" for code in codes)
    yield ""


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield all cases, and what only one says of them."""
    yield "## All cases\n"
    yield "| case | both | only tallystick | only buf |"
    yield "|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row.name} | " + " | ".join(", ".join(row.differences(w)) for w in ("both", "tallystick", "buf")) + " |"
        )


if __name__ == "__main__":
    sys.exit(main())
