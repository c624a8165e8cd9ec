"""`tally check` on .proto files that are wrong: a finding at the true place, and nothing on the terminal that is not ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

HEAD = 'syntax = "proto3";\npackage shop.v1;\n'
PAID = "shop/paid/paid.proto"
STAMP = 'syntax = "proto3";\npackage google.protobuf;\nmessage Timestamp {}\n'
USES_STAMP = (
    f'{HEAD}import "google/protobuf/timestamp.proto";\nmessage Paid {{\n  google.protobuf.Timestamp at = 1;\n}}\n'
)
CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: shop.paid
version: 1.0.0
status: active
schema: [{name: Paid}]
"""
# Python's own recursion, a quadratic loop or a deadlock would end here, and not in a measurement.
PATIENCE = 120


def check(root: Path, files: Mapping[str, str | bytes]) -> subprocess.CompletedProcess[str]:
    """Write files below `contracts/` and run the command in a process of its own: protoc writes to descriptors."""
    for name, text in {f"{PAID.rpartition('/')[0]}/contract.yaml": CONTRACT, **files}.items():
        file = root / "contracts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run(
        [sys.executable, "-m", "tallystick", "check", "-C", str(root), "--against", "history"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )

    assert done.stderr == ""
    assert "Traceback" not in done.stdout
    assert "site-packages" not in done.stdout
    assert str(root) not in done.stdout
    return done


def paid(body: str) -> dict[str, str]:
    return {PAID: HEAD + body}


BROKEN: dict[str, tuple[Mapping[str, str | bytes], list[str]]] = {
    "an import that is nowhere": (
        paid('import "shared/gone.proto";\nmessage Paid {}\n'),
        [f"{PAID}:3:1  FILE110  there is no file 'shared/gone.proto' to import"],
    ),
    "an import from outside": (
        paid('import "../../etc/passwd";\nmessage Paid {}\n'),
        [f"{PAID}:3:1  FILE110  "],
    ),
    "imports in a ring": (
        {
            PAID: f'{HEAD}import "shared/a.proto";\nmessage Paid {{}}\n',
            "shared/a.proto": f'{HEAD}import "shared/b.proto";\nmessage A {{}}\n',
            "shared/b.proto": f'{HEAD}import "shared/a.proto";\nmessage B {{}}\n',
        },
        [
            "shared/a.proto:3:1  FILE110  it imports itself: shared/a.proto -> shared/b.proto -> shared/a.proto",
            "shared/b.proto:3:1  FILE110  it imports 'shared/a.proto', which has errors",
            f"{PAID}:3:1  FILE110  it imports 'shared/a.proto', which has errors",
        ],
    ),
    "an import of itself": (
        paid(f'import "{PAID}";\nmessage Paid {{}}\n'),
        [f"{PAID}:3:1  FILE110  it imports itself: {PAID} -> {PAID}"],
    ),
    "an import of a broken file": (
        {PAID: f'{HEAD}import "shared/a.proto";\nmessage Paid {{}}\n', "shared/a.proto": f"{HEAD}message {{}}\n"},
        [
            "shared/a.proto:3:9  FILE110  Expected message name.",
            f"{PAID}:3:1  FILE110  it imports 'shared/a.proto', which has errors",
        ],
    ),
    "a file where protoc's own are": (
        {PAID: USES_STAMP, "google/protobuf/timestamp.proto": STAMP},
        ["google/protobuf/timestamp.proto:1:1  FILE110  files below google/protobuf/ are protoc's own"],
    ),
    "a type that protoc has": (
        {PAID: USES_STAMP, "shared/stamp.proto": STAMP},
        [
            (
                "shared/stamp.proto:3:9  FILE110  it defines 'google.protobuf.Timestamp', "
                "and so does 'google/protobuf/timestamp.proto'"
            )
        ],
    ),
    "no number": (
        paid("message Paid {\n  string id 1;\n}\n"),
        [f"{PAID}:4:13  FILE110  Missing field number."],
    ),
    "a number twice": (
        paid("message Paid {\n  string a = 1;\n  string b = 1;\n}\n"),
        [f"{PAID}:5:14  FILE110  Field number 1 has already been used"],
    ),
    "a type that is nowhere": (
        paid("message Paid {\n  Gone a = 1;\n}\n"),
        [f'{PAID}:4:3  FILE110  "Gone" is not defined.'],
    ),
    "an option that is nowhere": (
        paid("message Paid {\n  string id = 1 [(shop.v1.pii) = true];\n}\n"),
        [f'{PAID}:4:18  FILE110  Option "(shop.v1.pii)" unknown.'],
    ),
    "lines that end as on Windows, and a tab": (
        {PAID: f"{HEAD}message Paid {{\n\tstring id = 1;\n\ttext name = 2;\n}}\n".replace("\n", "\r\n")},
        [f'{PAID}:5:2  FILE110  "text" is not defined.'],
    ),
    "tabs and letters of two bytes before it": (
        paid("message Paid {\n\t/* é\t*/\ttext name = 2;\n}\n"),
        [f'{PAID}:4:10  FILE110  "text" is not defined.'],
    ),
    "another encoding": (
        {PAID: f"{HEAD}// \xe9\nmessage Paid {{}}\n".encode("latin-1")},
        [f"{PAID}:3:4  FILE101  byte 0xe9 is not UTF-8"],
    ),
    "UTF-16": ({PAID: f"{HEAD}message Paid {{}}\n".encode("utf-16-le")}, [f"{PAID}:1:2  FILE110  "]),
    "a byte-order mark": (
        {PAID: b"\xef\xbb\xbf" + f"{HEAD}message Paid {{}}\n".encode()},
        [f"{PAID}:1:1  FILE101  begins with a byte-order mark"],
    ),
    "a file of another encoding that is imported": (
        {PAID: f'{HEAD}import "shared/a.proto";\nmessage Paid {{}}\n', "shared/a.proto": b"\xff"},
        ["shared/a.proto:1:1  FILE101  byte 0xff is not UTF-8", f"{PAID}:3:1  FILE110  "],
    ),
    "nothing": ({PAID: ""}, [f"{PAID}:1:1  FILE110  it has no message"]),
    "no syntax": (
        {PAID: "message Paid { string id = 1; }"},
        [f'{PAID}:1:16  FILE110  Expected "required", "optional", or "repeated".'],
    ),
    "an edition that is not there yet": (
        {PAID: 'edition = "2099";\nmessage Paid {}\n'},
        [f'{PAID}:1:11  FILE110  Unknown edition "2099".'],
    ),
    "a comment without an end": (paid("message Paid {}\n/* and\n"), [f"{PAID}:4:1  FILE110  The comment"]),
    "1,000 messages in each other": (
        paid("".join(f"message M{i} {{" for i in range(1_000)) + "}" * 1_000 + "\nmessage Paid {}\n"),
        [f"{PAID}:3:394  FILE110  Reached maximum recursion limit for nested messages."],
    ),
    "an option of 500 levels": (
        paid(
            'import "google/protobuf/descriptor.proto";\nextend google.protobuf.FieldOptions { X x = 50001; }\n'
            f"message X {{ X x = 1; }}\nmessage Paid {{ string a = 1 [(x) = {'{x:' * 500}{{}}{'}' * 500}]; }}\n"
        ),
        [f"{PAID}:1:1  FILE110  protoc broke down over it: "],
    ),
    "an enum of 200,000 values, and one twice": (
        paid(
            f"message Paid {{}}\nenum E {{\n{''.join(f'  V{i} = {i};{chr(10)}' for i in range(200_000))}  V7 = -1;\n}}\n"
        ),
        [f'{PAID}:200005:3  FILE110  "V7" is already defined in "shop.v1".'],
    ),
}


@pytest.mark.parametrize(("files", "expected"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_a_finding_at_its_place(
    tmp_path: Path, files: Mapping[str, str | bytes], expected: list[str]
) -> None:
    done = check(tmp_path, files)
    shown = done.stdout.splitlines()

    assert 1 == done.returncode
    for one in expected:
        assert any(line.startswith(f"contracts/{one}") for line in shown), done.stdout[:2_000]
    assert shown[-1].startswith(("0 contracts", "1 contract", "registry: "))


@pytest.mark.parametrize(
    "body",
    [
        'import "google/protobuf/timestamp.proto";\nmessage Paid {}\n',  # protoc warns of what is not used
        "enum E {\n" + "".join(f"  V{i} = {i};\n" for i in range(200_000)) + "}\nmessage Paid { E e = 1; }\n",
        "".join(f"message M{i} {{" for i in range(25)) + "}" * 25 + "\nmessage Paid {}\n",
        "message Paid {\r\n\tstring id = 1;\r\n}\r\n",
    ],
    ids=["an unused import", "an enum of 200,000 values", "25 messages in each other", "lines that end as on Windows"],
)
def test_what_is_odd_and_right_passes(tmp_path: Path, body: str) -> None:
    done = check(tmp_path, paid(body))

    assert (0, True) == (done.returncode, "1 contract against history: 0 errors" in done.stdout), done.stdout[:2_000]


def test_a_file_with_errors_does_not_hide_another_contract(tmp_path: Path) -> None:
    other = CONTRACT.replace("shop.paid", "shop.sent").replace("Paid", "Sent")
    files = {
        PAID: "message",
        "shop/sent/contract.yaml": other,
        "shop/sent/sent.proto": f"{HEAD}message Sent {{}}\n",
    }
    done = check(tmp_path, files)

    assert 1 == done.returncode
    assert f"contracts/{PAID}:1:8  FILE110  " in done.stdout
    assert "1 contract against history: 1 error" in done.stdout
